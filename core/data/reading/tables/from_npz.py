"""Reads a NumPy .npz of pictures into a collection: its headers are checked before any memory is asked for."""

import contextlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import numpy as np

from core.data.reading.archives.zip_archive import ZIP_ERRORS, open_zip
from core.data.reading.collection import Collection
from core.data.reading.folders.class_folders import Split
from core.data.reading.tables.raw_arrays import (
    MOST_ARRAY_BYTES,
    Labelled,
    as_images,
    check_sizes,
    collect_arrays,
    copy_array,
)
from core.errors import DataError
from core.progress import Progress

MOST_LABEL_BYTES = 256 * 2**20  # of the labels of one split, which are held in memory
IMAGES, LABELS = ("x", "images", "data"), ("y", "labels", "label", "target", "targets")
CLASSES = ("classes", "class_names", "label_names", "labels_names")
SPLITS: dict[str, Split] = {
    "train": "train",
    "test": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}


class Pair(NamedTuple):
    """Two members of the file: the images of a split and their labels."""

    split: Split | None
    images: str
    labels: str


def read_npz(path: Path, collection: Collection, progress: Progress) -> None:
    """All pictures of x_train, y_train, x_test, y_test, …, or of x and y; raises DataError."""
    archive, close = open_zip(path)
    with contextlib.closing(archive), contextlib.ExitStack() as stack:
        stack.callback(close)
        members = {_plain(info.filename): info for info in archive.infolist()}
        pairs = _pairs(members, path)
        reader = _Reader(archive, path, collection.file.parent, progress)
        classes = _classes(reader, members)
        collect_arrays(collection, [reader.pair(pair, members, classes) for pair in pairs], progress)
        collection.order = tuple(classes)
        collection.mentioned |= set(classes)


def _plain(name: str) -> str:
    return name.removesuffix(".npy").lower()


def _pairs(members: Mapping[str, zipfile.ZipInfo], path: Path) -> list[Pair]:
    """The members that belong together; an image member without labels is an error, other members are passed over."""
    pairs: list[Pair] = []
    for word, split in (*SPLITS.items(), ("", None)):
        images = [name for base in IMAGES for name in _spellings(base, word) if name in members]
        labels = [name for base in LABELS for name in _spellings(base, word) if name in members]
        if not images or (split or "train") in [pair.split for pair in pairs]:
            continue
        if not labels:
            raise DataError(
                "{file} has the pictures {images}, but no labels for them; expected {labels} beside it. "
                "Save the labels into the same file.",
                file=path.name,
                images=images[0],
                labels=_spellings("y", word)[0],
            )
        pairs.append(Pair(split, images[0], labels[0]))
    if not pairs:
        raise DataError(
            "{file} holds {members}; expected x_train, y_train, x_test and y_test, or x and y. "
            "Save it with these names: np.savez(file, x_train=…, y_train=…).",
            file=path.name,
            members=", ".join(list(members)[:20])[:500] or "nothing",
        )
    return pairs


def _spellings(base: str, word: str) -> tuple[str, ...]:
    return (f"{base}_{word}", f"{word}_{base}", f"{base}{word}") if word else (base,)


