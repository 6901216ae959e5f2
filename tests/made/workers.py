"""Starts real workers and commands for the tests, and waits for what they should do."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from core.runs.run import Run
from core.training.worker import work
from tests.made.forked import Python

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0  # seconds after which a test gives up; no machine is so busy that it needs them


def wait_until(condition: Callable[[], Any], seconds: float = PATIENCE, pause: float = 0.02) -> float:
    """Waits until `condition` holds; returns the seconds it took, fails when it takes too long.

    pause  seconds between two looks, each of which reads the files anew
    """
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(pause)
    return time.monotonic() - began


def cpu_seconds(pid: int) -> float:
    """Seconds that a process has calculated so far, all threads together: waiting for a core does not count."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def idle_process() -> subprocess.Popen:
    """A process that does nothing until it is killed, or the tests are gone."""
    return subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)


def start_worker(run: Run, start: type[subprocess.Popen] = Python) -> subprocess.Popen:
    """`python -m core.training.worker FOLDER`, as a person or a cluster starts it.

    start  subprocess.Popen, where it must be a program of its own from its first line
    """
    return start([sys.executable, "-m", "core.training.worker", str(run.folder)], cwd=ROOT)


def start_command(*words: str, start: type[subprocess.Popen] = Python, **environment: str) -> subprocess.Popen:
    """`python -m core …` at work, of which both outputs are read at its end."""
    own = {**os.environ, **environment}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return start([sys.executable, "-m", "core", *words], cwd=ROOT, env=own, **pipes)


def command(
    *words: str, start: type[subprocess.Popen] = Python, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`python -m core …` run to its end."""
    with start_command(*words, start=start, **environment) as process:
        try:
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@contextmanager
def started_in(place: str) -> Iterator[None]:
    """What is started within these lines is as if typed into a terminal: in the "foreground", where Ctrl-C ends it, or
    in the "background" (`&`, nohup), where the shell has it ignored. Else it is as it is for the tests themselves.
    """
    before = signal.signal(
        signal.SIGINT, {"foreground": signal.default_int_handler, "background": signal.SIG_IGN}[place]
    )
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def gently(run: Run, share: float = 0.2) -> Iterator[None]:
    """Lets a training work that share of the time, from its first epoch until it is asked to stop: whoever follows it
    has a core of its own.

    It trains as ever, and nothing waits for a training that leaves two cores to nobody else.
    """
    over = threading.Event()

    def breathe() -> None:
        while not over.is_set() and not run.history.epochs:
            over.wait(0.1)
        while not over.is_set() and not run.stop_asked:
            with contextlib.suppress(IndexError, psutil.NoSuchProcess):
                worker = psutil.Process(run.attempts[-1]["pid"])
                worker.suspend()
                try:
                    over.wait(0.5 * (1 - share))
                finally:
                    worker.resume()
            over.wait(0.5 * share)

    thread = threading.Thread(target=breathe)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def train_here(run: Run, listener: Any = None) -> int:
    """Trains a run in this process, from the beginning or from its last epoch."""
    with run.held():
        if run.state != "starting":
            run.go_on_here()
        return work(run, listener)


def curves(run: Run) -> list[dict]:
    """The epochs of a run without what differs from one training to the next: the times, and what was used."""
    return [
        {name: epoch[name] for name in epoch if name not in ("at", "seconds", "used")} for epoch in run.history.epochs
    ]
