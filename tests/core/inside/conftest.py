"""A run and a process that the tests of this folder share."""

import shutil

import pytest

from core.inside.client import Explainer
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore
from tests.made.workers import train_here

EPOCHS = 2


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A real run, small; tests that spoil it take a copy."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    run = store.create(TrainingConfig(epochs=EPOCHS, train_images=300), queue=False)
    assert train_here(run) == 0
    return run


@pytest.fixture
def run(trained, tmp_path):
    """A copy of that run, to spoil."""
    return Run(shutil.copytree(trained.folder, tmp_path / trained.id))


@pytest.fixture(scope="session")
def asked(tmp_path_factory):
    """One process for the tests that do not harm it."""
    client = Explainer(tmp_path_factory.mktemp("log") / "explainer.log")
    yield client
    client.close()
