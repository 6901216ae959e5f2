"""Two networks that were trained and taken away, and what can be asked of their zips."""

import json
import zipfile

import pytest

from core.files import read_arrays
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.workers import command, train_here

RICH = TrainingConfig(
    architecture="cnn_batchnorm",
    filters=(8, 16),
    epochs=3,
    augmentation=True,
    rotation=15.0,
    shear=0.1,
    random_erasing=0.1,
    flip="horizontal",
    l2=1e-4,
    label_noise=0.1,
    input_noise=0.05,
    image_size=10,
    classes=("1", "4", "7"),
    optimizer="rmsprop",
    early_stopping_patience=2,
    early_stopping_monitor="val_accuracy",
    reduce_lr_patience=1,
    seed=7,
)  # batch normalisation, dropout, and every way in which images and loss are changed


class Taken:
    """A run, what the command told of its export, and the folder in which its zip was unpacked."""

    def __init__(self, run, told, folder):
        self.run, self.told, self.folder = run, told, folder
        self.forms = {one["file"]: one for one in told["forms"]}
        self.splits = by_name.of(run.config)
        self.keras = read_arrays(run.folder / "evaluation.npz")["test_probabilities"]


def take(config, place):
    """Trains a recipe and exports it by the command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITSCOPE_RUNS", str(place / "runs"))
        run = RunStore().create(config, queue=False)
        assert train_here(run) == 0
        done = command("export", run.id, "--json", "--to", str(place / "mine.zip"))
        assert done.returncode == 0, done.stderr
    folder = place / "unpacked"
    with zipfile.ZipFile(place / "mine.zip") as archive:
        archive.extractall(folder)
    return Taken(run, json.loads(done.stdout), folder)


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    return take(TrainingConfig(epochs=12), tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def rich(tmp_path_factory):
    return take(RICH, tmp_path_factory.mktemp("rich"))
