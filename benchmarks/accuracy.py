"""Test accuracy of the two recipes that are promised, from the command line as a user would train them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

RECIPES = {
    "MNIST, cnn_two_blocks, batch 64, 10 epochs: test accuracy": ("mnist", "cnn_two_blocks"),
    "Fashion-MNIST, cnn_batchnorm, batch 64, 10 epochs: test accuracy": ("fashion_mnist", "cnn_batchnorm"),
}


def rows() -> Iterator[dict]:
    for name, (dataset, architecture) in RECIPES.items():
        result = _train(dataset, architecture)
        yield {
            "name": name,
            "ours": round(result["test_accuracy"], 4),
            "peer": None,
            "unit": "share",
            "ratio": None,
            "spread": f"n = {result['n_test']:,}, one run, {result['seconds']:.0f} s",
            "command": "python -m benchmarks accuracy",
        }


def _train(dataset: str, architecture: str) -> dict:
    settings = (f"dataset={dataset}", f"architecture={architecture}", "batch_size=64", "epochs=10")
    command = [sys.executable, "-m", "core", "train", "--json", *(part for one in settings for part in ("--set", one))]
    with tempfile.TemporaryDirectory() as runs:
        environment = {**os.environ, "FITSCOPE_RUNS": runs}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=3600)
    return json.loads(done.stdout.splitlines()[-1])
