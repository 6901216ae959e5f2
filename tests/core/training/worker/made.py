"""What is written while a worker trains, read back."""

import json
import subprocess

import pytest

from core.processes.running import started
from core.recipe.config import TrainingConfig
from core.runs.recorder import read_snapshot
from core.runs.store import RunStore
from tests.made.workers import PATIENCE, start_worker

SHORT = TrainingConfig(epochs=8, early_stopping_monitor="val_accuracy")


LONG = TrainingConfig(epochs=500)


@pytest.fixture(scope="session")
def finished(data_folder, tmp_path_factory):
    """A run that `python -m core.training.worker FOLDER` has trained."""
    run = RunStore(tmp_path_factory.mktemp("finished")).create(SHORT)
    assert start_worker(run, subprocess.Popen).wait(timeout=PATIENCE) == 0  # a program of its own
    return run


def hand_over(run, worker):
    """What the executor does."""
    run.note_attempt(worker.process.pid, started(worker.process.pid))
    worker.take(run)


def progress(run, name):
    return json.loads(str(read_snapshot(run.checkpoints / f"{name}.npz")["progress"]))
