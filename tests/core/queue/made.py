"""A place where trainings only seem to run."""

import subprocess
import threading
from contextlib import contextmanager

import pytest

from core.errors import StorageError
from core.processes.running import started
from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder
from core.runs.run import Run
from tests.made.workers import PATIENCE, idle_process, wait_until

CONFIG = TrainingConfig(epochs=3)


class FakeExecutor:
    """Starts processes that only sleep; a test says when they end, and how."""

    def __init__(self, slots=1, always=None):
        self.slots, self.always = slots, always or slots
        self.started: list[Run] = []
        self.warmed: list[int] = []
        self.refuse: set[str] = set()
        self.not_ready: set[int] = set()
        self._processes: dict[Run, subprocess.Popen] = {}

    def warm(self, slot):
        self.warmed.append(slot)

    def ready(self, slot):
        return slot not in self.not_ready

    def start(self, run, slot):
        if run.id in self.refuse:
            raise StorageError("{run} cannot be written.", run=run.id)
        process = idle_process()
        run.note_attempt(process.pid, started(process.pid), slot)
        Recorder(run).status("running")
        self.started.append(run)
        self._processes[run] = process

    def end(self, run, state="finished"):
        if state:
            Recorder(run).status(state)
        self._processes[run].kill()
        wait_until(lambda: not run.process_alive)

    def reap(self):
        ended = [(run, process) for run, process in self._processes.items() if process.poll() is not None]
        for run, _ in ended:
            del self._processes[run]
        return [(run, process.pid, process.returncode) for run, process in ended]

    def close(self):
        for process in self._processes.values():
            process.kill()
            process.wait()


@pytest.fixture
def executor():
    fake = FakeExecutor()
    yield fake
    fake.close()


@contextmanager
def at_work(*schedulers):
    """Each scheduler in a thread of its own, as in a web server."""
    stop = threading.Event()
    threads = [threading.Thread(target=scheduler.run, args=(stop,)) for scheduler in schedulers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for scheduler in schedulers:
            scheduler.wake()
        for thread in threads:
            thread.join(timeout=PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
