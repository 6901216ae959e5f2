"""Each exported form loaded back in a clean process and compared with what Keras answered."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.errors import N_, TrainingError
from core.export.offered import Form
from core.training.convert import AGREE

COMPARED = 256  # test images that a form of single precision is asked about
COUNTED = 2000  # test images on which the accuracy of the int8 form is counted
MOST_LOST = 0.1  # of accuracy: an int8 network that loses more is broken, not rounded
SECONDS = 180.0  # for one answer; the largest network needs 10 s, and TensorFlow as long to load
INT8 = "network-int8.tflite"
READ_BY_KERAS = (".keras", ".h5")
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
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


class KerasProcess:
    """One clean Python for all forms that Keras reads: importing it takes 7 s, asking a network half a second.

    It starts at once, beside whatever is done meanwhile; where a form was its end, another takes its place.
    """

    def __init__(self, folder: Path):
        self._folder, self._left = folder, False
        self._asking = threading.Lock()
        self._start()

    def __enter__(self) -> "KerasProcess":
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it, also while it is asked: whoever waits for the answer hears that there is none."""
        self._left = True
        self._process.kill()
        with self._asking:  # whoever waited has read why
            self._process.kill()  # one that was started meanwhile
            self._process.wait()
            self._place.cleanup()

    def ask(self, words: list[str]) -> str:
        """What is printed there while it does what `carried/ask.py` makes of the words; raises TrainingError."""
        with self._asking:
            if self._process.poll() is not None and not self._left:
                self._start()
            if self._left:
                raise TrainingError(FAILED, reason="it was not waited for")
            began = time.monotonic()
            watch = threading.Timer(SECONDS, self._process.kill)
            watch.start()
            try:
                answer = self._answer(words)
            finally:
                watch.cancel()
            if answer is None:
                self._process.wait()  # so that the next question finds it gone
                late = time.monotonic() - began >= SECONDS
                raise TrainingError(FAILED, reason=f"no answer within {SECONDS:.0f} s" if late else self._last_words())
        if "failed" in answer:
            raise TrainingError(FAILED, reason=answer["failed"][:300])
        return answer["said"]

    def _start(self) -> None:
        self._place = tempfile.TemporaryDirectory()
        shutil.copy(CARRIED / "ask.py", self._place.name)
        with open(Path(self._place.name) / "errors.txt", "wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-X", "utf8", "-I", str(Path(self._place.name) / "ask.py")],
                cwd=self._folder,
                env={**os.environ, **QUIET},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                errors="replace",
            )

    def _answer(self, words: list[str]) -> dict[str, Any] | None:
        """None where the process came to its end."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps(words) + "\n")
            self._process.stdin.flush()
        except OSError:
            return None
        return next((json.loads(line) for line in self._process.stdout if line.startswith("{")), None)

    def _last_words(self) -> str:
        code = self._process.returncode
        said = (Path(self._place.name) / "errors.txt").read_text("utf-8", "replace").strip().splitlines()
        return ": ".join([f"exit code {code}", *(line[:300] for line in said[-1:])])


def check_network(file: str, folder: Path, questions: Questions, keras: KerasProcess) -> Form:
    """The form as it answers in a clean process, in the folder of an unpacked export.

    Raises TrainingError where it cannot be loaded, or answers otherwise than Keras does.
    """
    n = min(len(questions.images), COUNTED if file == INT8 else COMPARED)
    answers = _answers(file, folder, questions.images[:n], keras)
    expected, size = questions.probabilities[:n], (folder / file).stat().st_size
    if answers.shape != expected.shape or not np.isfinite(answers).all():
        raise TrainingError(FAILED, reason=f"shape {answers.shape}, expected {expected.shape}")
    difference = float(np.abs(answers - expected).max())
    if file == INT8:
        labels = questions.labels[:n]
        accuracy = float((answers.argmax(axis=1) == labels).mean())
        wanted = float((expected.argmax(axis=1) == labels).mean())
        if accuracy < wanted - MOST_LOST:
            raise TrainingError(LOSES, accuracy=accuracy, n=n, keras=wanted)
        return Form(file, size, n, difference, accuracy, wanted)
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
    classes, probabilities = list(answer), np.array(list(answer.values()))
    best, wanted = int(probabilities.argmax()), int(expected.argmax())
    difference = float(np.abs(probabilities - expected).max())
    if best != wanted or not difference < AGREE:
        values = {
            "found": f"{classes[best]} {probabilities[best]:.4%}",
            "expected": f"{classes[wanted]} {expected[wanted]:.4%}",
        }
        raise TrainingError(UNLIKE, file="predict.py", **values)
    return Form("predict.py", (folder / "predict.py").stat().st_size, 1, difference)


def check_script(folder: Path, data: Path, weights: int, keras: KerasProcess) -> Form:
    """Runs reproduce.py up to its training: its images are the run's, its network has as many weights."""
    said = keras.ask(["reproduce.py", "--check", "--data", str(data)]).strip().splitlines()
    if not said or f" {weights} weights" not in said[-1]:
        raise TrainingError(UNLIKE, file="reproduce.py", found=said[-1:], expected=f"{weights} weights")
    return Form("reproduce.py", (folder / "reproduce.py").stat().st_size)


def _answers(file: str, folder: Path, images: np.ndarray, keras: KerasProcess) -> np.ndarray:
    """What a form answers where nothing of ours is in reach: (n, classes)."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(CARRIED / "ask.py", place)
        np.save(Path(place) / "images.npy", images)
        asking, questions, answers = (str(Path(place) / name) for name in ("ask.py", "images.npy", "answers.npy"))
        if file.endswith(READ_BY_KERAS):
            keras.ask([file, questions, answers])
        else:
            _run(["-I", asking, file, questions, answers], folder)
        return np.load(answers)


def _run(words: list[str], folder: Path) -> str:
    """What a Python of its own prints in a folder; raises TrainingError with its last words."""
    try:
        done = subprocess.run(
            [sys.executable, "-X", "utf8", *words],
            cwd=folder,
            env={**os.environ, **QUIET},
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
