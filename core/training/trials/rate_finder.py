"""A learning rate to begin with: a network takes steps that grow longer and longer, and the loss is watched.

L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3. The network is made for
this and thrown away: no run, no file is changed.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.data.catalogue import dataset
from core.data.dataset import Prepared
from core.recipe.config import TrainingConfig
from core.training.augmentation import augmenter, strengths
from core.training.prepare import prepare

LOWEST, HIGHEST = 1e-6, 1.0
STEPS = 120
LOST = 4.0  # times the lowest loss so far, at which the steps have become too long and the rest says nothing
FIRST = 20  # steps, up to a rate of 1e-5
SMOOTH = 0.9  # of what was, at each step; a single batch is mostly noise


@dataclass(frozen=True)
class Sweep:
    """rates, losses  one for each step, smoothed losses; as far as they went
    suggestion     where the loss falls most steeply before its lowest
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float


def sweep(config: TrainingConfig) -> Sweep:
    """Loads Keras; raises SettingError, DataError."""
    from core.training.loop import build, optimizer  # late, with the next: Keras
    from core.training.steps import Trainer

    splits = prepare(dataset(config.dataset), config)
    model = build(config, splits.train.images.shape[1:], len(splits.classes))
    augment = augmenter(strengths(config), config.seed)
    trainer = Trainer(model, optimizer(config), splits.train, config.l1, config.l2, augment)
    rates, losses = np.geomspace(LOWEST, HIGHEST, STEPS), list[float]()
    for rate, rows in zip(rates, _batches(splits, config), strict=False):
        losses.append(float(trainer.train(rows[None], np.array([rate], np.float32))[0][0]))
        if not math.isfinite(losses[-1]) or losses[-1] > LOST * min(losses):
            break
    smooth = smoothed([loss for loss in losses if math.isfinite(loss)])
    return Sweep(tuple(rates[: len(smooth)].tolist()), tuple(smooth), steepest(rates[: len(smooth)].tolist(), smooth))


def smoothed(losses: list[float]) -> list[float]:
    """A running mean that forgets, without the pull towards zero at its beginning (as in Adam, Kingma & Ba 2015)."""
    mean, found = 0.0, []
    for step, loss in enumerate(losses, 1):
        mean = SMOOTH * mean + (1 - SMOOTH) * loss
        found.append(mean / (1 - SMOOTH**step))
    return found


def steepest(rates: list[float], losses: list[float]) -> float:
    """The rate at which the loss falls most for a step of equal ratio; the lowest loss where it falls nowhere.

    The first steps are left out: they are so short that what moves the loss there is other images.
    """
    lowest = int(np.argmin(losses))
    if lowest < FIRST + 2:
        return float(f"{rates[lowest]:.1e}")
    slopes = np.gradient(losses[FIRST : lowest + 1], np.log(rates[FIRST : lowest + 1]))
    return float(f"{rates[FIRST + int(np.argmin(slopes))]:.1e}")


def _batches(splits: Prepared, config: TrainingConfig) -> Iterator[np.ndarray]:
    """Rows of a batch each, without end; few images are seen again and again."""
    n = len(splits.train)
    size = min(config.batch_size, n)
    for turn in itertools.count():
        order = np.random.default_rng([config.seed, turn]).permutation(n)
        yield from order[: n // size * size].reshape(-1, size)
