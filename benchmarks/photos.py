"""A few photos: from a network that has seen a million pictures against from scratch, as a user would train them."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.folders import data_folders

SEEDS = (0, 1, 2)
PHOTOS = {"100 photos": 100, "200 photos": 200, "all 1,218 photos": 0}
TRANSFER = ("architecture=transfer", "batch_size=16", "epochs=20")
FEW = "classes=apple,banana,carrot,kiwi,lemon"  # forty photos of each
SCRATCH = ("architecture=cnn_two_blocks", "batch_size=16", "epochs=40", "augmentation=true", "flip=horizontal")


def rows() -> Iterator[dict]:
    yield _quick()
    for words, n in PHOTOS.items():
        ours, peer = ([_train(recipe, n, seed) for seed in SEEDS] for recipe in (TRANSFER, SCRATCH))
        right, scratch = (statistics.mean(run["test_accuracy"] for run in runs) for runs in (ours, peer))
        seconds = [statistics.mean(run["seconds"] for run in runs) for runs in (ours, peer)]
        yield {
            "name": f"Fruits and vegetables, 12 classes, {words}, EfficientNet-Lite0 (peer: cnn_two_blocks, augmented)",
            "ours": round(100 * right, 1),
            "peer": round(100 * scratch, 1),
            "unit": "% right",
            "ratio": right / scratch,
            "spread": f"{_spread(ours)}, peer {_spread(peer)}; n = {ours[0]['n_test']}, {len(SEEDS)} seeds, "
            f"{seconds[0]:.0f} s a run, peer {seconds[1]:.0f} s",
            "command": "python -m benchmarks photos",
        }


def _quick() -> dict:
    """How long it takes where the photos were never looked at before: in a data folder of its own."""
    with tempfile.TemporaryDirectory() as fresh:
        folders = os.pathsep.join((fresh, *map(str, data_folders())))
        _train((*TRANSFER, FEW, "epochs=1"), 200, seed=1, FITSCOPE_DATA=folders)  # the pictures are read from their zip
        shutil.rmtree(Path(fresh, ".features"))
        run = _train((*TRANSFER, FEW), 200, seed=0, FITSCOPE_DATA=folders)
    return {
        "name": "5 kinds of fruit × 40 photos, EfficientNet-Lite0: from the beginning of the run to its end",
        "ours": round(run["seconds"], 1),
        "peer": None,
        "unit": "s",
        "ratio": None,
        "spread": f"{100 * run['test_accuracy']:.1f} % of {run['n_test']} test photos right; one run",
        "command": "python -m benchmarks photos",
    }


def _spread(runs: list[dict]) -> str:
    shares = [100 * run["test_accuracy"] for run in runs]
    return f"{min(shares):.1f}–{max(shares):.1f} %"


def _train(recipe: tuple[str, ...], n: int, seed: int, **environment: str) -> dict:
    settings = ("dataset=fruits", "image_size=64", f"train_images={n}", f"seed={seed}", *recipe)
    command = [sys.executable, "-m", "core", "train", "--json", *(part for one in settings for part in ("--set", one))]
    with tempfile.TemporaryDirectory() as runs:
        there = {**os.environ, "FITSCOPE_RUNS": runs, **environment}
        done = subprocess.run(command, env=there, capture_output=True, text=True, check=True, timeout=3600)
    return json.loads(done.stdout.splitlines()[-1])
