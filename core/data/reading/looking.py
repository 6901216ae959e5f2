"""What an import would make of a path, before it is made: classes, splits, three pictures each, open questions."""

import base64
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.data.reading.arranging import Imported, nothing, put_in_order
from core.data.reading.collection import RefusedFile, Wanted
from core.data.reading.decode import Refused, as_grey_or_rgb, open_picture
from core.data.reading.folders.brightness import white_of_all
from core.data.reading.folders.capitals import LONGEST_LIST, match
from core.data.reading.folders.from_folders import Places, look_through
from core.data.reading.folders.layout import PICTURE
from core.data.reading.importing import TEST_FRACTION, collected, working_folder
from core.data.reading.kinds import kind_of
from core.data.reading.understanding import Note, Question, Understanding
from core.errors import N_, as_words
from core.progress import Progress, silent

SAMPLES = 3  # pictures of a class
MOST_SAMPLED = 60  # classes of which pictures are shown
SIDE = 96  # pixels, the longer side of such a picture

UNSPLIT = ""  # where no split is given: the test images are cut from these


@dataclass(frozen=True)
class Understood:
    """What was understood.

    counts     split -> class -> pictures; UNSPLIT for pictures of no given split
    samples    class -> a few of its pictures, PNG
    questions  what was guessed, or has to be said
    notes      what looks odd, or is done with the files
    refused    what is left out, as far as that is seen without opening each picture
    """

    counts: dict[str, dict[str, int]]
    samples: dict[str, list[bytes]]
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]
    refused: tuple[RefusedFile, ...]

    def as_dict(self) -> dict[str, Any]:
        """Fit for JSON; pictures as base64."""
        return {
            "counts": self.counts,
            "samples": {name: [base64.b64encode(one).decode() for one in pngs] for name, pngs in self.samples.items()},
            "questions": [question.as_dict() for question in self.questions],
            "notes": [{"template": note.template, "values": as_words(note.values)} for note in self.notes],
            "refused": [{"file": one.file, "reason": one.reason, **vars(one)} for one in self.refused],
        }


def look(
    path: Path,
    *,
    given: Mapping[str, str] | None = None,
    adding: Sequence[str] = (),
    white: int | None = None,
    scratch: Path,
    progress: Progress = silent,
) -> Understood:
    """What an import would read, with the answers `given` so far; raises SettingError, DataError, StorageError.

    adding  the classes of the dataset to which the pictures are to be added
    white   what is white in pictures of more than 8 bits, as in that dataset
    """
    understanding = Understanding(given, likeliest=True, adding=adding)
    with working_folder(scratch) as folder:
        kind = kind_of(path, folder, understanding, progress)
        if kind.pictures:
            places = look_through(path, understanding, progress)
            if not places.usable:
                places.files.close()
                raise nothing(path, places.refused)
            return _of_places(places, understanding, white, progress)
        collection = collected(kind, folder, Wanted(0, "pad", "auto", white), understanding, progress)
        return _of_arrays(put_in_order(path, collection, TEST_FRACTION, 0, adding, progress), adding)


def _of_places(places: Places, understanding: Understanding, white: int | None, progress: Progress) -> Understood:
    adding = understanding.adding
    found = list(dict.fromkeys(place.label for _file, place in places.usable))
    names = dict(zip(found, match(found, adding, understanding), strict=True)) if adding else {}
    counts: dict[str, Counter[str]] = {}
    samples: dict[str, list[bytes]] = {}
    refused = list(places.refused)
    with places.files:
        white = white or white_of_all([file for file, _place in places.usable], understanding, progress)
        for number, (file, place) in enumerate(places.usable):
            progress("Looking at some pictures", number / len(places.usable))
            label = names.get(place.label, place.label)
            wanted = len(samples.get(label, ())) < SAMPLES and len(samples) < MOST_SAMPLED
            if wanted or not PICTURE.search(file.name):  # what is not called a picture may be none
                try:
                    png = _thumbnail(file.read(), white)
                except Refused as refusal:
                    refused.append(RefusedFile.of(file.name, refusal))
                    continue
                if wanted:
                    samples.setdefault(label, []).append(png)
            counts.setdefault(place.split or UNSPLIT, Counter())[label] += 1
    by_split = {split: dict(by_class) for split, by_class in counts.items()}
    return _understood(by_split, samples, understanding, adding, refused)


def _understood(
    counts: dict[str, dict[str, int]],
    samples: dict[str, list[bytes]],
    understanding: Understanding,
    adding: Sequence[str],
    refused: Sequence[RefusedFile],
) -> Understood:
    new = {label: None for by_class in counts.values() for label in by_class if label not in adding}
    if adding and new:
        understanding.note(N_("New classes in this dataset: {names}."), names=", ".join(new)[:LONGEST_LIST])
    understanding.close()
    return Understood(counts, samples, understanding.questions, tuple(understanding.notes), tuple(refused))


def _thumbnail(content: bytes, white: int | None) -> bytes:
    """A small PNG; raises Refused where the picture cannot be opened, as the import would."""
    picture = open_picture(content, at_least=SIDE, white=white)
    picture.thumbnail((SIDE, SIDE))
    return _png(picture)


def _of_arrays(imported: Imported, adding: Sequence[str]) -> Understood:
    counts: dict[str, dict[str, int]] = {}
    for split, part in imported.splits.items():
        name = UNSPLIT if imported.cut and split in ("train", "test") else split
        by_class = counts.setdefault(name, {})
        for label, n in zip(imported.classes, np.bincount(part.labels, minlength=len(imported.classes)), strict=True):
            by_class[label] = by_class.get(label, 0) + int(n)
    train = imported.splits.train
    samples = {
        name: [_png(_picture(train.images[row])) for row in np.flatnonzero(train.labels == label)[:SAMPLES]]
        for label, name in enumerate(imported.classes[:MOST_SAMPLED])
    }
    return _understood(counts, samples, imported.understanding, adding, imported.refused)


def _picture(image: np.ndarray) -> Image.Image:
    return as_grey_or_rgb(Image.fromarray(np.ascontiguousarray(image[..., 0] if image.shape[2] == 1 else image)))


def _png(picture: Image.Image) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()
