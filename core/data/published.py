"""Published datasets that lie as folders of pictures or as tables of numbers, read as their SPEC wants them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from core.data.dataset import Images, Splits
from core.data.reading import importing
from core.data.reading.archives import archive
from core.data.reading.decode import Refused, open_picture
from core.data.reading.folders.class_folders import Place
from core.data.reading.folders.layout import Layout
from core.data.stratified import stratified_order
from core.errors import DataError
from core.pictures.preprocessing import fit_picture
from core.progress import Progress
from core.scratch import scratch

TEST_FRACTION = 0.2  # cut from the training images where there is no test folder
Placed = Callable[[str], Place | Refused]
REPORT = 100  # pictures between two progress reports


def read_pictures(
    path: Path,
    classes: Sequence[str],
    shape: tuple[int, int, int],
    progress: Progress,
    aliases: Mapping[str, str] | None = None,
    placed: Placed | None = None,
    spare: Sequence[str] = (),
) -> Splits:
    """All pictures whose folder is one of the classes, (n, *shape) uint8, fitted where they are of another size.

    aliases  other names of folders -> class
    placed   the place of a file by its name; by the usual layouts of folders where it is None
    spare    classes that may have no pictures
    Raises DataError: unlike an import, a published dataset that has a broken picture is not whole.
    """
    labels = {name: label for label, name in enumerate(classes)}
    labels |= {other: labels[name] for other, name in (aliases or {}).items()}
    pictures: dict[str, list[np.ndarray]] = {}
    answers: dict[str, list[int]] = {}
    with archive.files(path) as files:
        placed = placed or Layout([file.name for file in files if file.refusal is None]).place
        for number, file in enumerate(files):
            if number % REPORT == 0:
                progress("Reading the pictures", number / len(files))
            place = file.refusal or placed(file.name)
            label = labels.get(place.label.lower()) if isinstance(place, Place) else None
            if label is None or not isinstance(place, Place):
                continue  # a readme, a system file, or a fruit that is none of these
            split = place.split or "train"
            pictures.setdefault(split, []).append(_picture(path, file, shape))
            answers.setdefault(split, []).append(label)
    progress("Reading the pictures", 1.0)
    parts = {split: Images(np.stack(pictures[split]), np.array(answers[split], np.int64)) for split in pictures}
    _check(path, parts, classes, spare)
    return _with_test(parts)


def read_table(path: Path, classes: Sequence[str], shape: tuple[int, int, int], progress: Progress) -> Splits:
    """All rows of a .csv or .npz whose labels are the numbers of the classes; raises DataError when one is damaged."""
    with scratch() as place:
        colour: Literal["grey", "rgb"] = "grey" if shape[2] == 1 else "rgb"
        table = importing.read(path, size=shape[0], colour=colour, scratch=place, progress=progress)
        if table.refused or table.classes != tuple(map(str, range(len(classes)))):
            raise DataError(
                "{file} is not whole: expected the labels 0 to {last} and no damaged row ({refused} are). Copy a good "
                "one there.",
                file=path,
                last=len(classes) - 1,
                refused=len(table.refused),
            )
        # copied into memory: the scratch file goes
        return Splits(**{split: _copy(part) for split, part in table.splits.items()})


def _copy(part: Images) -> Images:
    return Images(np.array(part.images), np.array(part.labels))


def _picture(path: Path, file: archive.Found, shape: tuple[int, int, int]) -> np.ndarray:
    try:
        return fit_picture(open_picture(file.read()), shape[0], shape[2], "pad")
    except Refused as reason:
        raise DataError(
            "{file} in {path} cannot be read: {reason}. Copy a good one there.",
            file=file.name,
            path=path,
            reason=reason,
        ) from reason


def _check(path: Path, parts: Mapping[str, Images], classes: Sequence[str], spare: Sequence[str]) -> None:
    there = set(parts["train"].labels.tolist()) if "train" in parts else set()
    missing = [name for label, name in enumerate(classes) if label not in there and name not in spare]
    if missing:
        raise DataError(
            "{path} has no training pictures of: {missing}. Expected a folder for each class, such as "
            "train/{example}/1.jpg or {example}/1.jpg.",
            path=path,
            missing=", ".join(missing),
            example=missing[0],
        )


def _with_test(parts: dict[str, Images]) -> Splits:
    if "test" not in parts:
        train = parts["train"]
        order = stratified_order(train.labels, np.random.default_rng(0))
        n_test = max(len(np.unique(train.labels)), round(TEST_FRACTION * len(train)))
        test, rest = np.sort(order[:n_test]), np.sort(order[n_test:])
        parts["train"] = Images(train.images[rest], train.labels[rest])
        parts["test"] = Images(train.images[test], train.labels[test])
    return Splits(**parts)
