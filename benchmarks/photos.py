"""A few photos: from a network that has seen a million pictures against from scratch, as a user would train them."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator

SEEDS = (0, 1, 2)
PHOTOS = {"100 photos": 100, "200 photos": 200, "all 1,218 photos": 0}
TRANSFER = ("architecture=transfer", "batch_size=16", "epochs=20")
SCRATCH = ("architecture=cnn_two_blocks", "batch_size=16", "epochs=40", "augmentation=true", "flip=horizontal")


def rows() -> Iterator[dict]:
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


def _spread(runs: list[dict]) -> str:
    shares = [100 * run["test_accuracy"] for run in runs]
    return f"{min(shares):.1f}–{max(shares):.1f} %"


def _train(recipe: tuple[str, ...], n: int, seed: int) -> dict:
    settings = ("dataset=fruits", "image_size=64", f"train_images={n}", f"seed={seed}", *recipe)
    command = [sys.executable, "-m", "core", "train", "--json", *(part for one in settings for part in ("--set", one))]
    with tempfile.TemporaryDirectory() as runs:
        environment = {**os.environ, "FITSCOPE_RUNS": runs}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=3600)
    return json.loads(done.stdout.splitlines()[-1])
