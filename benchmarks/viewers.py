"""A class that watches one training: what an update costs the server, how late it comes, what is left to the training.

Viewers speak Streamlit's own protocol and hear the news (`viewers_clients.py`), without a browser. The training is
a stand-in that loads all cores (`stand_in.py`); its speed alone is measured before and after each crowd. The peer is
the page without news, which asks for itself: what it was before, and still is where no news get through.

FITSCOPE_VIEWERS (1,10,30,100) says how many at once, FITSCOPE_VIEWERS_SECONDS (12) how long they stay, and
FITSCOPE_VIEWERS_MINUTES (10) for how long others come and go afterwards.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from benchmarks.server import ROOT, Server, server
from core.files import read_json_lines
from core.runs.history import place
from core.runs.run import Run
from core.runs.windows import Trace, steps_of_a_window, summed_up

CROWDS = tuple(int(n) for n in os.environ.get("FITSCOPE_VIEWERS", "1,10,30,100").split(","))
SECONDS = float(os.environ.get("FITSCOPE_VIEWERS_SECONDS", "12"))
MINUTES = float(os.environ.get("FITSCOPE_VIEWERS_MINUTES", "10"))
COMING_AND_GOING = 30
LONG, EPOCHS, STEPS_PER_EPOCH = 450_000, 500, 900  # points: of an hour and a half of MNIST on two cores
PATIENCE = 600  # seconds
MEGA = 1e6


@dataclass(frozen=True)
class Measured:
    """Of one crowd: times in ms, sizes in bytes, `speed` as a share of the training's speed alone."""

    opened: float
    rate: float
    late: float
    size: float
    cpu: float
    speed: float
    memory: float


def rows() -> Iterator[dict]:
    yield _long()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "runs") as here, training(here) as run:
        measure(here, run, 1, seconds=1)  # the first viewer has the libraries loaded
        for viewers in CROWDS:
            ours = measure(here, run, viewers, SECONDS)
            peer = measure(here, run, viewers, SECONDS, deaf=True)
            yield from _rows(viewers, ours, peer)
        if MINUTES:
            yield _coming_and_going(here, run)


