"""Many pictures, in a zip or a folder, and what a network says of each; in class folders, how often it is right."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.data.reading.archives.archive import files
from core.data.reading.archives.found_files import Found, is_system
from core.data.reading.decode import Refused
from core.data.reading.folders.layout import Layout
from core.errors import N_, DataError
from core.evaluation.evaluation import Evaluation
from core.network.classifier import Answer, Classifier
from core.pictures import faces
from core.pictures.preprocessing import ALL_ON, Switches
from core.progress import Progress, silent

BLOCK = 64  # pictures asked about at once
MOST = 100_000  # pictures of one batch
NO_FACE = N_("no face was found in it; use a picture on which a face is larger, upright and seen from the front")
SHOWN = 60  # pictures that are kept to be looked at: of the mistakes, and of all


@dataclass(frozen=True, eq=False)
class Batch:
    """What came of a batch, its pictures in natural order of their names.

    names          of the pictures that could be read
    probabilities  (n, classes) float32
    truths         (n,) int64, the class by the folder a picture lies in; -1 where that is no class of the network
    classes        of the network
    shown          position -> what the network saw, (size, size, channels) uint8: the first, and the worst
    refused        (name, why) of the files that could not be read
    unknown        folder -> how many pictures lie in it, where its name is no class of the network
    dataset        the name of the dataset that gives the classes
    """

    names: tuple[str, ...]
    probabilities: np.ndarray
    truths: np.ndarray
    classes: tuple[str, ...]
    shown: dict[int, np.ndarray]
    refused: tuple[tuple[str, Refused], ...]
    unknown: dict[str, int]
    dataset: str = ""

    @property
    def evaluation(self) -> Evaluation | None:
        """The pictures in class folders, labelled by them, `rows` their positions; None where there are none."""
        known = np.flatnonzero(self.truths >= 0)
        if not len(known):
            return None
        return Evaluation(self.truths[known], self.probabilities[known], known, self.classes, self.dataset)

    @property
    def faceless(self) -> int:
        """How many pictures were refused because no face was found in them."""
        return sum(reason.template == NO_FACE for _name, reason in self.refused)


def classify(
    path: Path,
    classifier: Classifier,
    switches: Switches = ALL_ON,
    progress: Progress = silent,
    face: bool = False,
) -> Batch:
    """Asks about every picture in a zip or a folder; raises DataError where there is none to be read.

    face  asks about the largest face of each picture; a picture without one is refused, so it counts neither as right
          nor as wrong

    A picture that cannot be read is left out with its reason. The folders count as truth where at least one of them
    is called like a class of the network, capitals aside.
    """
    made = _Making(classifier)
    with files(path, progress) as pictures:
        usable = [file for file in pictures if not is_system(file.name.split("/"))]
        if len(usable) > MOST:
            raise DataError(
                "{n} files are too many at once; {most} are the most. Split them up.", n=len(usable), most=MOST
            )
        layout = Layout([file.name for file in usable])
        for start in range(0, len(usable), BLOCK):
            progress("Asking about the pictures", start / len(usable))
            made.add(list(_opened(usable[start : start + BLOCK], layout, made, face)), switches)
    return made.done(path)


def table(batch: Batch) -> Iterator[dict[str, object]]:
    """A row for each picture: its name, its class where that is known, the answer, and every probability."""
    for place, name in enumerate(batch.names):
        chances, truth = batch.probabilities[place], int(batch.truths[place])
        best = int(chances.argmax())
        yield {
            "file": name,
            "is": batch.classes[truth] if truth >= 0 else "",
            "answer": batch.classes[best],
            "probability": round(float(chances[best]), 4),
            **{f"p({label})": round(float(chance), 4) for label, chance in zip(batch.classes, chances, strict=True)},
        }


def as_csv(batch: Batch) -> str:
    """The table as CSV; a name that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO()
    columns = ["file", "is", "answer", "probability", *(f"p({label})" for label in batch.classes)]
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in table(batch):
        writer.writerow({column: _harmless(value) for column, value in row.items()})
    return text.getvalue()


class _Making:
    """What is known so far."""

    def __init__(self, classifier: Classifier):
        self.asked = classifier
        self.names: list[str] = []
        self.truths: list[int] = []
        self.answers: list[np.ndarray] = []
        self.refused: list[tuple[str, Refused]] = []
        self.unknown: Counter[str] = Counter()
        self.first: dict[int, np.ndarray] = {}
        self.worst: list[tuple[float, int, np.ndarray]] = []
        self._labels = {label.casefold(): place for place, label in enumerate(classifier.classes)}

    def truth(self, file: Found, layout: Layout) -> int:
        place = layout.place(file.name)
        if isinstance(place, Refused):
            return -1
        label = self._labels.get(place.label.casefold(), -1)
        if label < 0:
            self.unknown[place.label] += 1
        return label

    def add(self, opened: list, switches: Switches) -> None:
        answers = self.asked.answers([picture for _name, _truth, picture in opened], switches)
        for (name, truth, _picture), answer in zip(opened, answers, strict=True):
            place = len(self.names)
            self.names.append(name)
            self.truths.append(truth)
            self.answers.append(answer.probabilities)
            if place < SHOWN:
                self.first[place] = answer.seen.pixels
            self._keep_if_bad(place, truth, answer)

    def _keep_if_bad(self, place: int, truth: int, answer: Answer) -> None:
        """The mistakes with the least probability for what is true are kept to be shown."""
        if truth < 0 or int(answer.probabilities.argmax()) == truth:
            return
        self.worst.append((float(answer.probabilities[truth]), place, answer.seen.pixels))
        if len(self.worst) > 4 * SHOWN:
            self.worst = sorted(self.worst, key=lambda one: one[:2])[:SHOWN]

    def done(self, path: Path) -> Batch:
        if not self.names and any(reason.template == NO_FACE for _name, reason in self.refused):
            raise DataError(
                "No face was found in any picture in {path}. Use pictures on which faces are larger, or ask about them "
                "as a whole, without looking for faces.",
                path=path.name,
            )
        if not self.names:
            raise DataError(
                "There is no picture in {path} that can be read (files refused: {n}). Add JPEG or PNG files.",
                path=path.name,
                n=len(self.refused),
            )
        worst = sorted(self.worst, key=lambda one: one[:2])[:SHOWN]
        truths = np.array(self.truths, np.int64)
        return Batch(
            tuple(self.names),
            np.stack(self.answers),
            truths,
            self.asked.classes,
            {**self.first, **{place: pixels for _share, place, pixels in worst}},
            tuple(self.refused),
            dict(self.unknown) if (truths >= 0).any() else {},
            self.asked.dataset,
        )


def _opened(block: list[Found], layout: Layout, made: _Making, face: bool) -> Iterator[tuple]:
    for file in block:
        try:
            picture = _face(made.asked, file.read()) if face else made.asked.opened(file.read())
        except Refused as reason:
            made.refused.append((file.name, reason))
            continue
        yield file.name, made.truth(file, layout), picture


def _face(classifier: Classifier, content: bytes) -> Image.Image:
    picture = classifier.opened(content, faces.LONGEST)
    boxes = faces.find(picture, most=1)
    if not boxes:
        raise Refused(NO_FACE)
    return faces.crop(picture, boxes[0])


def _harmless(value: object) -> object:
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
