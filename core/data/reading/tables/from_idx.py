"""Reads IDX files, packed or not, into a collection: the form of MNIST, also of people's own sets in that form."""

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np

from core.data.idx import UBYTE
from core.data.reading.collection import Collection
from core.data.reading.folders.class_folders import Split, split_of
from core.data.reading.tables.raw_arrays import Labelled, as_images, check_sizes, collect_arrays, copy_array
from core.data.reading.understanding import Choice, Understanding
from core.errors import N_, DataError
from core.progress import Progress

_FILE = re.compile(r"(?P<set>.*)(?P<kind>images|labels)(?P<sign>[-.])idx(?P<dimensions>[13])-ubyte(?P<packed>\.gz)?")


LONGEST_MAPPING = 100_000  # characters


class Pair(NamedTuple):
    """The two files of one split."""

    split: Split | None
    images: Path
    labels: Path


def is_idx(head: bytes) -> bool:
    """Whether a file that begins so, once unpacked, is an IDX file of pictures or labels."""
    return len(head) >= 4 and head[:3] == bytes([0, 0, UBYTE]) and head[3] in (1, 3, 4)


def is_idx_name(name: str) -> bool:
    return _FILE.fullmatch(name) is not None


def pairs_in(folder: Path, understanding: Understanding) -> list[Pair]:
    """The IDX files in a folder as pairs; empty where there are none. Asks `set` where there are several sets.

    Raises DataError for one without its labels.
    """
    # Reversed, so that of a file that is there both packed and unpacked, the unpacked one stays.
    paths = sorted((path for path in folder.iterdir() if path.is_file() and not path.is_symlink()), reverse=True)
    names = [_FILE.fullmatch(path.name) for path in paths]
    images = {name[0].removesuffix(".gz"): folder / name[0] for name in names if name and name["kind"] == "images"}
    sets: dict[str, list[Path]] = {}
    for path in images.values():
        sets.setdefault(_set_and_split(path)[0], []).append(path)
    if len(sets) > 1:
        choices = [Choice(name or "-", N_("files: {n}"), {"n": len(files)}) for name, files in sorted(sets.items())]
        answer = understanding.ask("set", N_("Which of these sets?"), choices, open=True)
        sets = {answer: sets["" if answer == "-" else answer]}
    return [Pair(_set_and_split(path)[1], path, labels_beside(path)) for files in sets.values() for path in files]


def labels_beside(images: Path) -> Path:
    """The file with the labels of a file of images: the same name with "labels" and "idx1", packed or not."""
    name = _FILE.fullmatch(images.name)
    stem = images.name.removesuffix(".gz")
    expected = stem.replace("images", "labels").replace("idx3", "idx1") if name else f"{stem}-labels-idx1-ubyte"
    for candidate in (images.with_name(expected), images.with_name(expected + ".gz")):
        if candidate.is_file() and not candidate.is_symlink():
            return candidate
    raise DataError(
        "The labels of {images} are not beside it; expected {labels}. Put both files into one folder, or pack them "
        "as a zip.",
        images=images.name,
        labels=expected,
    )


def read_idx_pairs(pairs: list[Pair], collection: Collection, progress: Progress) -> None:
    """All pictures of the pairs, whose classes are called 0, 1 and so on, or as a mapping says; raises DataError."""
    collection.understanding.settle()
    arrays = []
    for pair in pairs:
        images = as_images(_array(pair.images, (3, 4), collection.file.parent, progress), pair.images.name)
        labels = _array(pair.labels, (1,), collection.file.parent, progress).tolist()
        if len(images) != len(labels):
            raise DataError(
                "{images} holds {n_images} pictures, but {labels} holds {n_labels} labels: they do not belong "
                "together. Copy the two files that do.",
                images=pair.images.name,
                n_images=len(images),
                labels=pair.labels.name,
                n_labels=len(labels),
            )
        names = _names_beside(pair.images)
        arrays.append(Labelled(pair.images.name, pair.split, images, [names.get(one, str(one)) for one in labels]))
    lies = any("emnist" in pair.images.name.lower() for pair in pairs)  # it stores them with rows and columns changed
    collect_arrays(collection, arrays, progress, lies)


def _set_and_split(images: Path) -> tuple[str, Split | None]:
    """From "train-images-idx3-ubyte" or "emnist-letters-train-images-idx3-ubyte": the words before "images"."""
    name = _FILE.fullmatch(images.name)
    words = re.split("[-_.]", name["set"].rstrip("-_.")) if name else [""]
    split: Split | None = "test" if words[-1].lower() == "t10k" else split_of(words[-1])
    return "-".join(words[:-1] if split else words), split


def _names_beside(images: Path) -> dict[int, str]:
    """The name of each label from the mapping beside EMNIST's files: label, and the codes of its characters."""
    mapping = images.with_name(f"{_set_and_split(images)[0]}-mapping.txt")
    if not mapping.is_file():
        return {}
    rows = [line.split() for line in mapping.read_text("latin-1")[:LONGEST_MAPPING].splitlines()]
    good = [row for row in rows if len(row) >= 2 and all(word.isdigit() for word in row) and int(row[1]) > 32]
    return {int(label): chr(min(int(code), 0x10FFFF)) for label, code, *_others in good}


def _array(path: Path, dimensions: tuple[int, ...], scratch: Path, progress: Progress) -> np.ndarray:
    """The array in one file, mapped from a copy on the disk."""
    with _unpacked(path) as read:
        head = read(4)
        if not is_idx(head) or head[3] not in dimensions:
            raise _damaged(path)
        sizes = read(4 * head[3])
        if len(sizes) < 4 * head[3]:
            raise _damaged(path)
        shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
        check_sizes(path.name, shape, 1)
        copy = scratch / f"{len(list(scratch.iterdir()))}.array"
        array = copy_array(read, shape, np.dtype(np.uint8), False, copy, progress)
    if array is None:
        raise _damaged(path)
    return array


@contextmanager
def _unpacked(path: Path) -> Iterator[Callable[[int], bytes]]:
    """What reads the next bytes of a file, packed or not; it raises DataError for a damaged one."""

    def read(size: int) -> bytes:
        try:
            return stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged(path) from error

    with opened(path) as stream:
        yield read


def opened(path: Path) -> BinaryIO:
    """The file as if it were not packed; raises DataError where it cannot be opened."""
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        return cast(BinaryIO, gzip.open(path) if packed else open(path, "rb"))
    except OSError as error:
        raise DataError(
            "{file} cannot be read ({reason}). Allow reading it, or copy it elsewhere.",
            file=path.name,
            reason=error.strerror or error,
        ) from error


def _damaged(path: Path) -> DataError:
    return DataError(
        "{file} is not a whole IDX file of bytes: its header or its length is wrong. Copy it again from where it came.",
        file=path.name,
    )
