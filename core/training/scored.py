"""Which images are scored after each epoch: the same ones throughout a run, and no more than time allows.

To score an image is one pass through the network; to learn from it is that, the way back, and a step: about three
passes. So with one and a half images scored for each that is learnt from, scoring takes a third of the epoch.
"""

import numpy as np

from core.data.dataset import Images
from core.data.stratified import stratified_order

TRAINING = 4000  # at most, of the training images: enough for ±1 point
FEWEST = 250  # of them, however few are learnt from: that is quick, and fewer are known no better than ±6 points
VALIDATION = 500  # at least: fewer would be known no better than ±4 points


def sizes(n_train: int, n_validation: int) -> tuple[int, int]:
    """How many training and validation images are scored after an epoch of so many."""
    validation = min(n_validation, max(n_train, VALIDATION))
    rest = max(3 * n_train // 2 - validation, FEWEST)
    return min(TRAINING, n_train, rest), validation


def positions(labels: np.ndarray, n: int, seed: int) -> np.ndarray:
    """The sorted positions (n,) int64 of a random sample that has the classes in their proportions."""
    if n >= len(labels):
        return np.arange(len(labels))
    return np.sort(stratified_order(labels, np.random.default_rng(seed))[:n])


def sample(images: Images, chosen: np.ndarray) -> Images:
    """Those images; all of them without a copy."""
    if len(chosen) == len(images):
        return images
    return Images(images.images[chosen], images.labels[chosen])
