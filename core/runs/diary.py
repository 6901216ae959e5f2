"""The diary of a training: what the network said of its training images after each epoch, one byte each.

`diary.bin` is nothing but records of equal length, that of epoch 1 first, without a head: the class answered to each
image of the diary, uint8, or uint16 (the low byte first) where there are more than 256 classes. Which images these are
stands in `images.npz`: `diary`, their positions among the training images, and `diary_labels`, the labels they were
learnt with, in the type of the records. A record is written whole, once the epoch was scored; what goes on after
an interruption cuts off the records of epochs that it trains again.
"""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.files import writing_to
from core.runs.run import Run

FILE = "diary.bin"


@dataclass(frozen=True, eq=False)
class Diary:
    """What was said of n training images, which are a sample where there are many.

    positions  (n,) int64, among the training images;  rows  (n,) int64, in the dataset
    labels     (n,) int64, as they were learnt;  true  (n,) int64, before some of them were changed (label noise)
    said       (epochs, n) uint8 or uint16, the class answered after each epoch
    """

    positions: np.ndarray
    rows: np.ndarray
    labels: np.ndarray
    true: np.ndarray
    said: np.ndarray

    @property
    def n(self) -> int:
        return len(self.labels)

    @property
    def epochs(self) -> int:
        return len(self.said)

    @property
    def changed(self) -> np.ndarray:
        """(n,) bool: whose label was changed."""
        return self.labels != self.true

    @property
    def right(self) -> np.ndarray:
        """(epochs, n) bool: whether the answer was the label that was learnt, be it right or changed."""
        return self.said == self.labels


def kind(classes: int) -> np.dtype:
    """The type of a record's numbers."""
    return np.dtype("u1" if classes <= 256 else "<u2")


def facts(positions: np.ndarray, labels: np.ndarray, classes: int) -> dict[str, np.ndarray]:
    """What `images.npz` has to say of the diary.  labels  of all training images"""
    return {"diary": positions, "diary_labels": labels[positions].astype(kind(classes))}


def write(folder: Path, epoch: int, said: np.ndarray) -> None:
    """Appends the record of an epoch; raises StorageError.

    One that does not follow the last is not written: a run that an earlier version began has no diary, nor has one
    whose disk was full for a while.
    """
    path, record = folder / FILE, said.tobytes()
    if size(folder) != (epoch - 1) * len(record):
        return
    with writing_to(path), open(path, "ab", buffering=0) as file:
        while record:  # a disk that is nearly full takes a part, and refuses the rest
            record = record[file.write(record) :]
        os.fsync(file.fileno())


def cut(folder: Path, epochs: int, images: Mapping[str, np.ndarray]) -> None:
    """Leaves the records of so many epochs, which stand by themselves; raises StorageError.  images  of the run"""
    path = folder / FILE
    if "diary_labels" in images and size(folder) > (length := epochs * images["diary_labels"].nbytes):
        with writing_to(path):
            os.truncate(path, length)


def size(folder: Path) -> int:
    """Bytes that a run has written so far; 0 where there is none."""
    try:
        return (folder / FILE).stat().st_size
    except OSError:
        return 0


def read(run: Run) -> Diary | None:
    """The diary of a run, up to the last whole record; None where none is kept, or where a file is damaged.

    It has no epochs before the first is complete, nor of a run that goes on after an earlier version began it.
    """
    images = run.images or {}
    if not {"train", "changed", "was", "diary", "diary_labels"} <= images.keys():
        return None
    positions, given, labels = images["diary"], images["diary_labels"], images["diary_labels"].astype(np.int64)
    if not _fit(images) or not given.nbytes:
        return None
    content = b""
    with contextlib.suppress(OSError):
        content = (run.folder / FILE).read_bytes()
    whole = content[: len(content) // given.nbytes * given.nbytes]
    said = np.frombuffer(whole, given.dtype).reshape(-1, len(given))
    return Diary(positions, images["train"][positions], labels, _true(labels, images), said)


def _true(labels: np.ndarray, images: Mapping[str, np.ndarray]) -> np.ndarray:
    """The labels before some of them were changed."""
    true, changed = labels.copy(), np.isin(images["diary"], images["changed"])
    true[changed] = images["was"][np.searchsorted(images["changed"], images["diary"][changed])]
    return true


def _fit(images: Mapping[str, np.ndarray]) -> bool:
    """Whether they belong to the same training images."""
    positions, labels, changed, was = (images[name] for name in ("diary", "diary_labels", "changed", "was"))
    typed = all(one.ndim == 1 and one.dtype.kind in "iu" for one in (positions, labels, changed, was))
    shaped = typed and positions.shape == labels.shape and changed.shape == was.shape
    within = shaped and ((positions >= 0) & (positions < len(images["train"]))).all()
    return bool(within and (changed[1:] > changed[:-1]).all() and labels.dtype in (kind(2), kind(1000)))
