"""Asks `core.inside.process`, on the side of the web server: started at the first question, again where it died."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import FitscopeError, RunError
from core.files import read_arrays, writing_to
from core.folders import PROJECT
from core.inside.explanation import Explained
from core.runs.store import Run
from core.scratch import scratch

SECONDS = 60.0  # for an answer, the start of the process included


class Explainer:
    """One process for all viewers, one question at a time.

    log  the file for what the process says beside its answers
    """

    def __init__(self, log: Path):
        self._log = log
        self._process: _Process | None = None
        self._starting = threading.Lock()
        self._asking = threading.Lock()

    def warm(self) -> None:
        """Starts the process, so that the first question need not wait for Keras; raises StorageError."""
        self._alive()

    def ask(
        self,
        run: Run,
        explanation: str,
        images: np.ndarray | None = None,
        *,
        epoch: int | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Explained:
        """What an explanation says of a run's network; `facts` has its `epoch` too.

        explanation  its name in `core.data.explanations()`
        images       (n, height, width, channels) uint8, where its kind asks for them
        epoch        None for `core.inside.weights.shown_epoch`
        options      those that differ from its defaults
        Raises RunError, SettingError (as RunError), StorageError; RunError too when no answer comes in 60 s.
        """
        if not self._asking.acquire(timeout=SECONDS):
            raise RunError("The explanations are busy with other questions. Try again in a minute.")
        try:
            return self._ask(run, explanation, images, epoch, dict(options or {}))
        finally:
            self._asking.release()

    def close(self) -> None:
        """Lets the process go, also while it works on an answer."""
        with self._starting:
            if self._process:
                self._process.end()
            self._process = None

    def _ask(
        self,
        run: Run,
        explanation: str,
        images: np.ndarray | None,
        epoch: int | None,
        options: dict[str, Any],
    ) -> Explained:
        with scratch() as folder:
            question = {
                "run": str(run.folder.resolve()),
                "epoch": epoch,
                "explanation": explanation,
                "images": _written(images, folder),
                "options": options,
                "answer": str(folder / "answer.npz"),
            }
            answer = self._alive().ask({"explain": question})
            if "error" in answer:
                raise RunError(answer["error"], **answer["values"])
            arrays = read_arrays(Path(answer["file"]))
        if arrays is None:
            raise RunError("The answer of the explanation is damaged. Try again.")
        return Explained(arrays, answer["facts"])

    def _alive(self) -> "_Process":
        with self._starting:
            if self._process is None or not self._process.alive:
                self._process = _Process(self._log)
            return self._process


class _Process:
    def __init__(self, log: Path):
        environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
        with writing_to(log):
            log.parent.mkdir(parents=True, exist_ok=True)
            errors = open(log, "ab")  # noqa: SIM115  closed below, once the process has its own
        with errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "core.inside.process"],
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()  # None: it has left
        self._asked = 0
        threading.Thread(target=self._listen, name="explainer", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Its answer; raises RunError, and ends the process, when none comes in time."""
        self._asked += 1
        deadline = time.monotonic() + SECONDS
        self._say({"id": self._asked, **question})
        try:
            while answer := self._answers.get(timeout=max(0.0, deadline - time.monotonic())):
                if answer["id"] == self._asked:
                    if answer["leaving"]:
                        self.end()  # its memory is full; the next question starts another
                    return answer
        except queue.Empty:
            self.end()  # the next question would wait for this one
            raise RunError("The explanation took longer than {seconds:g} s. Try again.", seconds=SECONDS) from None
        raise _stopped()

    def end(self) -> None:
        """Ends it at once: it holds nothing that is worth waiting for."""
        self.process.kill()
        self.process.wait()

    def _say(self, what: dict[str, Any]) -> None:
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
        except OSError:
            raise _stopped() from None

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            answer = json.loads(line) if line.startswith("{") else {}
            if "id" in answer:
                self._answers.put(answer)
        self._answers.put(None)


def _stopped() -> FitscopeError:
    return RunError("The process of the explanations has stopped. Try again.")


def _written(images: np.ndarray | None, folder: Path) -> str | None:
    if images is None:
        return None
    with writing_to(folder):
        np.savez(folder / "images.npz", images=images)
    return str(folder / "images.npz")
