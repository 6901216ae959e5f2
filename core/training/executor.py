"""Where a worker runs: here, as a process of its own, kept warm so that a training starts at once."""

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Protocol

from core import processes
from core.errors import RunError, SettingError
from core.files import writing_to
from core.folders import PROJECT
from core.runs.store import Run

ANSWER_SECONDS = 60.0  # for a question to a worker that may still be importing Keras: 7 s, beside other work far more


class Executor(Protocol):
    """What the scheduler needs of a place where trainings run. `slots` is how many may run at once."""

    slots: int

    def warm(self, slot: int) -> None:
        """Makes sure that a training in this slot would start at once."""

    def start(self, run: Run, slot: int) -> None:
        """Hands a run to a worker and notes the attempt."""

    def reap(self) -> list[tuple[Run, int, int]]:
        """(run, pid, exit code) of the workers that ended since the last call."""

    def close(self) -> None:
        """Lets go of idle workers; those that train go on."""


class WarmWorker:
    """An idle `core.training.worker`: Keras imported, waiting for one run, answering questions meanwhile."""

    def __init__(self, log: Path, slot: int = 0, gpus: int = 0):
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONUNBUFFERED": "1"}
        if gpus > 1:
            environment["CUDA_VISIBLE_DEVICES"] = str(slot % gpus)
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "core.training.worker"],
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                **_own_session(),
            )
        self.device: dict[str, str] | None = None
        self.run: Run | None = None  # the one it trains
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()  # None: it has left
        self._asked = 0
        self._asking = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The worker's answer to one question; raises RunError when it does not come in time."""
        with self._asking:
            self._asked += 1
            self._say({"id": self._asked, **question})
            return self._answer(self._asked)

    def take(self, run: Run) -> None:
        """The run is the worker's from here on; it leaves when the run has ended."""
        with self._asking:
            self._say({"run": str(run.folder)})
            self.run = run

    def dismiss(self) -> None:
        """Closes its stdin, at which an idle worker leaves."""
        if self.process.stdin:
            self.process.stdin.close()

    def _answer(self, number: int) -> dict[str, Any]:
        try:
            while answer := self._answers.get(timeout=ANSWER_SECONDS):
                if answer.pop("id") == number:  # an earlier one may have come too late
                    return answer
        except queue.Empty:
            raise RunError("The worker did not answer in {seconds} s. Try again.", seconds=ANSWER_SECONDS) from None
        raise RunError("The worker has stopped. Try again.")

    def _say(self, what: dict[str, Any]) -> None:
        assert self.process.stdin
        try:
            if self.run:
                raise BrokenPipeError  # it does not listen any more
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError):  # ValueError: closed by `dismiss`
            raise RunError("The worker has stopped. Try again.") from None

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            answer = json.loads(line) if line.startswith("{") else {}
            if answer.get("ready"):
                self.device = answer["device"]
            elif "id" in answer:
                self._answers.put(answer)
        self._answers.put(None)


class LocalExecutor:
    """Workers on this machine. One at a time for each GPU, or as many as `FITSCOPE_WORKERS` says."""

    def __init__(self, folder: Path):
        self.gpus = count_gpus()
        self.slots = _slots(default=max(1, self.gpus))
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
        with self._lock:
            self._spare(slot)

    def start(self, run: Run, slot: int) -> None:
        with self._lock:
            worker = self._spare(slot)
            # noted before the hand-over: killed in between, the run is lost and offered again, never started twice
            run.note_attempt(worker.process.pid, processes.started(worker.process.pid), slot)
            worker.take(run)
            self._busy.append(self._spares.pop(slot))

    def reap(self) -> list[tuple[Run, int, int]]:
        with self._lock:
            ended = [worker for worker in self._busy if not worker.alive]
            self._busy = [worker for worker in self._busy if worker not in ended]
        return [(worker.run, worker.process.pid, worker.process.returncode) for worker in ended if worker.run]

    def describe(self, question: dict[str, Any]) -> dict[str, Any]:
        """A plan from `core.training.worker.describe`; remembered, since the same question has the same answer."""
        key = json.dumps(question, sort_keys=True)
        if key not in self._answers:
            self._answers[key] = self.ask({"describe": question})
        return self._answers[key]

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """An idle worker's answer; raises RunError when none comes in time."""
        while True:
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

    def _spare(self, slot: int) -> WarmWorker:
        spare = self._spares.get(slot)
        if spare is None or not spare.alive:
            with writing_to(self._log):
                self._log.parent.mkdir(parents=True, exist_ok=True)
                spare = self._spares[slot] = WarmWorker(self._log, slot, self.gpus)
        return spare


def _slots(default: int) -> int:
    text = os.environ.get("FITSCOPE_WORKERS") or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise SettingError("FITSCOPE_WORKERS={value} is out of range; choose between 1 and 64.", value=text)
    return int(text)


def count_gpus() -> int:
    """NVIDIA GPUs of this machine, asked of the driver: TensorFlow stays out of the web server."""
    try:
        answer = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in answer.stdout.splitlines())


def _own_session() -> dict[str, Any]:
    """A worker must not get the signals meant for the web server, such as Ctrl-C in its terminal."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
