"""Scoring: which images after each epoch, the same ones throughout a run and no more than time allows; and how.

To score an image is one pass through the network; to learn from it is that, the way back, and a step: about three
passes. So with one and a half images scored for each that is learnt from, scoring takes a third of the epoch.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from core.data.dataset import Images, Prepared
from core.data.stratified import stratified_order

TRAINING = 4000  # at most, of the training images: enough for ±1 point
FEWEST = 250  # of them, however few are learnt from: that is quick, and fewer are known no better than ±6 points
VALIDATION = 500  # at least: fewer would be known no better than ±4 points

ShouldStop = Callable[[], bool]


class Stopped(Exception):
    """Stop was asked for; the training so far is kept."""


class Scores(Protocol):
    """What can be scored on images: `Scorer` asks a network, `EstimatorScorer` a baseline.

    batch  images a question
    """

    batch: int

    def score(self, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Loss and probabilities of at most `batch` images: (n,) and (n, classes), float32."""


class Asking(Protocol):
    """What has learnt, and what it is asked about."""

    @property
    def splits(self) -> Prepared: ...

    def scorer(self) -> Scores: ...


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


def evaluate(scorer: Scores, split: Images, should_stop: ShouldStop = lambda: False) -> tuple[float, float, np.ndarray]:
    """Mean loss, accuracy and probabilities (n, classes) of a split, in inference mode and in its own order.

    Raises Stopped.
    """
    losses, probabilities = [], []
    for start in range(0, len(split), scorer.batch):
        if should_stop():
            raise Stopped
        rows = slice(start, start + scorer.batch)
        loss, probability = scorer.score(np.asarray(split.images[rows]), np.asarray(split.labels[rows]))
        losses.append(loss)
        probabilities.append(probability)
    together = np.concatenate(probabilities)
    accuracy = np.mean(together.argmax(axis=1) == split.labels)
    return float(np.concatenate(losses).mean(dtype=np.float64)), float(accuracy), together
