"""What the tests of runs and their folder share."""

import pytest

from core.processes.running import started
from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder
from tests.made.workers import idle_process

CONFIG = TrainingConfig(epochs=3)


@pytest.fixture
def sleeper():
    """Another process, standing for a worker."""
    process = idle_process()
    yield process
    process.kill()
    process.wait()


def hand_to(run, process):
    run.note_attempt(process.pid, started(process.pid))
    return Recorder(run)
