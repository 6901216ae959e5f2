"""A published dataset that lies as a zip or a folder of pictures, one folder a class, read as its SPEC wants it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from core import archive, class_folders, data
from core.dataset import Images, Progress, Splits
from core.decode import Refused, open_picture
from core.errors import DataError
from core.images import fit_picture

TEST_FRACTION = 0.2  # cut from the training images where there is no test folder
REPORT = 100  # pictures between two progress reports


def read(
    path: Path,
    classes: Sequence[str],
    shape: tuple[int, int, int],
    progress: Progress,
    aliases: Mapping[str, str] | None = None,
) -> Splits:
    """All pictures whose folder is one of the classes, (n, *shape) uint8, fitted where they are of another size.

    aliases  other names of folders -> class
    Raises DataError: unlike an import, a published dataset that has a broken picture is not whole.
    """
    labels = {name: label for label, name in enumerate(classes)}
    labels |= {other: labels[name] for other, name in (aliases or {}).items()}
    found = [file for file in archive.files(path) if file.refusal is None]
    placed = class_folders.place([file.name for file in found])
    pictures: dict[str, list[np.ndarray]] = {}
    answers: dict[str, list[int]] = {}
    for number, file in enumerate(found):
        if number % REPORT == 0:
            progress("Reading the pictures", number / len(found))
        place = placed[file.name]
        label = None if isinstance(place, Refused) else labels.get(place.label.lower())
        if label is None or isinstance(place, Refused):
            continue  # a readme, or a fruit that is none of these
        split = place.split or "train"
        pictures.setdefault(split, []).append(_picture(path, file, shape))
        answers.setdefault(split, []).append(label)
    progress("Reading the pictures", 1.0)
    parts = {split: Images(np.stack(pictures[split]), np.array(answers[split], np.int64)) for split in pictures}
    _check(path, parts, classes)
    return _with_test(parts)


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


def _check(path: Path, parts: Mapping[str, Images], classes: Sequence[str]) -> None:
    there = set(parts["train"].labels.tolist()) if "train" in parts else set()
    missing = [name for label, name in enumerate(classes) if label not in there]
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
        order = data.stratified_order(train.labels, np.random.default_rng(0))
        n_test = max(len(np.unique(train.labels)), round(TEST_FRACTION * len(train)))
        test, rest = np.sort(order[:n_test]), np.sort(order[n_test:])
        parts["train"] = Images(train.images[rest], train.labels[rest])
        parts["test"] = Images(train.images[test], train.labels[test])
    return Splits(**parts)
