"""Asks `core.inside.process`, on the side of the web server: started at the first question, again where it died."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import RunError, from_json
from core.files import read_arrays, writing_to
from core.inside.explanation import Explained
from core.processes.child import Child, Gone, Late
from core.processes.forks import KERAS
from core.runs.run import Run
from core.scratch import scratch

ENVIRONMENT = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}  # the GPU's memory is for training
SECONDS = 120.0  # for an answer, the start of the process included; on a machine with other work 30 s


class Explainer:
    """One process for all viewers, one question at a time.

    log  the file for what the process says beside its answers
    """

    def __init__(self, log: Path):
        self._log = log
        self._process: Child | None = None
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

        explanation  its name in `explanations()`, or that of `core.inside.features`
        images       (n, height, width, channels) uint8, where its kind asks for them
        epoch        None for `core.inside.weights.shown_epoch`
        options      those that differ from its defaults
        Raises RunError, SettingError, StorageError; RunError too when no answer comes in 120 s.
        """
        with self._alone():
            return self._ask(run, explanation, images, epoch, dict(options or {}))

    def convert(self, run: Run, epoch: int) -> None:
        """Has the network of a kept epoch written for `core.network`; raises what `core.inside.converted.make` does."""
        with self._alone():
            answer = self._answer({"convert": {"run": str(run.folder.resolve()), "epoch": epoch}})
        if "error" in answer:
            raise from_json(answer)

    def close(self) -> None:
        """Lets the process go, also while it works on an answer."""
        with self._starting:
            if self._process:
                self._process.end()
            self._process = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._asking.acquire(timeout=SECONDS):
            raise RunError("The explanations are busy with other questions. Try again in a minute.")
        try:
            yield
        finally:
            self._asking.release()

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
            answer = self._answer({"explain": question})
            if "error" in answer:
                raise from_json(answer)
            arrays = read_arrays(Path(answer["file"]))
        if arrays is None:
            raise RunError("The answer of the explanation is damaged. Try again.")
        return Explained(arrays, answer["facts"])

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        process = self._alive()
        try:
            answer = process.ask(question, SECONDS)
        except Late:
            process.end()  # the next question would wait for this one
            raise RunError("The explanation took longer than {seconds:g} s. Try again.", seconds=SECONDS) from None
        except Gone:
            process.end()  # the system may take a moment to say that it has ended; the next question starts another
            raise RunError("The process of the explanations has stopped. Try again.") from None
        if answer["leaving"]:
            process.end()  # its memory is full; the next question starts another
        return answer

    def _alive(self) -> Child:
        with self._starting:
            if self._process is None or not self._process.alive:
                self._process = Child(["core.inside.process"], self._log, environment=ENVIRONMENT, server=KERAS)
            return self._process


def _written(images: np.ndarray | None, folder: Path) -> str | None:
    if images is None:
        return None
    with writing_to(folder):
        np.savez(folder / "images.npz", images=images)
    return str(folder / "images.npz")
