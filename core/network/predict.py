"""One picture file and a run -> what its network says of it, or of each face on it: for HTTP and the command line."""

import functools
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.errors import RunError
from core.network import at_epoch
from core.network.classifier import (
    ESTIMATOR,
    NETWORK,
    PREPROCESSING,
    Answer,
    Classifier,
    classifier,
    network_file,
)
from core.pictures import faces
from core.pictures.box import Box
from core.runs.run import Run
from core.runs.store import RunStore

LATEST = "latest"
NO_FACE = "no face found"
DIGITS = 6  # of a probability, after the point
KEPT = 16  # networks in memory


@dataclass(frozen=True)
class Told:
    """What the network says of a picture or of a face on it.

    label          the likeliest class
    probabilities  class -> 0..1, the likeliest first
    box            of the face, in pixels of the upright picture as it was found; None where the whole picture was asked
    blank          a drawing was expected and nothing stands out from the ground: the label then means nothing
    """

    label: str
    probabilities: dict[str, float]
    box: Box | None = None
    blank: bool = False


@dataclass(frozen=True)
class Prediction:
    """What was said, one for the picture or one for each face (the largest first, none where none was found).

    milliseconds  from the file's bytes to the answer
    face          faces were looked for
    """

    told: tuple[Told, ...]
    milliseconds: float
    face: bool = False

    def as_dict(self, run: Run, epoch: int | None = None) -> dict[str, Any]:
        """As JSON can hold it: of the picture or its largest face, and of all `faces` where these were looked for.

        epoch  whose network was asked; None for that which the run keeps
        """
        first = asdict(self.told[0]) if self.told else {"label": None, "probabilities": {}, "box": None, "blank": False}
        of = {"run": run.id, "epoch": at_epoch.kept_epoch(run) if epoch is None else epoch}
        whole = {**first, "milliseconds": self.milliseconds, **of}
        if not self.face:
            return whole
        facts = {"faces": [asdict(one) for one in self.told]}
        return {**whole, **facts} if self.told else {**whole, **facts, "message": NO_FACE}


def predict(classifier: Classifier, content: bytes, face: bool = False, top: int | None = None) -> Prediction:
    """Asks about the bytes of a picture file; raises Refused where they are no picture.

    face  finds the faces first and asks about each of them
    top   probabilities that are told, the highest; all where it is None
    """
    began = time.perf_counter()
    answers = _of_faces(classifier, content, top) if face else _of_picture(classifier, content, top)
    return Prediction(answers, round(1000 * (time.perf_counter() - began), 3), face)


def run_with_network(store: RunStore, name: str) -> Run:
    """The run of that id, or for `latest` the newest that has a network; raises RunError where there is none."""
    if name != LATEST:
        return store.get(name)
    newest = next((run for run in store.all() if network_file(run) and not run.damage), None)
    if newest is None:
        raise RunError("No run in {folder} has a network yet. Train one to its end first.", folder=store.folder)
    return newest


def loaded(run: Run, epoch: int | None = None) -> Classifier:
    """The network of a run, kept in memory and read anew when its files change; raises RunError.

    epoch  another than the kept one, whose file is made: see `core.network.at_epoch`
    """
    path = None if epoch is None else at_epoch.path_of(run, epoch)
    files = [path] if path else [run.folder / NETWORK, run.folder / ESTIMATOR]
    return _loaded(run.folder, path, tuple(map(at_epoch.changed, [*files, run.folder / PREPROCESSING])))


@functools.lru_cache(KEPT)
def _loaded(folder: Path, path: Path | None, _changed: tuple[int, ...]) -> Classifier:
    return classifier(Run(folder), path)


def _of_picture(classifier: Classifier, content: bytes, top: int | None) -> tuple[Told, ...]:
    return (_told(classifier, classifier.answer(classifier.opened(content)), top),)


def _of_faces(classifier: Classifier, content: bytes, top: int | None) -> tuple[Told, ...]:
    picture = classifier.opened(content, faces.LONGEST)
    boxes = faces.find(picture)
    answers = classifier.answers([faces.crop(picture, box) for box in boxes])
    return tuple(
        _told(classifier, answer, top, _as_found(box, picture)) for box, answer in zip(boxes, answers, strict=True)
    )


def _told(classifier: Classifier, answer: Answer, top: int | None, box: Box | None = None) -> Told:
    order = np.argsort(-answer.probabilities, kind="stable")[:top]
    chances = {classifier.classes[label]: round(float(answer.probabilities[label]), DIGITS) for label in order}
    return Told(classifier.classes[order[0]], chances, box, answer.seen.blank)


def _as_found(box: Box, picture: Image.Image) -> Box:
    """In pixels of the file: a large JPEG is decoded at a fraction of its size."""
    width, height = picture.info["found"]
    across, down = width / picture.width, height / picture.height
    left, top, right, bottom = (
        round(edge * scale) for edge, scale in zip(box.corners, (across, down, across, down), strict=True)
    )
    return Box(left, top, min(right, width) - left, min(bottom, height) - top)
