"""From a collection of pictures to training, validation and test arrays: classes numbered, small ones left out."""

import contextlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.dataset import Images, Splits
from core.data.imported import Sources
from core.data.reading.collection import Collection, RefusedFile
from core.data.reading.decode import Refused
from core.data.reading.folders.capitals import match
from core.data.reading.natural_order import natural_key
from core.data.reading.understanding import Understanding
from core.data.stratified import stratified_order
from core.errors import DataError
from core.files import writing_to
from core.progress import Progress

MOST_CLASSES = 1000
FEWEST_ALONE = 3  # images of a class: one for the test set, one for validation, one to learn from
FEWEST_WITH_TEST = 2  # training images of a class where test images came along
BLOCK_BYTES = 1 << 24  # of pictures put in order at a time


@dataclass(frozen=True)
class Imported:
    """What was read, mapped from files in the scratch folder: copy it elsewhere before that is removed.

    splits   images (n, size, size, 1 | 3) uint8, labels (n,) int64; `test` is always present
    classes  names, index = label
    refused  each file, line or class that was left out, with its reason
    sources  split -> where its images came from
    cut      the test images were cut from the training images
    white    the number that was white in pictures of more than 8 bits; None where there are none
    """

    splits: Splits
    classes: tuple[str, ...]
    refused: tuple[RefusedFile, ...]
    sources: dict[str, Sources]
    understanding: Understanding
    cut: bool
    white: int | None


def put_in_order(
    path: Path, collection: Collection, fraction: float, seed: int, adding: Sequence[str], progress: Progress
) -> Imported:
    """The splits of a collection that was read from `path`, in new files beside its own; raises DataError.

    Where no test images came along, `fraction` of each class is cut from the training images by `seed`.
    adding  the classes of a dataset to which these are added; one picture of one class is enough then
    """
    if not collection.names:
        raise nothing(path, collection.refused)
    if adding:
        collection.labels = match(collection.labels, adding, collection.understanding)
        collection.mentioned = set(match(list(collection.mentioned), adding, collection.understanding))
    kept = set(collection.labels) if adding else _kept(path, collection)
    classes = tuple(sorted(kept, key=natural_key)) if adding else _class_names(kept, collection, path)
    positions = _positions(collection, kept)
    number = {name: label for label, name in enumerate(classes)}
    labels = np.array([number.get(label, -1) for label in collection.labels], np.int64)
    cut = "test" not in positions and "train" in positions
    positions.setdefault("test", np.array([], np.int64))
    if cut:
        positions["train"], positions["test"] = _cut_test(positions["train"], labels, fraction, seed, bool(adding))
    positions.setdefault("train", np.array([], np.int64))  # where test pictures are added only
    _refuse_empty_classes(collection)
    parts = {split: _part(collection, split, rows, labels, progress) for split, rows in positions.items()}
    progress("Putting the pictures in order", 1.0)
    with contextlib.suppress(OSError):  # Windows keeps what is still mapped; the scratch folder goes later
        collection.file.unlink()
    sources = {split: _sources(collection, rows) for split, rows in positions.items()}
    refused = tuple(collection.refused)
    return Imported(Splits(**parts), classes, refused, sources, collection.understanding, cut, collection.white)


def _kept(path: Path, collection: Collection) -> set[str]:
    """The classes with enough training images; refuses the others, once each."""
    counts = Counter(
        label for label, split in zip(collection.labels, collection.splits, strict=True) if split in (None, "train")
    )
    if not counts:
        raise DataError(
            "{path} holds test or validation pictures only. Add the training pictures, in a folder or part called "
            "train.",
            path=path.name,
        )
    tested = {label for label, split in zip(collection.labels, collection.splits, strict=True) if split == "test"}
    least = FEWEST_WITH_TEST
    kept = {label for label, n in counts.items() if n >= least}
    if not kept & tested:  # a test set has then to be cut from the training images
        least = FEWEST_ALONE
        kept = {label for label, n in counts.items() if n >= least}
    for label in sorted(counts.keys() - kept, key=natural_key):
        collection.refuse(
            label,
            Refused("only {n} usable pictures; a class needs at least {least}", n=counts[label], least=least),
        )
    for label, split, name in zip(collection.labels, collection.splits, collection.names, strict=True):
        if label not in counts and split:
            collection.refuse(
                name, Refused("its class {label} has no training pictures; add some, or leave it out", label=label)
            )
    return kept


