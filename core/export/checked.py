"""Each exported form loaded back in a clean process and compared with what Keras answered."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.errors import N_, TrainingError
from core.export.offered import Form
from core.training.convert import AGREE

COMPARED = 256  # test images that a form of single precision is asked about
COUNTED = 2000  # test images on which the accuracy of the int8 form is counted
MOST_LOST = 0.1  # of accuracy: an int8 network that loses more is broken, not rounded
SECONDS = 180.0  # for one process; the largest network needs 10 s to answer, and TensorFlow as long to load
INT8 = "network-int8.tflite"
CARRIED = Path(__file__).parent / "carried"

DIFFERS = N_(
    "it differs from Keras by {difference:.2g} on {n} test images, expected less than {limit:g}; report the recipe"
)
LOSES = N_("it gets {accuracy:.1%} of {n} test images right, Keras {keras:.1%}: 8 bits are too coarse for this network")
FAILED = N_("it could not be used in a process of its own ({reason})")
UNLIKE = N_("{file} answers otherwise than Fitscope: {found}, expected {expected}; report the recipe")


@dataclass(frozen=True)
class Questions:
    """Test images and what Keras says of them.

    images         (n, height, width, channels) uint8, n up to `COUNTED`, in random order
    labels         (n,) int64
    probabilities  (n, classes) float32
    """

    images: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray


def check_network(file: str, folder: Path, asked: Questions) -> Form:
    """The form as it answers in a clean process, in the folder of an unpacked export.

    Raises TrainingError where it cannot be loaded, or answers otherwise than Keras does.
    """
    n = min(len(asked.images), COUNTED if file == INT8 else COMPARED)
    found = _answers(file, folder, asked.images[:n])
    expected, size = asked.probabilities[:n], (folder / file).stat().st_size
    if found.shape != expected.shape or not np.isfinite(found).all():
        raise TrainingError(FAILED, reason=f"shape {found.shape}, expected {expected.shape}")
    difference = float(np.abs(found - expected).max())
    if file == INT8:
        labels = asked.labels[:n]
        accuracy = float((found.argmax(axis=1) == labels).mean())
        keras = float((expected.argmax(axis=1) == labels).mean())
        if accuracy < keras - MOST_LOST:
            raise TrainingError(LOSES, accuracy=accuracy, n=n, keras=keras)
        return Form(file, size, n, difference, accuracy, keras)
    if not difference < AGREE:
        raise TrainingError(DIFFERS, difference=difference, n=n, limit=AGREE)
    return Form(file, size, n, difference)


def check_predict(folder: Path, picture: np.ndarray, expected: np.ndarray) -> Form:
    """Runs predict.py on a saved picture: the same class with the same probability, or TrainingError.

    picture   (height, width, channels) uint8; expected (classes,) what Fitscope says of this picture
    """
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "picture.png"
        Image.fromarray(picture.squeeze()).save(file)
        answer = json.loads(_run(["-E", "-s", "predict.py", str(file), "--json"], folder))["probabilities"]
    classes, found = list(answer), np.array(list(answer.values()))
    best, wanted = int(found.argmax()), int(expected.argmax())
    difference = float(np.abs(found - expected).max())
    if best != wanted or not difference < AGREE:
        told = {"found": f"{classes[best]} {found[best]:.4%}", "expected": f"{classes[wanted]} {expected[wanted]:.4%}"}
        raise TrainingError(UNLIKE, file="predict.py", **told)
    return Form("predict.py", (folder / "predict.py").stat().st_size, 1, difference)


def check_script(folder: Path, data: Path, weights: int) -> Form:
    """Runs reproduce.py up to its training: its images are the run's, its network has as many weights."""
    said = _run(["-E", "-s", "reproduce.py", "--check", "--data", str(data)], folder).strip().splitlines()
    if not said or f" {weights} weights" not in said[-1]:
        raise TrainingError(UNLIKE, file="reproduce.py", found=said[-1:], expected=f"{weights} weights")
    return Form("reproduce.py", (folder / "reproduce.py").stat().st_size)


def _answers(file: str, folder: Path, images: np.ndarray) -> np.ndarray:
    """What a form answers where nothing of ours is in reach: (n, classes)."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(CARRIED / "ask.py", place)
        np.save(Path(place) / "images.npy", images)
        paths = [str(Path(place) / name) for name in ("ask.py", "images.npy", "answers.npy")]
        _run(["-I", paths[0], file, paths[1], paths[2]], folder)
        return np.load(paths[2])


def _run(words: list[str], folder: Path) -> str:
    """What a Python of its own prints in a folder; raises TrainingError with its last words."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    try:
        done = subprocess.run(
            [sys.executable, "-X", "utf8", *words],
            cwd=folder,
            env={**os.environ, **quiet},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise TrainingError(FAILED, reason=f"no answer within {SECONDS:.0f} s") from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise TrainingError(FAILED, reason=last[0][:300])
    return done.stdout
