"""Run folders in every state, written by the same recorder that a worker uses, without training anything."""

import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data import catalogue
from core.data.dataset import Prepared
from core.errors import TrainingError
from core.evaluation.intervals import wilson
from core.files import append_json, write_whole
from core.processes import running as processes
from core.recipe.config import TrainingConfig
from core.runs import diary
from core.runs.recorder import Recorder
from core.runs.reports import EpochDone, Started, StepsDone
from core.runs.run import EVALUATION, Run
from core.runs.store import RunStore
from tests.made import by_name

STATES = ("queued", "starting", "running", "finished", "stopped", "failed", "lost", "damaged")
TESTED = ("finished", "stopped")
N_TRAIN, N_VALIDATION, N_TEST = 1437, 287, 360


def make_run(
    store: RunStore,
    state: str,
    config: TrainingConfig | None = None,
    epochs: int = 6,
    answered: Sequence[str] = ("test",),
) -> Run:
    """A run in that state; its process is this one, so that it is alive.

    answered  splits that a tested run has answers to: one in nine is wrong, and always the next class
    """
    config = config or TrainingConfig(epochs=12)
    if state == "queued":
        return store.create(config)
    run = store.create(config, queue=False)
    if state != "starting":
        lead(run, state, epochs, answered)
    assert run.state == state
    return run


def lead(run: Run, state: str, epochs: int = 6, answered: Sequence[str] = ("test",), worse: float = 0.0) -> None:
    """Takes a run that was begun into another state.  worse  by so much its validation accuracy is lower"""
    config = run.config
    recorder = Recorder(run)
    prepared = by_name.of(config) if state in TESTED else None
    recorder(started_report(config, prepared))
    for epoch in range(1, epochs + 1):
        recorder(StepsDone(epoch, 9, 3, (2.0 / epoch, 1.9 / epoch, 1.8 / epoch), (0.5, 0.6, 0.7), 5000.0))
        recorder(dataclasses.replace(done := epoch_done(epoch), val_accuracy=done.val_accuracy - worse))
    match state:
        case "finished" | "stopped":
            assert prepared is not None
            _evaluate(run, prepared, answered)
            recorder.status(state, result=result_of(epochs, len(prepared.validation), len(prepared.test)))
            lose(run)
        case "failed":
            recorder.status("failed", TrainingError("The loss stopped being a number in epoch {epoch}.", epoch=7))
            lose(run)
        case "lost":
            lose(run)
        case "damaged":
            (run.folder / "config.json").write_text('{"epochs": "many"', "utf-8")


def begin_again(run: Run) -> None:
    """Lets a run that has ended train, with the epochs that it has: its process is this one, nothing is tested yet."""
    for name in (EVALUATION, "network.tflite", "network.keras", "preprocessing.json"):
        (run.folder / name).unlink(missing_ok=True)
    run.note_attempt(os.getpid(), processes.started(os.getpid()))
    Recorder(run).status("running")


def take(run: Run) -> None:
    """A run that waits is begun by this process, as one that never waited."""
    (run.folder / "requests.jsonl").unlink()
    run.note_attempt(os.getpid(), processes.started(os.getpid()))


def started_report(config: TrainingConfig, prepared: Prepared | None) -> Started:
    classes = prepared.classes if prepared else catalogue.dataset(config.dataset).classes
    n_train, n_validation, n_test = (
        (len(prepared.train), len(prepared.validation), len(prepared.test))
        if prepared
        else (N_TRAIN - N_VALIDATION, N_VALIDATION, N_TEST)
    )
    rows = prepared.rows if prepared else {"test": N_TRAIN + np.arange(N_TEST)}
    return Started(
        epochs=config.epochs,
        first_epoch=1,
        steps_per_epoch=9,
        n_train=n_train,
        n_scored=n_train,
        n_validation=n_validation,
        n_held_back=n_validation,
        n_test=n_test,
        n_classes=len(classes),
        baseline=1 / len(classes),
        classes=classes,
        dataset_version=prepared.version if prepared else "0123456789ab",
        parameters=13706,
        device="CPU (2 cores)",
        start=snapshot,
        images={**rows, **_followed(prepared)},
    )


def _followed(prepared: Prepared | None) -> dict[str, np.ndarray]:
    """Which labels were changed, and which images the diary has: all of them."""
    if prepared is None:
        return {"changed": np.empty(0, np.int64)}
    labels = np.asarray(prepared.train.labels)
    named = diary.facts(np.arange(len(labels)), labels, len(prepared.classes))
    return {"changed": prepared.changed, "was": prepared.was, **named}


def epoch_done(epoch: int) -> EpochDone:
    return EpochDone(
        epoch, 2.0 / epoch, 1 - 0.6 / epoch, 2.1 / epoch, 1 - 0.7 / epoch, 1e-3, 0.1, best=True, snapshot=snapshot
    )


def snapshot() -> dict[str, np.ndarray]:
    progress = {"network": 1, "stopping": {"best_epoch": 0}}
    return {"v0000": np.zeros(3, np.float32), "progress": np.array(json.dumps(progress))}


def _evaluate(run: Run, prepared: Prepared, splits: Sequence[str]) -> None:
    arrays = {}
    for split in splits:
        labels = np.asarray(getattr(prepared, split).labels)
        probabilities = np.eye(len(prepared.classes), dtype=np.float32)[labels]
        probabilities[::9] = np.roll(probabilities[::9], 1, axis=1)  # one in nine is wrong
        arrays |= {f"{split}_labels": labels, f"{split}_probabilities": probabilities}
    write_whole(run.folder / EVALUATION, lambda file: np.savez(file, **arrays))


def answer_wrongly(run: Run, every: int) -> None:
    """Lets a tested run take every so-manieth validation image for the next class, and be sure of all its answers."""
    with np.load(run.folder / EVALUATION) as file:
        arrays = dict(file)
    labels = arrays["validation_labels"]
    probabilities = np.eye(labels.max() + 1, dtype=np.float32)[labels] * 0.9
    probabilities += 0.1 / probabilities.shape[1]
    probabilities[::every] = np.roll(probabilities[::every], 1, axis=1)
    arrays["validation_probabilities"] = probabilities
    write_whole(run.folder / EVALUATION, lambda file: np.savez(file, **arrays))


def result_of(epochs: int, n_validation: int, n_test: int) -> dict:
    hits = n_test - len(range(0, n_test, 9))
    return {
        "test_loss": 0.31,
        "test_accuracy": hits / n_test,
        "n_test": n_test,
        "interval": list(wilson(hits, n_test)),
        "val_loss": 0.35,
        "val_accuracy": 0.88,
        "n_validation": n_validation,
        "kept_epoch": epochs,
        "epochs": epochs,
        "parameters": 13706,
        "seconds": 1.0,
    }


def lose(run: Run) -> None:
    """The same pid with another start time: the process that trained is gone."""
    attempts: Path = run.folder / "attempts.jsonl"
    attempts.unlink()
    line = {"event": "started", "at": 0.0, "pid": os.getpid(), "slot": 0, "request": 0}
    append_json(attempts, {**line, "process_started": processes.started(os.getpid()) - 1000})