class _Reader:
    """Reads members of one .npz, all of them together no more than MOST_ARRAY_BYTES."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, scratch: Path, progress: Progress):
        self.archive, self.path, self.scratch, self.progress = archive, path, scratch, progress
        self.left = MOST_ARRAY_BYTES

    def pair(self, pair: Pair, members: Mapping[str, zipfile.ZipInfo], classes: Sequence[str]) -> Labelled:
        """The images of one split and the names of their classes; DataError where they are not as many."""
        array = self.array(members[pair.images], MOST_ARRAY_BYTES)
        if array.dtype.kind not in "buif":
            raise self._wrong_type(pair.images, array.dtype)
        images = as_images(array, f"{self.path.name}: {pair.images}")
        labels = _named(self.array(members[pair.labels], MOST_LABEL_BYTES), classes, pair.labels)
        if len(images) != len(labels):
            raise DataError(
                "{file}: {images} holds {n_images} pictures, but {labels} holds {n_labels} labels; "
                "expected one label for each. Save them again together.",
                file=self.path.name,
                images=pair.images,
                n_images=len(images),
                labels=pair.labels,
                n_labels=len(labels),
            )
        return Labelled(pair.images, pair.split, images, labels)

    def array(self, info: zipfile.ZipInfo, most: int) -> np.ndarray:
        """One member, mapped from a copy on the disk; nothing is unpickled."""
        stream, shape, fortran, dtype = self._opened(info)
        with stream:
            size = check_sizes(
                f"{self.path.name}: {_plain(info.filename)}", shape, dtype.itemsize, min(most, self.left)
            )
            if size > info.file_size:
                raise self._damaged(info)
            self.left -= size
            copy = self.scratch / f"{len(list(self.scratch.iterdir()))}.array"
            array = copy_array(self._reading(stream, info), shape, dtype, fortran, copy, self.progress)
        if array is None:
            raise self._damaged(info)
        return array

    def _opened(self, info: zipfile.ZipInfo) -> tuple[IO[bytes], tuple[int, ...], bool, np.dtype]:
        try:
            stream = self.archive.open(info)
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = cast(Any, read)(stream)
        except Exception as error:  # NumPy's parser raises what it stumbles on: ValueError, TokenError, TypeError …
            raise self._damaged(info) from error
        if dtype.hasobject or dtype.names or dtype.subdtype:
            raise self._wrong_type(_plain(info.filename), dtype)
        if min(shape, default=-1) < 0:  # a single number has no shape
            raise self._damaged(info)
        return stream, shape, fortran, dtype

    def _reading(self, stream: IO[bytes], info: zipfile.ZipInfo) -> Callable[[int], bytes]:
        def read(size: int) -> bytes:
            try:
                return stream.read(size)
            except ZIP_ERRORS as error:
                raise self._damaged(info) from error

        return read

    def _wrong_type(self, member: str, dtype: np.dtype) -> DataError:
        if any(word in member for word in (*LABELS[1:], *CLASSES)) or member.startswith("y"):
            return DataError(
                "{file}: {member} holds {dtype}; expected whole numbers or texts. Objects are never read, as they may "
                "run programs. Save the labels as texts: y.astype(str).",
                file=self.path.name,
                member=member,
                dtype=str(dtype)[:100],
            )
        return DataError(
            "{file}: {member} holds {dtype}; expected numbers. Objects are never read, as they may run programs. "
            "Save the pictures as an array of plain numbers: np.stack(list(x)).astype('uint8').",
            file=self.path.name,
            member=member,
            dtype=str(dtype)[:100],
        )

    def _damaged(self, info: zipfile.ZipInfo) -> DataError:
        return DataError(
            "{file}: {member} is damaged or not what its header promises; expected a whole array of numbers. "
            "Save the file again.",
            file=self.path.name,
            member=info.filename[:100],
        )


def _classes(reader: _Reader, members: Mapping[str, zipfile.ZipInfo]) -> list[str]:
    """The names of the classes in the order of their numbers, where the file tells them."""
    member = next((members[name] for name in CLASSES if name in members), None)
    return _texts(reader.array(member, MOST_LABEL_BYTES).ravel()) if member else []


def _named(labels: np.ndarray, classes: Sequence[str], member: str) -> list[str]:
    """A text for each label: (n,) or (n, 1) whole numbers or texts, or (n, k) with a single 1 in each row."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2 and labels.dtype.kind in "buif":
        if not (((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all()):
            raise _wrong_labels(member)
        labels = labels.argmax(axis=1)
    if labels.ndim != 1 or labels.dtype.kind not in "buifUS":
        raise _wrong_labels(member)
    if labels.dtype.kind in "US":
        return _texts(labels)
    if not (np.isfinite(labels).all() and (np.rint(labels) == labels).all()):
        raise _wrong_labels(member)
    if classes and len(labels) and not (labels.min() >= 0 and labels.max() < len(classes)):
        raise DataError(
            "{member} holds labels from {low} to {high}, but there are {n} names of classes; "
            "expected 0 to {last}. Save it with a name for each class.",
            member=member,
            low=int(labels.min()),
            high=int(labels.max()),
            n=len(classes),
            last=len(classes) - 1,
        )
    return [classes[number] if classes else str(number) for number in map(int, labels)]


def _texts(array: np.ndarray) -> list[str]:
    return [text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) for text in array.tolist()]


def _wrong_labels(member: str) -> DataError:
    return DataError(
        "{member} is no list of labels; expected a whole number or a text for each picture, or rows with a single 1. "
        "Save the labels in one of these forms.",
        member=member,
    )
