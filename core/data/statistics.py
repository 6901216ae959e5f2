"""What the Images page shows of one split: how many of each class, what they look like on average, how bright."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.dataset import Images
from core.files import read_arrays, write_arrays

BINS = 32  # of 8 grey levels each
BLOCK = 2**20  # values taken at a time: 10 MB of numbers made from them


@dataclass(frozen=True)
class Statistics:
    """Of each class of a split; zeros for a class without images.

    counts     (classes,) int64, images
    mean       (classes, height, width, channels) uint8, the mean image, rounded
    histogram  (classes, channels, 32) int64, how many values lie in 0..7, 8..15 … 248..255
    """

    counts: np.ndarray
    mean: np.ndarray
    histogram: np.ndarray


def statistics(part: Images, num_classes: int) -> Statistics:
    """Of all images of a split, exactly, in one pass over them; labels in 0..num_classes-1."""
    counts = np.bincount(part.labels, minlength=num_classes)
    sums = np.zeros((num_classes, *part.images.shape[1:]), np.int64)
    histogram = np.zeros((num_classes, part.images.shape[3], BINS), np.int64)
    for images, labels in _blocks(part):
        present, first = np.unique(labels, return_index=True)
        sums[present] += np.add.reduceat(images, first, axis=0, dtype=np.int64)
        histogram += _histogram(images, labels, num_classes)
    mean = np.rint(sums / np.maximum(counts, 1)[:, None, None, None]).astype(np.uint8)
    return Statistics(counts, mean, histogram)


def write(path: Path, statistics: Statistics) -> None:
    """Writes them as .npz, whole or not at all; raises StorageError."""
    write_arrays(path, vars(statistics))


def read(path: Path) -> Statistics | None:
    """What `write` wrote; None where there is nothing, or it is damaged: then count again."""
    arrays = read_arrays(path)
    if arrays is None or set(arrays) != set(Statistics.__dataclass_fields__):
        return None
    stored = Statistics(**arrays)
    return stored if _fits_together(stored) else None


def _blocks(part: Images) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Images and labels, some at a time, sorted by label within the block."""
    rows = max(1, BLOCK // max(1, part.images[:1].size))
    for start in range(0, len(part), rows):
        labels = part.labels[start : start + rows]
        order = np.argsort(labels, kind="stable")
        yield part.images[start : start + rows][order], labels[order]


def _histogram(images: np.ndarray, labels: np.ndarray, num_classes: int) -> np.ndarray:
    """(classes, channels, 32) int64 of one block: each value counted under the number of its class, channel and bin."""
    channels = images.shape[3]
    place = labels[:, None, None, None] * channels + np.arange(channels)
    places = place * BINS + (images >> 3)
    return np.bincount(places.ravel(), minlength=num_classes * channels * BINS).reshape(num_classes, channels, BINS)


def _fits_together(statistics: Statistics) -> bool:
    """Whether the arrays have the kinds and shapes that one `statistics` gives."""
    classes = len(statistics.counts) if statistics.counts.ndim == 1 else -1
    return (
        (statistics.counts.dtype, statistics.mean.dtype, statistics.histogram.dtype) == (np.int64, np.uint8, np.int64)
        and statistics.mean.ndim == 4
        and statistics.mean.shape[0] == classes
        and statistics.histogram.shape == (classes, statistics.mean.shape[3], BINS)
    )
