"""Ten thousand runs that ended long ago: what they cost while nobody does anything, how soon a list of them is there.

FITSCOPE_OLD_RUNS (10000) says how many. Not part of `make bench`: making them takes a minute.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.server import ROOT, Server, server
from benchmarks.stand_in import beginning, snapshot
from benchmarks.viewers_clients import Viewer
from core.recipe.config import TrainingConfig
from core.runs.index import NAME
from core.runs.recorder import Recorder
from core.runs.reports import EpochDone
from core.runs.run import Run
from core.runs.store import RunStore

RUNS = int(os.environ.get("FITSCOPE_OLD_RUNS", "10000"))
EPOCHS = 20
IDLE_SECONDS = 60.0
MEGA = 1e6


def rows() -> Iterator[dict]:
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        make(runs, RUNS)
        yield _row("`core runs`, the first time", *_command(runs), "s")
        yield _row("`core runs`", *_command(runs), "s")
        (runs / NAME).unlink()
        with server(runs) as here:
            yield _row("Runs after a start without an index", *_opened(here), "s")
        with server(runs) as here:
            yield _row("Runs after a start", *_opened(here), "s")
            yield _row("Runs, once more", *_opened(here), "s")
            yield _row("Classify, with its list of runs", *_opened(here, "classify"), "s")
            while not (runs / NAME).exists():  # once, where there was no index, all runs are read
                time.sleep(1)
            time.sleep(5)
            watched = psutil.Process(here.pid)
            before = _cpu(watched)
            time.sleep(IDLE_SECONDS)
            idle = 100 * (_cpu(watched) - before) / IDLE_SECONDS
            yield _row("nobody there", idle, f"over {IDLE_SECONDS:g} s", "% of a core")
            yield _row("memory of the server", watched.memory_info().rss / MEGA, "one run", "MB")


def make(runs: Path, n: int) -> None:
    """One run that ended, and copies of it; what is large in them is one file under many names."""
    store = RunStore(runs)
    run = store.create(TrainingConfig(), queue=False)
    recorder = Recorder(run)
    recorder(beginning())
    for epoch in range(1, EPOCHS + 1):
        recorder(EpochDone(epoch, 2 / epoch, 0.9, 2.1 / epoch, 0.8, 1e-3, 0.1, True, snapshot))
    recorder.status("finished", result={"test_accuracy": 0.9, "n_test": 360})
    _end(run)
    for number in range(1, n):
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(time.time() - 600 * number))
        shutil.copytree(run.folder, runs / f"{stamp}-digits-cnn_small-{number:06x}", copy_function=_copy)


def _copy(source: str, to: str) -> None:
    """Small files are copied: each has its own times."""
    shutil.copyfile(source, to) if os.path.getsize(source) < 20_000 else os.link(source, to)


def _end(run: Run) -> None:
    """Its process is another one, long gone."""
    line = {"event": "started", "at": 0.0, "pid": os.getpid(), "process_started": 0.0, "slot": 0, "request": 0}
    (run.folder / "attempts.jsonl").write_text(json.dumps(line) + "\n", "utf-8")


def _command(runs: Path) -> tuple[float, str]:
    began, children = time.perf_counter(), psutil.Process().cpu_times()
    words = [sys.executable, "-m", "core", "runs", "--json"]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, "FITSCOPE_RUNS": str(runs)}, capture_output=True)
    seconds, after = time.perf_counter() - began, psutil.Process().cpu_times()
    assert len(json.loads(done.stdout)) == RUNS
    spent = after.children_user + after.children_system - children.children_user - children.children_system
    return seconds, f"{spent:.2f} s of one core"


def _opened(here: Server, page: str = "runs") -> tuple[float, str]:
    """Seconds until the page has run, and what of that the server calculated."""
    watched = psutil.Process(here.pid)
    before, began = _cpu(watched), time.perf_counter()
    asyncio.run(_visit(here, page))
    return time.perf_counter() - began, f"{_cpu(watched) - before:.2f} s of one core"


async def _visit(here: Server, page: str) -> None:
    await Viewer(here.address, page=page).watch(asyncio.Barrier(1), 0)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _row(name: str, ours: float, spread: str, unit: str) -> dict:
    row: dict = {"name": f"{RUNS:,} finished runs: {name}", "ours": round(ours, 2), "peer": None, "unit": unit}
    return {**row, "ratio": None, "spread": spread, "command": "python -m benchmarks school_year"}
