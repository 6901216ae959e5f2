"""An order of images in which every beginning has the classes in their proportions."""

import numpy as np


def stratified_order(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random order (n,) of the images in which every beginning has the classes in their proportions.

    Each class is within one image of its share where classes are of equal size, and each is present in every
    beginning that has room for all. Scikit-learn's `train_test_split(stratify=…)` refuses to leave over fewer
    images than there are classes, and its smaller sets are not contained in the larger ones.
    """
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    counts = np.bincount(labels)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)  # 0, 1, 2 … within each class
    share_before = rank / np.repeat(counts, counts)
    return by_class[np.lexsort((rng.random(len(labels)), share_before))]
