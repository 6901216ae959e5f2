"""Reads the gzip-packed IDX files in which MNIST and its relatives are published, and believes none of them."""

import gzip
import math
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.dataset import Images, PublishedFile, Splits
from core.errors import DataError
from core.progress import Progress

UBYTE = 8  # the format's type byte for unsigned bytes, the only type that image sets use
MOST_PACKED = 1032  # deflate never packs more than 1032 bytes into one

FOUR_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


def published_files(
    folder: str, sizes: Sequence[int], hashes: Sequence[str], mirrors: Sequence[str]
) -> tuple[PublishedFile, ...]:
    """The four files of an MNIST-like dataset, in the order that `read_splits` expects."""
    return tuple(
        PublishedFile(f"{folder}/{name}", size, hash_, tuple(mirror + name for mirror in mirrors))
        for name, size, hash_ in zip(FOUR_FILES, sizes, hashes, strict=True)
    )


def read_splits(paths: Sequence[Path], num_classes: int, progress: Progress) -> Splits:
    """Training and test images from (train images, train labels, test images, test labels)."""
    train_images, train_labels, test_images, test_labels = paths
    progress("Reading the files", 0.0)
    train = read_labelled(train_images, train_labels, num_classes)
    progress("Reading the files", 0.8)  # six sevenths of the pictures are training pictures
    test = read_labelled(test_images, test_labels, num_classes)
    progress("Reading the files", 1.0)
    return Splits(train=train, test=test)


def read_labelled(images_path: Path, labels_path: Path, num_classes: int) -> Images:
    """Images (n, height, width, 1) uint8 with their labels (n,) int64, one for one."""
    images = read_idx(images_path, dimensions=3)[..., None]
    labels = read_idx(labels_path, dimensions=1).astype(np.int64)
    if len(images) != len(labels):
        raise DataError(
            "{images} holds {n_images} images, but {labels} holds {n_labels} labels: they do not belong together. "
            "Delete both and Fitscope downloads them again, or copy good ones there.",
            images=images_path,
            n_images=len(images),
            labels=labels_path,
            n_labels=len(labels),
        )
    if len(labels) and labels.max() >= num_classes:
        raise DataError(
            "{file} is not what it should be: it holds the label {label}, expected 0 to {last}. "
            "Delete it and Fitscope downloads it again, or copy a good one there.",
            file=labels_path,
            label=int(labels.max()),
            last=num_classes - 1,
        )
    return Images(images, labels)


def read_idx(path: Path, dimensions: int) -> np.ndarray:
    """The array in one IDX file: uint8, with that many dimensions, read-only."""
    try:
        packed_size = path.stat().st_size
        with gzip.open(path) as stream:
            shape = _read_shape(stream.read(4 + 4 * dimensions), path, dimensions)
            size = math.prod(shape)
            # A damaged header may promise more bytes than there is memory: ask for no more than could be there.
            values = stream.read(size) if size <= MOST_PACKED * packed_size else b""
            surplus = stream.read(1)  # reading past the end also makes gzip compare its checksum
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            "{file} cannot be read ({reason}); expected a complete gzip file. "
            "Delete it and Fitscope downloads it again, or copy a good one there.",
            file=path,
            reason=error,
        ) from error
    if len(values) < size or surplus:
        raise DataError(
            "{file} is damaged: its header promises {shape} = {size} bytes, which is not what follows. "
            "Delete it and Fitscope downloads it again, or copy a good one there.",
            file=path,
            shape=" × ".join(map(str, shape)),
            size=size,
        )
    return np.frombuffer(values, np.uint8).reshape(shape)


def _read_shape(header: bytes, path: Path, dimensions: int) -> tuple[int, ...]:
    """The sizes in the header, which is: 0, 0, type, number of dimensions, then each size as 4 bytes, big end first."""
    expected = bytes([0, 0, UBYTE, dimensions])
    if len(header) < 4 + 4 * dimensions or header[:4] != expected:
        raise DataError(
            "{file} is not the IDX file it should be: it begins with the bytes {found}, expected {expected} and "
            "{dimensions} sizes. Delete it and Fitscope downloads it again, or copy a good one there.",
            file=path,
            found=header[:4].hex(" ") or "(none)",
            expected=expected.hex(" "),
            dimensions=dimensions,
        )
    return tuple(int(size) for size in np.frombuffer(header, ">u4", offset=4))
