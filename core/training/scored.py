"""Scoring: which images after each epoch, the same ones throughout a run and no more than time allows; and how.

To score an image is one pass through the network; to learn from it is that, the way back, and a step: about three
passes. So with one and a half images scored for each that is learnt from, scoring takes a third of the epoch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.data.dataset import Images, Prepared
from core.data.stratified import stratified_order
from core.runs import diary

TRAINING = 4000  # at most, of the training images: enough for ±1 point
FEWEST = 250  # of them, however few are learnt from: that is quick, and fewer are known no better than ±6 points
VALIDATION = 500  # at least: fewer would be known no better than ±4 points
CHANGED = 250  # of the images with a changed label, at least: fewer would be known no better than ±6 points

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


@dataclass(frozen=True)
class Scored:
    """The images that are scored after each epoch, always the same.

    train       the sample of the training images that loss and accuracy are told of
    validation  those of the validation images, `watched` their positions among these
    changed     further training images with a changed label, where the sample has few: followed, but in no accuracy
    diary       the positions of `train` and then `changed` among the training images, (n,) int64
    """

    train: Images
    validation: Images
    watched: np.ndarray
    changed: Images
    diary: np.ndarray


def chosen(splits: Prepared, seed: int) -> Scored:
    """Which images of a run are scored."""
    train, validation = splits.train, splits.validation
    assert validation is not None
    n_scored, n_validation = sizes(len(train), len(validation))
    sampled, watched = positions(train.labels, n_scored, seed), positions(validation.labels, n_validation, seed)
    others = np.setdiff1d(splits.changed, sampled)
    missing = max(0, CHANGED - (len(splits.changed) - len(others)))
    further = np.sort(np.random.default_rng([seed, 1]).permutation(others)[:missing])
    return Scored(
        sample(train, sampled),
        sample(validation, watched),
        watched,
        Images(train.images[further], train.labels[further]),
        np.concatenate([sampled, further]),
    )


def facts(splits: Prepared, scored: Scored) -> dict[str, np.ndarray]:
    """What a run folder keeps of its images: `core.runs.reports.Started.images`, without the diary."""
    return {**splits.rows, "changed": splits.changed, "was": splits.was, "scored": scored.watched}


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


def answered(
    scorer: Scores, scored: Scored, sampled: np.ndarray, should_stop: ShouldStop = lambda: False
) -> np.ndarray:
    """The class answered to each image of the diary, (n,) of its smallest type.

    sampled  the probabilities of `scored.train`, which are known already, (n_scored, classes)
    Raises Stopped.
    """
    said, kind = sampled.argmax(axis=1), diary.kind(sampled.shape[1])
    if len(scored.changed):
        said = np.concatenate([said, evaluate(scorer, scored.changed, should_stop)[2].argmax(axis=1)])
    return said.astype(kind)
