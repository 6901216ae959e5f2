"""Which training images are like a picture, pixel by pixel, and whether it is stranger than test images are."""

from dataclasses import dataclass

import numpy as np

MOST_VALUES = 20_000_000  # pixels that are compared, 80 MB: 25,000 images of MNIST, 6,500 of CIFAR-10


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
        apart = self._distances(image[None])[0]
        k = min(k, len(apart))
        first = np.argpartition(apart, k - 1)[:k]
        order = first[np.argsort(apart[first], kind="stable")]
        return self.rows[order], apart[order]

    def nearest_distances(self, images: np.ndarray) -> np.ndarray:
        """For each of images (m, height, width, channels) uint8 the distance to its nearest, (m,) float32."""
        return self._distances(images).min(axis=1)

    def _distances(self, images: np.ndarray) -> np.ndarray:
        queries = _as_values(images)
        # |a - b|² = |a|² + |b|² - 2ab: one product of matrices instead of all differences
        squared = self.squares + (queries**2).sum(axis=1)[:, None] - 2 * queries @ self.values.T
        return np.sqrt(np.maximum(squared, 0) / queries.shape[1])


def compared(n: int, pixels: int) -> np.ndarray:
    """Positions of the images to compare with, of `n` that have so many values each: all, or as many as fit, evenly."""
    most = max(1, MOST_VALUES // pixels)
    return np.unique(np.linspace(0, n - 1, min(most, n)).astype(np.int64))


def neighbours(images: np.ndarray, rows: np.ndarray) -> Neighbours:
    """Of training images (n, height, width, channels) uint8, whose positions are `rows` (n,)."""
    values = _as_values(images)
    return Neighbours(values, rows, (values**2).sum(axis=1))


def _as_values(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
