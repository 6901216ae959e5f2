"""Where a worker runs: here, as a process of its own, kept warm so that a training starts at once."""

import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Protocol

from core.errors import RunError, SettingError
from core.processes.child import Child, Gone, Late
from core.processes.forks import KERAS, LOOK_SECONDS, Forked
from core.processes.gpus import count_gpus
from core.processes.running import cores, started
from core.runs.run import Run

MOST_SMALL = 8  # at once: each needs some hundred MB
ANSWER_SECONDS = 180  # for a question to a worker that may still import Keras: 7 s, on a crowded machine a minute


class Executor(Protocol):
    """What the scheduler needs of a place where trainings run.

    always  how many may run at once, whatever they are
    slots   how many small ones may, see `together`; at least as many
    """

    always: int
    slots: int

    def warm(self, slot: int) -> None:
        """Makes sure that a training in this slot would start at once."""

    def ready(self, slot: int) -> bool:
        """False while it is better to wait a moment before a training is started in this slot."""

    def start(self, run: Run, slot: int) -> None:
        """Hands a run to a worker and notes the attempt."""

    def reap(self) -> list[tuple[Run, int, int]]:
        """(run, pid, exit code) of the workers that ended since the last call."""

    def close(self) -> None:
        """Lets go of idle workers; those that train go on."""


class WarmWorker:
    """An idle `core.training.worker`: Keras imported, waiting for one run, answering questions meanwhile."""

    def __init__(self, log: Path, slot: int = 0, gpus: int = 0):
        environment = {"TF_CPP_MIN_LOG_LEVEL": "2"}
        if gpus > 1:
            environment["CUDA_VISIBLE_DEVICES"] = str(slot % gpus)
        self.device: dict[str, str] | None = None
        self.run: Run | None = None  # the one it trains
        self._child = Child(
            ["core.training.worker"], log, self._hear, environment=environment, own_session=True, server=KERAS
        )

    @property
    def process(self) -> subprocess.Popen | Forked:
        return self._child.process

    @property
    def alive(self) -> bool:
        return self._child.alive

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The worker's answer to one question; raises RunError when it does not come in time."""
        try:
            return self._child.ask(question, ANSWER_SECONDS)
        except Late:
            raise RunError("The worker did not answer in {seconds} s. Try again.", seconds=ANSWER_SECONDS) from None
        except Gone:
            raise RunError("The worker has stopped. Try again.") from None

    def take(self, run: Run) -> None:
        """The run is the worker's from here on; it leaves when the run has ended."""
        self.run = run  # before it is told: who asks it meanwhile is sent to the next one
        try:
            self._child.tell_last({"run": str(run.folder)})
        except Gone:
            self.run = None
            raise RunError("The worker has stopped. Try again.") from None

    def dismiss(self) -> None:
        """Closes its stdin, at which an idle worker leaves."""
        self._child.dismiss()

    def _hear(self, line: dict[str, Any]) -> None:
        if line.get("ready"):
            self.device = line["device"]


class LocalExecutor:
    """Workers on this machine: one at a time, one for each GPU, or as many as `FITSCOPE_WORKERS` says.

    Where that says nothing and workers are forked, one small run for each core.
    """

    def __init__(self, folder: Path):
        self.gpus = count_gpus()
        self.always = _as_told() or max(1, self.gpus)
        self.slots = self.always if _as_told() or not KERAS.forks else max(self.always, min(MOST_SMALL, cores()))
        self._log = folder / ".workers.log"
        self._spares: dict[int, WarmWorker] = {}
        self._busy: list[WarmWorker] = []
        self._answers: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    @property
    def device(self) -> dict[str, str] | None:
        """What workers here calculate on, as {kind, name, precision}; None until one has looked."""
        with self._lock:
            workers = [*self._spares.values(), *self._busy]
        return next((worker.device for worker in workers if worker.device), None)

    def warm(self, slot: int) -> None:
        if self.ready(slot):
            with self._lock:
                self._spare(slot)

    def ready(self, slot: int) -> bool:
        with self._lock:
            spare = self._spares.get(slot)
        return bool(spare and spare.alive) or not self._is_importing()

    def start(self, run: Run, slot: int) -> None:
        with self._lock:
            worker = self._spare(slot)
            # noted before the hand-over: killed in between, the run is lost and offered again, never started twice
            run.note_attempt(worker.process.pid, started(worker.process.pid), slot)
            worker.take(run)
            self._busy.append(self._spares.pop(slot))

    def reap(self) -> list[tuple[Run, int, int]]:
        with self._lock:
            ended = {worker: code for worker in self._busy if (code := worker.process.poll()) is not None}
            self._busy = [worker for worker in self._busy if worker not in ended]
        return [(worker.run, worker.process.pid, code) for worker, code in ended.items() if worker.run]

    def describe(self, question: dict[str, Any]) -> dict[str, Any]:
        """A plan from `core.training.worker.describe`; remembered, unless it failed for the moment."""
        key = json.dumps(question, sort_keys=True)
        answer = self._answers.get(key) or self.ask({"describe": question})
        if answer.get("kind") != RunError.__name__:  # of a moment, such as memory that ran out
            self._answers[key] = answer
        return answer

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """An idle worker's answer; raises RunError when none comes in time."""
        while True:
            while self._is_importing():
                time.sleep(LOOK_SECONDS)
            with self._lock:
                worker = self._spare(0)
            try:
                return worker.ask(question)
            except RunError:
                if not worker.run:  # otherwise it was given a run meanwhile: ask the next one
                    raise

    def close(self) -> None:
        with self._lock:
            for worker in self._spares.values():
                worker.dismiss()
            self._spares = {}

    def _is_importing(self) -> bool:
        return KERAS.importing(self._log)

    def _spare(self, slot: int) -> WarmWorker:
        spare = self._spares.get(slot)
        if spare is None or not spare.alive:
            spare = self._spares[slot] = WarmWorker(self._log, slot, self.gpus)
        return spare


def _as_told() -> int | None:
    text = os.environ.get("FITSCOPE_WORKERS")
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise SettingError("FITSCOPE_WORKERS={value} is out of range; choose between 1 and 64.", value=text)
    return int(text)