@contextmanager
def training(here: Server) -> Iterator[Run]:
    """The stand-in at work; stopped at the end."""
    words = [sys.executable, "-m", "benchmarks.stand_in", str(here.runs)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    run = Run(here.runs / process.stdout.readline().strip())
    try:
        deadline = time.monotonic() + PATIENCE
        while not run.history.epochs and time.monotonic() < deadline:
            time.sleep(0.2)
        yield run
    finally:
        run.ask_to_stop()
        process.wait(timeout=PATIENCE)


def measure(here: Server, run: Run, viewers: int, seconds: float, deaf: bool = False) -> Measured:
    """One crowd that opens the page at once and stays; without news where it is deaf."""
    watched, alone = psutil.Process(here.pid), _speed(run, seconds / 2)
    words = [sys.executable, "-m", "benchmarks.viewers_clients", here.address, run.id, str(viewers), str(seconds)]
    clients = subprocess.Popen([*words, *["deaf"] * deaf], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert clients.stdout
    clients.stdout.readline()  # all have opened the page
    cpu, began, steps = _cpu(watched), time.time(), _steps(run)
    time.sleep(seconds)
    cpu, ended, steps = _cpu(watched) - cpu, time.time(), _steps(run) - steps
    memory = watched.memory_info().rss
    output, _ = clients.communicate(timeout=PATIENCE)
    seen = json.loads(output)
    updates = [[one for one in viewer["updates"] if began <= one[0] <= ended] for viewer in seen]
    count = sum(map(len, updates))
    lateness = [late for viewer in updates for late in _lateness(run, viewer)]
    alone = (alone + _speed(run, seconds / 2)) / 2
    return Measured(
        opened=1e3 * max(viewer["opened"] for viewer in seen),
        rate=count / len(seen) / (ended - began),
        late=1e3 * float(np.percentile(lateness, 95)) if lateness else float("nan"),
        size=sum(one[1] for viewer in updates for one in viewer) / max(1, count),
        cpu=1e3 * cpu / max(1, count),
        speed=steps / (ended - began) / alone,
        memory=memory / MEGA,
    )


def _lateness(run: Run, updates: list[list]) -> list[float]:
    """Seconds from the oldest line that an update brought to its arrival; of a script run, since the one before."""
    heard = [one for one in updates if one[2]]
    if not heard:
        return [later[0] - earlier[0] for earlier, later in itertools.pairwise(updates)]
    written = _written(run)
    places = [place(one[2]) for one in heard]
    pairs = zip(places, heard[1:], strict=False)
    return [late for before, one in pairs if (late := one[0] - written.get(before.points, one[0])) > 0]


def _written(run: Run) -> dict[int, float]:
    """Points that there were before a line -> when it was written."""
    times, points = {}, 0
    for line in read_json_lines(run.folder / "events.jsonl"):
        if line["event"] == "steps":
            times[points] = line["at"]
            points += len(line["loss"])
    return times


def _steps(run: Run) -> float:
    """Images that the training has seen: what it is there for."""
    lines = read_json_lines(run.folder / "events.jsonl")
    return sum(line["images_per_second"] for line in lines if line["event"] == "steps")


def _speed(run: Run, seconds: float) -> float:
    before, began = _steps(run), time.time()
    time.sleep(seconds)
    return (_steps(run) - before) / (time.time() - began)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _rows(viewers: int, ours: Measured, peer: Measured) -> Iterator[dict]:
    told = f"peer: the page asks for itself; {SECONDS:g} s each"
    figures = [
        ("CPU of the server an update and viewer", "cpu", "ms", 2),
        ("an update", "size", "bytes", 0),
        ("updates", "rate", "a second", 1),
        ("95 % of the updates come within", "late", "ms", 0),
        ("speed of the training, share of its speed alone", "speed", "", 2),
        ("all have opened the page at once, the last after", "opened", "ms", 0),
        ("memory of the server", "memory", "MB", 0),
    ]
    for name, field, unit, digits in figures:
        own, other = getattr(ours, field), getattr(peer, field)
        yield {
            "name": f"{viewers} {'viewer' if viewers == 1 else 'viewers'} of a training: {name}",
            "ours": round(own, digits),
            "peer": round(other, digits),
            "unit": unit,
            "ratio": round(other / own, 2) if own else None,
            "spread": told,
            "command": "python -m benchmarks viewers",
        }


def _long() -> dict:
    """What is new of a training of an hour and a half, worked out once; the peer sums up all of its points."""
    trace = Trace()
    trace.begin(steps_of_a_window(EPOCHS, STEPS_PER_EPOCH), STEPS_PER_EPOCH, until=0)
    for step in range(1, LONG + 1):
        trace.add(step / STEPS_PER_EPOCH, 1 / step, 1 - 1 / step)
    ends, losses = np.arange(1, LONG + 1), np.asarray(trace.loss)
    ours = _quickest(lambda: trace.windows("loss", since=LONG - 10))
    peer = _quickest(lambda: summed_up(ends, losses, trace.steps, STEPS_PER_EPOCH))
    return {
        "name": f"What is new of the curve of a training with {LONG:,} points",
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "unit": "ms",
        "ratio": round(peer / ours, 1),
        "spread": "peer: all of its points summed up anew; the quickest of 20",
        "command": "python -m benchmarks viewers",
    }


def _quickest(work: Callable[[], object]) -> float:
    """ms"""
    return 1e3 * min(timeit.repeat(work, number=1, repeat=20))


def _coming_and_going(here: Server, run: Run) -> dict:
    """Crowds that open the page, stay a little and leave, over and over: what is left of them in the end."""
    watched, samples = psutil.Process(here.pid), []
    ended = time.monotonic() + 60 * MINUTES
    while time.monotonic() < ended or len(samples) < 3:
        measure(here, run, COMING_AND_GOING, 4)
        samples.append((watched.memory_info().rss / MEGA, watched.num_threads()))
    time.sleep(min(150.0, 60 * MINUTES))  # Streamlit keeps a session that went for two minutes
    last = (watched.memory_info().rss / MEGA, watched.num_threads())
    early = statistics.median(one[0] for one in samples[1 : 1 + max(1, len(samples) // 3)])
    late = statistics.median(one[0] for one in samples[-max(1, len(samples) // 3) :])
    return {
        "name": f"{COMING_AND_GOING} viewers come and go for {MINUTES:g} minutes: growth of the server's memory",
        "ours": round(late - early, 1),
        "peer": None,
        "unit": "MB",
        "ratio": None,
        "spread": f"{early:.0f} MB in the first third, {late:.0f} MB in the last, {last[0]:.0f} MB afterwards; "
        f"threads {samples[0][1]} to {samples[-1][1]}, {last[1]} afterwards; {len(samples)} crowds",
        "command": "python -m benchmarks viewers",
    }
