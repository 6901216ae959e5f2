"""Training speed: our worker against plain `model.fit`, in turn, each in a process of its own."""

import statistics
import subprocess
import sys
from collections.abc import Iterator

REPEATS = 5
EPOCHS = {"softmax": 5, "mlp_dropout": 3, "cnn_two_blocks": 2, "cnn_batchnorm": 1}


def rows() -> Iterator[dict]:
    for architecture, epochs in EPOCHS.items():
        pairs = [
            (_seconds("ours", architecture, epochs), _seconds("plain", architecture, epochs)) for _ in range(REPEATS)
        ]
        ratios = sorted(peer / ours for ours, peer in pairs)
        yield {
            "name": f"{architecture}, {epochs} epochs of MNIST",
            "ours": round(statistics.median(ours for ours, _ in pairs), 2),
            "peer": round(statistics.median(peer for _, peer in pairs), 2),
            "unit": "s",
            "ratio": round(statistics.median(ratios), 2),
            "spread": f"{ratios[0]:.2f}–{ratios[-1]:.2f}×, {REPEATS} pairs",
            "command": "python -m benchmarks speed",
        }


def _seconds(who: str, architecture: str, epochs: int) -> float:
    command = [sys.executable, "-m", f"benchmarks.{who}", architecture, str(epochs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return float(done.stdout.split()[-1])
