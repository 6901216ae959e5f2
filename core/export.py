"""Takes a trained network out of its run, in forms that other programs read; each is checked before it is offered."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import TrainingError
from core.files import write_whole
from core.inference import Network

if TYPE_CHECKING:
    import keras

AGREE = 1e-4  # largest allowed difference of a probability between Keras and the exported network


def write_keras(model: "keras.Model", path: Path) -> None:
    """Writes Keras's own format; raises StorageError."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        model.save(made)
        write_whole(path, lambda file: file.write(made.read_bytes()))


def write_litert(model: "keras.Model", path: Path, images: np.ndarray, probabilities: np.ndarray) -> None:
    """Writes the network for `core.inference`, after checking it on a few images.

    images  (n, height, width, channels) uint8, and what Keras answers to them, (n, classes)
    Raises TrainingError when the two disagree, StorageError when it cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        model.export(made, format="litert", verbose=False)
        difference = float(np.abs(Network(made).probabilities(images) - probabilities).max())
        if not difference < AGREE:  # NaN is not less than anything
            raise TrainingError(
                "The network for the web server differs from Keras's by {difference:.2g} and was not written. "
                "Train again; if it happens again, report the recipe.",
                difference=difference,
            )
        write_whole(path, lambda file: file.write(made.read_bytes()))
