"""A picture and a run's network -> what the network sees and what it answers, without TensorFlow."""

from dataclasses import dataclass

import numpy as np

from core.errors import RunError
from core.images import fit_picture
from core.inference import Network
from core.reading.decode import open_picture
from core.registry import dataset
from core.runs import Run


@dataclass(frozen=True)
class Answer:
    """What the network was given, (height, width, channels) uint8, and its probability for each class, (classes,)."""

    given: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class Classifier:
    """A network that can be asked: how its pictures have to look, and the names of its classes."""

    network: Network
    shape: tuple[int, int, int]
    classes: tuple[str, ...]

    def see(self, content: bytes) -> np.ndarray:
        """A picture file as the network receives it, (height, width, channels) uint8; raises `Refused`."""
        side, _width, channels = self.shape
        return fit_picture(open_picture(content, at_least=side), side, channels, "pad")

    def answer(self, content: bytes) -> Answer:
        """For the bytes of a picture file; raises `core.reading.decode.Refused`."""
        given = self.see(content)
        return Answer(given, self.network.probabilities(given[None])[0])


def classifier(run: Run) -> Classifier:
    """The network of a run; raises RunError where it has none yet or its files are damaged."""
    path, start = run.folder / "network.tflite", run.history.start
    if not path.exists() or not start:
        raise RunError("Run {run} has no network yet. Train it to its end first.", run=run.id)
    config = run.config
    stored = dataset(config.dataset).shape
    side = config.image_size or max(stored[:2])
    try:
        network = Network(path)
    except (ValueError, RuntimeError, OSError) as error:
        raise RunError(
            "The network of run {run} cannot be read ({reason}). Train its recipe again.", run=run.id, reason=error
        ) from error
    return Classifier(network, (side, side, stored[2]), tuple(start["classes"]))
