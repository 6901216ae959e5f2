"""POST /api/predict with MNIST PNGs from 16 clients at once, beside a bare Starlette app with the same network."""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.server import ROOT, free_port, server
from core.data.cache import load
from core.data.catalogue import dataset
from core.errors import DataError
from core.network.classifier import NETWORK
from core.runs.store import RunStore

RECIPE = ("dataset=mnist", "architecture=cnn_two_blocks", "epochs=1", "train_images=2000")
ROUNDS = 5
PICTURES = 64
PACE = 250  # questions a second of all clients together


def rows() -> Iterator[dict]:
    try:
        images = load(dataset("mnist")).test.images[:PICTURES]
    except DataError as missing:
        print(f"benchmarks api: left out. {missing}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        runs, pictures = Path(folder) / "runs", Path(folder) / "pictures"
        _train(runs)
        pictures.mkdir()
        for number, pixels in enumerate(images):
            (pictures / f"{number}.png").write_bytes(_png(pixels))
        network = next(iter(RunStore(runs).all())).folder / NETWORK
        with server(runs) as ours, _bare(network) as peer:
            at_most = [
                (_asked(f"{ours.address}/api/predict", pictures), _asked(f"{peer}/predict", pictures))
                for _ in range(ROUNDS)
            ]
            paced = [
                (_asked(f"{ours.address}/api/predict", pictures, PACE), _asked(f"{peer}/predict", pictures, PACE))
                for _ in range(ROUNDS)
            ]
    yield from _as_rows(at_most)
    yield _time_row(f"the same at {PACE} a second, p99 of the time to an answer", paced, "p99")


def _as_rows(pairs: list[tuple[dict, dict]]) -> Iterator[dict]:
    ratios = sorted(ours["rate"] / peer["rate"] for ours, peer in pairs)
    yield {
        "name": "POST /api/predict of MNIST PNGs, 16 clients on the same 2 cores (peer: bare Starlette app)",
        "ours": round(statistics.median(ours["rate"] for ours, _ in pairs)),
        "peer": round(statistics.median(peer["rate"] for _, peer in pairs)),
        "unit": "a second",
        "ratio": round(statistics.median(ratios), 2),
        "spread": f"{ratios[0]:.2f}–{ratios[-1]:.2f}×, {len(pairs)} pairs of {pairs[0][0]['n']:,}",
        "command": "python -m benchmarks api",
    }
    for what in ("p50", "p99"):
        yield _time_row(f"the same, as many as it can answer, {what} of the time to an answer", pairs, what)


def _time_row(name: str, pairs: list[tuple[dict, dict]], what: str) -> dict:
    ours, peer = sorted(one[what] for one, _ in pairs), sorted(one[what] for _, one in pairs)
    return {
        "name": name,
        "ours": round(statistics.median(ours), 1),
        "peer": round(statistics.median(peer), 1),
        "unit": "ms",
        "ratio": round(statistics.median(peer) / statistics.median(ours), 2),
        "spread": f"{ours[0]:.1f}–{ours[-1]:.1f} ms, {len(pairs)} times",
        "command": "python -m benchmarks api",
    }


def _train(runs: Path) -> None:
    """One short training by the command line; raises CalledProcessError."""
    words = [word for setting in RECIPE for word in ("--set", setting)]
    environment = {**os.environ, "FITSCOPE_RUNS": str(runs)}
    command = [sys.executable, "-m", "core", "train", *words]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def _png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0]).save(file, "PNG")
    return file.getvalue()


def _asked(address: str, pictures: Path, a_second: int = 0) -> dict:
    """What the clients, in a process of their own, measured; 0 a second: as many as are answered."""
    words = [sys.executable, "-m", "benchmarks.api_clients", address, str(pictures), str(a_second)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(f"The clients of {address} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _bare(network: Path) -> Iterator[str]:
    """The peer on a free port, stopped at the end."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.plain_api", str(network), str(port)], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(address, timeout=2).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)
