"""Memory of the web server, an idle worker and a worker that trains: proportional set size, shared pages divided."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.server import server
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore


def rows() -> Iterator[dict]:
    from benchmarks.visit import visit_all

    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as here:
        visit_all(here.address)
        time.sleep(8)  # the idle worker has imported Keras
        idle = _children(here.pid)[0]
        yield _row("web server, after a visit to every page", _megabytes(here.pid))
        yield _row("idle worker, Keras imported", _megabytes(idle))
        run = RunStore(here.runs).create(TrainingConfig(dataset="mnist", architecture="cnn_two_blocks", epochs=3))
        deadline = time.monotonic() + 120
        most = 0.0
        while run.state in ("queued", "starting", "running") and time.monotonic() < deadline:
            if run.attempts and run.process_alive:
                most = max(most, _megabytes(run.attempts[-1]["pid"]))
            time.sleep(0.2)
        yield _row("worker training cnn_two_blocks on MNIST, at most", most)
        yield _row("web server, while and after a training", _megabytes(here.pid))


def _children(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children()]


def _megabytes(pid: int) -> float:
    try:
        return psutil.Process(pid).memory_full_info().pss / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def _row(name: str, megabytes: float) -> dict:
    command = "python -m benchmarks memory"
    return {
        "name": name,
        "ours": round(megabytes),
        "peer": None,
        "unit": "MB",
        "ratio": None,
        "spread": "one run",
        "command": command,
    }
