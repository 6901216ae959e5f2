"""What a lesson changes about the training data: labels, pixels, how many images of which class. All of it seeded."""

import numpy as np

from core.data.stratified import stratified_order

BLOCK = 2**21  # values noised at a time: 8 MB as float32


def noisy_labels(
    labels: np.ndarray, share: float, num_classes: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The labels with round(share·n) of them wrong, and the sorted rows of those: (n,) int64, (changed,) int64.

    labels       (n,) int64 in 0..num_classes-1; left as they are
    share        0..1
    num_classes  2 or more

    A wrong label is one of the other classes, each as likely. Every class loses its share, within one image where
    classes are of similar size. With the same seed, a smaller share's changes are among a larger share's.
    """
    changed = np.sort(stratified_order(labels, rng)[: round(share * len(labels))])
    further = rng.integers(1, num_classes, size=len(labels))  # drawn for all, so that a share changes no draw
    noisy = labels.copy()
    noisy[changed] = (labels[changed] + further[changed]) % num_classes
    return noisy, changed


def noisy_images(images: np.ndarray, std: float, rng: np.random.Generator) -> np.ndarray:
    """The images (n, height, width, channels) uint8 with Gaussian noise on each value, rounded and clipped.

    std  of the noise, 1 = from black to white; 0 gives the very same array back

    Noise beyond black and white is cut off: on a white background half of it is lost.
    """
    if std == 0:
        return images
    noisy = np.empty(images.shape, np.uint8)
    rows = max(1, BLOCK // max(1, images[0].size)) if len(images) else 1
    for start in range(0, len(images), rows):
        block = images[start : start + rows]
        values = rng.standard_normal(block.shape, np.float32)
        values *= 255 * std
        values += block
        noisy[start : start + rows] = np.clip(np.rint(values, out=values), 0, 255, out=values)
    return noisy


def imbalanced_rows(labels: np.ndarray, ratio: float, rng: np.random.Generator) -> np.ndarray:
    """The sorted rows (kept,) int64 of a long-tailed training set, drawn at random.

    labels  (n,) int64; classes count by their order among those that occur
    ratio   1 or more: of K classes, class k keeps its n_k images times ratio**(-k / (K - 1)), rounded, at least one

    The first class keeps all, the last one in `ratio`: Cui et al. 2019, "Class-Balanced Loss Based on Effective
    Number of Samples", section 5.1. With the same seed, a larger ratio's rows are among a smaller ratio's.
    """
    classes, k, counts = np.unique(labels, return_inverse=True, return_counts=True)
    keep = np.maximum(1, np.rint(counts * float(ratio) ** (-np.arange(len(classes)) / max(1, len(classes) - 1))))
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(k[shuffled], kind="stable")]
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)  # 0, 1, 2 … within each class
    return np.sort(by_class[rank < np.repeat(keep, counts)])
