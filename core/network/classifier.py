"""Pictures and a run's network -> what the network sees and what it answers, without TensorFlow."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.data.catalogue import dataset
from core.data.reading.decode import open_picture
from core.errors import RunError
from core.files import read_json
from core.network.estimator import Estimator
from core.network.inference import Network
from core.pictures.preprocessing import ALL_ON, Preprocessing, Seen, Switches, see
from core.runs.run import Run

NETWORK, ESTIMATOR, PREPROCESSING = "network.tflite", "network.skops", "preprocessing.json"


@dataclass(frozen=True)
class Answer:
    """What the network was given and its probability for each class, (classes,) float32."""

    seen: Seen
    probabilities: np.ndarray


@dataclass(frozen=True)
class Classifier:
    """A network that can be asked: what its pictures look like, its classes, and the dataset that names them."""

    network: Network | Estimator
    preprocessing: Preprocessing
    classes: tuple[str, ...]
    dataset: str = ""

    def opened(self, content: bytes, at_least: int | None = None) -> Image.Image:
        """A picture file as the files of the dataset were opened: every one that is to be asked about comes this way.

        at_least  pixels a side that are needed; as many as the network sees where it is None
        Raises Refused.
        """
        wanted = self.preprocessing.useful if at_least is None else at_least
        return open_picture(content, wanted, self.preprocessing.white)

    def see(self, picture: Image.Image, switches: Switches = ALL_ON) -> Seen:
        """A picture of mode "L" or "RGB" as the network receives it."""
        return see(picture, self.preprocessing, switches)

    def answer(self, picture: Image.Image, switches: Switches = ALL_ON) -> Answer:
        """What the network says of one picture of mode "L" or "RGB"."""
        return self.answers([picture], switches)[0]

    def answers(self, pictures: Sequence[Image.Image], switches: Switches = ALL_ON) -> list[Answer]:
        """What it says of several: one question to the network."""
        if not pictures:
            return []
        seen = [self.see(picture, switches) for picture in pictures]
        probabilities = self.network.probabilities(np.stack([one.pixels for one in seen]))
        return [Answer(one, chances) for one, chances in zip(seen, probabilities, strict=True)]


def network_file(run: Run) -> Path | None:
    """What is asked about pictures: a network, or a fitted baseline; None where there is none yet."""
    return next((path for name in (NETWORK, ESTIMATOR) if (path := run.folder / name).exists()), None)


def is_baseline(run: Run) -> bool:
    """Whether what is asked is a fitted baseline, without layers and epochs."""
    path = network_file(run)
    return path is not None and path.name == ESTIMATOR


def classifier(run: Run, path: Path | None = None) -> Classifier:
    """The network of a run; raises RunError where it has none yet, what it failed of, or that its files are damaged.

    path  another file with it: that of an epoch, see `core.network.at_epoch`
    """
    path, start = path or network_file(run), run.history.start
    if not path or not start:
        if failure := run.failure:
            raise failure
        raise run.without_network()
    try:
        network = Estimator.read(path) if path.name == ESTIMATOR else Network(path)
        return Classifier(network, preprocessing(run), tuple(start["classes"]), run.config.dataset)
    except (ValueError, RuntimeError, OSError, KeyError, TypeError) as error:
        raise unreadable(run, error) from error


def unreadable(run: Run, error: Exception) -> RunError:
    """Why a network that is there is not read; the reason is cut where a library tells a long story."""
    reason = str(error)[:200]
    return RunError(
        "The network of run {run} cannot be read ({reason}). Train its recipe again.", run=run.id, reason=reason
    )


def preprocessing(run: Run) -> Preprocessing:
    """How pictures are made ready for a run's network, as its worker wrote it down."""
    written = read_json(run.folder / PREPROCESSING)
    if written:
        return Preprocessing.from_dict(written)
    height, width, channels = dataset(run.config.dataset).shape  # a run from before this file was written
    return Preprocessing(run.config.image_size or max(height, width), channels)
