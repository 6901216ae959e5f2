"""CIFAR-10: 60,000 small colour photos of animals and vehicles, in any of the forms in which people have them."""

import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.data import published
from core.data.dataset import Dataset, Form, Images, PublishedFile, Splits
from core.errors import DataError
from core.progress import Progress

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE  # bytes: the label, then all red, all green, all blue values, row by row
IN_A_FILE = 10_000  # images
TRAIN_FILES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST_FILE = "test_batch.bin"


def read_tar(paths: Sequence[Path], progress: Progress) -> Splits:
    """The published `cifar-10-binary.tar.gz`, without unpacking it to the disk."""
    batches: dict[str, Images] = {}
    try:
        with tarfile.open(paths[0], "r|gz") as archive:  # as a stream: a damaged end is noticed before it is believed
            for member in archive:
                name = member.name.rpartition("/")[2]
                stream = archive.extractfile(member) if name in (*TRAIN_FILES, TEST_FILE) else None
                if stream:
                    progress("Reading the files", len(batches) / 6)
                    batches[name] = _records(stream, paths[0])  # type: ignore[arg-type]
    except (tarfile.TarError, OSError, EOFError) as error:
        raise _damaged(paths[0], str(error)) from error
    return _splits(batches, paths[0], progress)


def read_folder(paths: Sequence[Path], progress: Progress) -> Splits:
    """The same six files, unpacked."""
    parts: dict[str, Images] = {}
    for name in (*TRAIN_FILES, TEST_FILE):
        progress("Reading the files", len(parts) / 6)
        if (paths[0] / name).is_file():
            with open(paths[0] / name, "rb") as stream:
                parts[name] = _records(stream, paths[0] / name)
    return _splits(parts, paths[0], progress)


def read_arrays(paths: Sequence[Path], progress: Progress) -> Splits:
    """`cifar10.npz` with x_train, y_train, x_test and y_test."""
    return published.read_table(paths[0], CLASSES, (SIDE, SIDE, 3), progress)


def read_pictures(paths: Sequence[Path], progress: Progress) -> Splits:
    """A zip or a folder of pictures: `train/cat/0001.jpg`, as many as there are."""
    return published.read_pictures(paths[0], CLASSES, (SIDE, SIDE, 3), progress)


def _records(stream: BinaryIO, path: Path) -> Images:
    content = stream.read(IN_A_FILE * RECORD + 1)
    if len(content) != IN_A_FILE * RECORD:
        raise _damaged(path, f"{len(content)} bytes where {IN_A_FILE * RECORD} were expected")
    records = np.frombuffer(content, np.uint8).reshape(IN_A_FILE, RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() >= len(CLASSES):
        raise _damaged(path, f"the label {labels.max()} where 0 to 9 were expected")
    planes = records[:, 1:].reshape(-1, 3, SIDE, SIDE)
    return Images(np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), labels)  # (n, 3, 32, 32) -> (n, 32, 32, 3)


def _splits(parts: dict[str, Images], path: Path, progress: Progress) -> Splits:
    missing = [name for name in (*TRAIN_FILES, TEST_FILE) if name not in parts]
    if missing:
        raise _damaged(path, f"without {', '.join(missing)}")
    progress("Reading the files", 1.0)
    return Splits(train=_joined(parts[name] for name in TRAIN_FILES), test=parts[TEST_FILE])


def _joined(parts: Iterator[Images]) -> Images:
    images, labels = zip(*((part.images, part.labels) for part in parts), strict=True)
    return Images(np.concatenate(images), np.concatenate(labels))


def _damaged(path: Path, reason: str) -> DataError:
    return DataError(
        "{file} is not what it should be: {reason}. Delete it and Fitscope downloads it again, or copy a good one "
        "there.",
        file=path,
        reason=reason,
    )


SPEC = Dataset(
    title="CIFAR-10",
    about="Small colour photos of animals and vehicles, in every position and light. Far harder than digits: a dense "
    "network gets about half of them right, a good convolutional one nine of ten.",
    classes=CLASSES,
    shape=(SIDE, SIDE, 3),
    n_train=50_000,
    n_test=10_000,
    read=read_tar,
    version="1",
    files=(
        PublishedFile(
            "cifar-10-binary.tar.gz",
            170_052_171,
            "md5:c32a1d4ab5d03f1284b67883e8d87530",
            ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
        ),
    ),
    forms=(
        Form((PublishedFile("cifar-10-batches-bin"),), read_folder),
        Form((PublishedFile("cifar10.npz"),), read_arrays),
        Form((PublishedFile("cifar-10-images.zip"),), read_pictures),
        Form((PublishedFile("cifar-10-images"),), read_pictures),
    ),
    flips=("horizontal",),
    licence="Alex Krizhevsky, Vinod Nair and Geoffrey Hinton, 2009, University of Toronto; free to use with citation.",
)