def _class_names(kept: set[str], collection: Collection, path: Path) -> tuple[str, ...]:
    """In their owner's order if there is one, else as people count. Raises DataError for too few or too many."""
    given = [label for label in collection.order if label in kept]
    classes = (*given, *sorted(kept - set(given), key=natural_key))
    values = {"path": path.name, "least": FEWEST_ALONE, "refused": _first_reasons(collection.refused) or "–"}
    if not classes:
        raise DataError(
            "{path} holds no class with enough pictures; at least two are needed. Left out: {refused}. "
            "Put at least {least} pictures of each class into a folder, or under a label, of its own.",
            **values,
        )
    if len(classes) == 1:
        raise DataError(
            "{path} holds one class only with enough pictures, {name}; at least two are needed. Left out: {refused}. "
            "Put at least {least} pictures of each class into a folder, or under a label, of its own.",
            name=classes[0],
            **values,
        )
    if len(classes) > MOST_CLASSES:
        raise DataError(
            "{path} holds {n} classes; at most {most} are read. Check whether its folders, or its label column, are "
            "the classes.",
            path=path.name,
            n=len(classes),
            most=MOST_CLASSES,
        )
    return classes


def _positions(collection: Collection, kept: set[str]) -> dict[str, np.ndarray]:
    """Split -> the positions of its images, in the order in which they were read."""
    positions: dict[str, list[int]] = {}
    for position, (label, split) in enumerate(zip(collection.labels, collection.splits, strict=True)):
        if label in kept:
            positions.setdefault(split or "train", []).append(position)
    return {split: np.array(rows, np.int64) for split, rows in positions.items()}


def _cut_test(
    rows: np.ndarray, labels: np.ndarray, fraction: float, seed: int, adding: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The training rows in two parts, sorted: at least one of each class for the test, at least two left to learn.

    adding  a few of a class may all be for learning
    """
    order = rows[stratified_order(labels[rows], np.random.default_rng([seed, 0, 3]))]
    by_class = order[np.argsort(labels[order], kind="stable")]
    counts = np.bincount(labels[rows])
    rank = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)  # 0, 1, 2 … within each class
    least, most = (0, np.maximum(counts - 1, 0)) if adding else (1, np.maximum(counts - 2, 1))
    tested = rank < np.repeat(np.clip(np.rint(fraction * counts), least, most), counts)
    return np.sort(by_class[~tested]), np.sort(by_class[tested])


def _refuse_empty_classes(collection: Collection) -> None:
    for label in sorted(collection.mentioned - set(collection.labels), key=natural_key):
        collection.refuse(label, Refused("no usable picture in it"))


def _part(collection: Collection, split: str, rows: np.ndarray, labels: np.ndarray, progress: Progress) -> Images:
    """The images of one split, copied together into a .npy file that is then mapped.

    By plain writes: on a full disk these raise an error, where a memory map ends the process.
    """
    shape = (collection.size, collection.size, collection.channels)
    file = collection.file.with_name(f"{split}.npy")
    at_a_time = max(1, BLOCK_BYTES // math.prod(shape))
    with contextlib.ExitStack() as stack:
        with writing_to(file):
            out = stack.enter_context(open(file, "wb"))
            header = {"descr": "|u1", "fortran_order": False, "shape": (len(rows), *shape)}
            np.lib.format.write_array_header_1_0(out, header)
        for start in range(0, len(rows), at_a_time):
            progress("Putting the pictures in order", start / len(rows))
            # Mapped anew for each block, so that pages once read do not count as this process's memory.
            raw = np.memmap(collection.file, np.uint8, "r", 0, (len(collection.names), *shape))
            with writing_to(file):
                out.write(np.ascontiguousarray(raw[rows[start : start + at_a_time]]).data)
        with writing_to(file):
            out.flush()
    return Images(np.load(file, mmap_mode="r"), labels[rows])


def _sources(collection: Collection, rows: np.ndarray) -> Sources:
    sizes = np.array([collection.sizes[row] for row in rows], np.int32).reshape(-1, 2)
    return Sources(tuple(collection.names[row] for row in rows), sizes)


def nothing(path: Path, refused: Sequence[RefusedFile]) -> DataError:
    """Why there is not one picture."""
    if not refused:
        return DataError(
            "{path} is empty. Put the pictures of each class into a folder of its own.",
            path=path.name,
        )
    return DataError(
        "{path} holds no usable picture. {reasons}. Mend that, or put JPEG or PNG files into a folder for each class.",
        path=path.name,
        reasons=_first_reasons(refused),
    )


def _first_reasons(refused: Sequence[RefusedFile]) -> str:
    reasons = "; ".join(f"{one.file}: {one.reason}" for one in refused[:3])
    return reasons + ("; …" if len(refused) > 3 else "")
