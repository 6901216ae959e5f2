"""Which training images are like a picture, and whether it is stranger than test images are.

Alike pixel by pixel (`Neighbours`), or to the network itself (`Features`).
"""

from dataclasses import dataclass

import numpy as np

MOST_VALUES = 20_000_000  # that are compared, 80 MB: the pixels of 25,000 images of MNIST, of 6,500 of CIFAR-10


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Training images to compare with.

    values    (n, pixels) float32 in 0..1
    rows      (n,) int64, their positions among the training images
    squares   (n,) float32, the sum of the squares of each
    """

    values: np.ndarray
    rows: np.ndarray
    squares: np.ndarray

    def nearest(self, image: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k most alike, nearest first: positions among the training images (k,) and distances (k,).

        image     (height, width, channels) uint8
        distance  root of the mean squared difference of the pixels, 0..1
        """
        return _nearest(self._distances(image[None])[0], self.rows, k)

    def nearest_distances(self, images: np.ndarray) -> np.ndarray:
        """For each of images (m, height, width, channels) uint8 the distance to its nearest, (m,) float32."""
        return self._distances(images).min(axis=1)

    def _distances(self, images: np.ndarray) -> np.ndarray:
        queries = _as_values(images)
        # |a - b|² = |a|² + |b|² - 2ab: one product of matrices instead of all differences
        squared = self.squares + (queries**2).sum(axis=1)[:, None] - 2 * queries @ self.values.T
        return np.sqrt(np.maximum(squared, 0) / queries.shape[1])


@dataclass(frozen=True, eq=False)
class Features:
    """Training images to compare with by what a network makes of them.

    directions  (n, units) float32, of length 1, or 0 where the network is silent
    rows        (n,) int64, their positions among the training images
    """

    directions: np.ndarray
    rows: np.ndarray

    def nearest(self, own: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k most alike, nearest first: positions among the training images (k,) and distances (k,).

        own       (units,) float32, what the network makes of the picture
        distance  cosine distance, 1 minus the cosine of the angle between both: 0 for the same direction, 1 where they
                  have nothing in common, 2 for opposite ones
        """
        return _nearest(self._distances(own[None])[0], self.rows, k)

    def nearest_distances(self, own: np.ndarray) -> np.ndarray:
        """For each of (m, units) the distance to its nearest, (m,) float32."""
        return self._distances(own).min(axis=1)

    def _distances(self, own: np.ndarray) -> np.ndarray:
        return np.clip(1 - _directions(own) @ self.directions.T, 0, 2)


def by_features(values: np.ndarray, rows: np.ndarray) -> Features:
    """Of training images whose features are `values` (n, units), and whose positions are `rows` (n,)."""
    return Features(_directions(values), rows)


def compared(n: int, values: int, most: int = MOST_VALUES) -> np.ndarray:
    """Positions of the images to compare with, of `n` that have so many values each: all, or as many as fit, evenly.

    most  images, whatever their size
    """
    most = min(most, max(1, MOST_VALUES // values))
    return np.unique(np.linspace(0, n - 1, min(most, n)).astype(np.int64))


def neighbours(images: np.ndarray, rows: np.ndarray) -> Neighbours:
    """Of training images (n, height, width, channels) uint8, whose positions are `rows` (n,)."""
    values = _as_values(images)
    return Neighbours(values, rows, (values**2).sum(axis=1))


def _nearest(apart: np.ndarray, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    k = min(k, len(apart))
    first = np.argpartition(apart, k - 1)[:k]
    order = first[np.argsort(apart[first], kind="stable")]
    return rows[order], apart[order]


def _directions(values: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.divide(values, lengths, out=np.zeros_like(values), where=lengths > 0)


def _as_values(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
