"""Run folders in every state, written by the same recorder that a worker uses, without training anything."""

import json
import os
from pathlib import Path

import numpy as np

from core import data, processes, registry
from core.config import TrainingConfig
from core.errors import TrainingError
from core.files import append_json, write_whole
from core.intervals import wilson
from core.recorder import Recorder
from core.reports import EpochDone, Started, StepsDone
from core.runs import Run, RunStore

STATES = ("queued", "starting", "running", "finished", "stopped", "failed", "lost", "damaged")
N_TRAIN, N_VALIDATION, N_TEST = 1437, 287, 360


def make_run(store: RunStore, state: str, config: TrainingConfig | None = None, epochs: int = 6) -> Run:
    """A run in that state; its process is this one, so that it is alive."""
    config = config or TrainingConfig(epochs=12)
    if state == "queued":
        return store.create(config)
    run = store.create(config, queue=False)
    if state == "starting":
        return run
    recorder = Recorder(run)
    recorder(_started(config))
    for epoch in range(1, epochs + 1):
        recorder(StepsDone(epoch, 9, 3, (2.0 / epoch, 1.9 / epoch, 1.8 / epoch), (0.5, 0.6, 0.7), 5000.0))
        recorder(_epoch(epoch))
    match state:
        case "finished" | "stopped":
            _evaluate(run, config)
            recorder.status(state, result=_result(epochs))
            _lose(run)
        case "failed":
            recorder.status("failed", TrainingError("The loss stopped being a number in epoch {epoch}.", epoch=7))
            _lose(run)
        case "lost":
            _lose(run)
        case "damaged":
            (run.folder / "config.json").write_text('{"epochs": "many"', "utf-8")
    assert run.state == state
    return run


def _started(config: TrainingConfig) -> Started:
    classes = registry.dataset(config.dataset).classes
    return Started(
        epochs=config.epochs,
        first_epoch=1,
        steps_per_epoch=9,
        n_train=1150,
        n_scored=1150,
        n_validation=N_VALIDATION,
        n_test=N_TEST,
        n_classes=len(classes),
        classes=classes,
        dataset_version="0123456789ab",
        parameters=13706,
        device="CPU (2 cores)",
        start=_snapshot,
        images={"test": N_TRAIN + np.arange(N_TEST), "changed": np.empty(0, np.int64)},
    )


def _epoch(epoch: int) -> EpochDone:
    return EpochDone(
        epoch, 2.0 / epoch, 1 - 0.6 / epoch, 2.1 / epoch, 1 - 0.7 / epoch, 1e-3, 0.1, best=True, snapshot=_snapshot
    )


def _snapshot() -> dict[str, np.ndarray]:
    progress = {"network": 1, "stopping": {"best_epoch": 0}}
    return {"v0000": np.zeros(3, np.float32), "progress": np.array(json.dumps(progress))}


def _evaluate(run: Run, config: TrainingConfig) -> None:
    labels = np.asarray(data.load(config.dataset).test.labels)
    probabilities = np.eye(10, dtype=np.float32)[labels]
    probabilities[::9] = np.roll(probabilities[::9], 1, axis=1)  # one in nine is wrong
    arrays = {"test_labels": labels, "test_probabilities": probabilities}
    write_whole(run.folder / "evaluation.npz", lambda file: np.savez(file, **arrays))


def _result(epochs: int) -> dict:
    hits = N_TEST - len(range(0, N_TEST, 9))
    return {
        "test_loss": 0.31,
        "test_accuracy": hits / N_TEST,
        "n_test": N_TEST,
        "interval": list(wilson(hits, N_TEST)),
        "val_loss": 0.35,
        "val_accuracy": 0.88,
        "n_validation": N_VALIDATION,
        "kept_epoch": epochs,
        "epochs": epochs,
        "parameters": 13706,
        "seconds": 1.0,
    }


def _lose(run: Run) -> None:
    """The same pid with another start time: the process that trained is gone."""
    attempts: Path = run.folder / "attempts.jsonl"
    attempts.unlink()
    line = {"event": "started", "at": 0.0, "pid": os.getpid(), "slot": 0, "request": 0}
    append_json(attempts, {**line, "process_started": processes.started(os.getpid()) - 1000})
