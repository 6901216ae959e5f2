"""What the rules look at: curves without their spikes, the noise that a change has to exceed, trends and gaps.

Validation images are the same after each epoch, so a curve's own jitter from one epoch to the next is what a change has
to exceed, besides a small share of all it has fallen. What is said about levels has the interval of Wilson (1927) of as
many images as were scored. A single spike is smoothed away by a running median of three.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.evaluation.intervals import wilson
from core.fit.curves import Curves

JITTERS = 2.0  # that a change has to exceed
LEAST_CHANGE = 0.01  # and this share of the loss's fall since the beginning
CLIMB = 0.015  # of validation accuracy, by which it has to rise at the end to be seen rising
SEEN = 0.02  # share of all it has fallen by which a curve has to fall at the end to be seen falling
LONG = 0.6  # of all epochs: a curve too jagged for a trend at the end may show one over so many
AS_FAST = 0.3  # of the speed over these, with which it has to fall at the end
DEEP = 0.2  # share of all it has fallen by which it has to fall over these, to be seen falling
MEMORY = 12  # epochs that jitter is measured over
WINDOW = (5, 10)  # epochs at the end that a trend is read from: a third of all, within these


@dataclass(frozen=True)
class Seen:
    """Curves of at least three epochs whose losses are all numbers."""

    curves: Curves

    @property
    def epochs(self) -> int:
        return self.curves.epochs

    @cached_property
    def loss(self) -> np.ndarray:
        return smooth(self.curves.loss)

    @cached_property
    def val_loss(self) -> np.ndarray:
        return smooth(self.curves.val_loss)

    @cached_property
    def best(self) -> int:
        """The position of the lowest validation loss."""
        return int(self.val_loss.argmin())

    @cached_property
    def end_loss(self) -> float:
        return float(np.median(self.curves.loss[-3:]))

    @cached_property
    def end_val_loss(self) -> float:
        return float(np.median(self.curves.val_loss[-3:]))

    @cached_property
    def noise(self) -> float:
        return noise(self.curves.loss)

    @cached_property
    def val_noise(self) -> float:
        return noise(self.curves.val_loss)

    @cached_property
    def accuracy(self) -> float:
        return float(np.median(self.curves.accuracy[-3:]))

    @cached_property
    def val_accuracy(self) -> float:
        return float(np.median(self.curves.val_accuracy[-3:]))

    @property
    def gap(self) -> float:
        return self.accuracy - self.val_accuracy

    @cached_property
    def gap_noise(self) -> float:
        """Two standard errors of the difference between the two accuracies."""
        parts = ((self.accuracy, self.curves.n_train), (self.val_accuracy, self.curves.n_validation))
        return 2 * math.sqrt(sum(max(share * (1 - share), 1 / n) / n for share, n in parts))

    @cached_property
    def fallen(self) -> float:
        """By how much validation accuracy is beyond two standard errors below its best; 0 where it is not."""
        best = float(np.max(smooth(self.curves.val_accuracy)))
        error = math.sqrt(max(best * (1 - best), 1 / self.curves.n_validation) / self.curves.n_validation)
        return max(0.0, best - self.val_accuracy - 2 * error)

    @property
    def rise(self) -> float:
        """Of validation loss above its lowest."""
        return self.end_val_loss - float(self.val_loss[self.best])

    @cached_property
    def rises(self) -> bool:
        """Whether it has risen beyond noise: at the end, or along a straight line through all epochs since its best."""
        since = self.val_loss[self.best :]
        if len(since) < 3:
            return False
        return self.rise > self.val_noise or -fall(since) > along(self.val_noise, len(since))

    @cached_property
    def goes_on(self) -> bool:
        """Whether training loss has fallen beyond its jitter since validation loss was lowest, along a line."""
        since = self.loss[self.best :]
        return len(since) > 1 and fall(since) > along(JITTERS * jitter(self.curves.loss), len(since))

    @cached_property
    def window(self) -> int:
        """How many epochs at the end a trend is read from."""
        least, most = WINDOW
        return min(max(least, self.epochs // 3), most, self.epochs)

    @property
    def falls(self) -> bool:
        """Whether validation loss still falls: beyond noise, by a share of all it has fallen that can be seen, and to
        where it was never before: down from a hump is no more than back.
        """
        lately = self.best >= self.epochs - self.window
        return lately and self.val_fall > max(self.val_noise, SEEN * self.whole)

    @property
    def falls_jaggedly(self) -> bool:
        """Whether it falls over most of the training, though its jumps hide that at the end.

        A line through more epochs is surer of its slope. That validation is level by now is ruled out by where the
        lowest lies, and by the end, which has to fall about as fast as the rest.
        """
        lately = self.best >= self.epochs - self.long / 2
        goes_on = self.val_fall / (self.window - 1) > AS_FAST * self.long_fall / (self.long - 1)
        noise = along(JITTERS * jitter(self.curves.val_loss), self.long)
        return lately and goes_on and self.long_fall > max(noise, DEEP * self.whole)

    @property
    def whole(self) -> float:
        """All that validation loss has fallen."""
        return float(np.max(self.val_loss) - np.min(self.val_loss))

    @property
    def long(self) -> int:
        """How many epochs a jagged curve is looked at over."""
        return max(self.window, int(LONG * self.epochs))

    @cached_property
    def long_fall(self) -> float:
        return fall(self.val_loss[-self.long :])

    @cached_property
    def climb(self) -> float:
        """By how much validation accuracy has risen at the end."""
        return -fall(smooth(self.curves.val_accuracy)[-self.window :])

    @cached_property
    def climb_noise(self) -> float:
        return max(JITTERS * jitter(self.curves.val_accuracy), CLIMB)

    @cached_property
    def fall(self) -> float:
        return fall(self.loss[-self.window :])

    @cached_property
    def val_fall(self) -> float:
        return fall(self.val_loss[-self.window :])

    @property
    def train_interval(self) -> tuple[float, float]:
        return wilson(round(self.accuracy * self.curves.n_train), self.curves.n_train)

    @property
    def val_interval(self) -> tuple[float, float]:
        return wilson(round(self.val_accuracy * self.curves.n_validation), self.curves.n_validation)

    @property
    def right(self) -> float:
        """The share of the given training labels that are right: more can only be known by heart."""
        return 1 - self.curves.label_noise

    @property
    def last(self) -> tuple[int, int]:
        """The epochs that a trend is read from."""
        return self.epochs - self.window + 1, self.epochs

    @property
    def since_best(self) -> tuple[int, int]:
        return self.best + 1, self.epochs


def smooth(values: Sequence[float]) -> np.ndarray:
    """A running median of three; the ends are as they are, or their neighbour where they stick out beyond it."""
    array = np.asarray(values, float)
    if len(array) < 3:
        return array
    inner = np.median([array[:-2], array[1:-1], array[2:]], axis=0)
    return np.concatenate([[max(array[0], inner[0])], inner, [np.median([array[-1], inner[-1], array[-2]])]])


def noise(values: Sequence[float]) -> float:
    """What a change of a loss has to exceed: its jitter of late, and a small share of all it has fallen."""
    return max(JITTERS * jitter(values), LEAST_CHANGE * (max(values) - min(values)), 1e-4)


def jitter(values: Sequence[float]) -> float:
    """The standard deviation of a curve's last epochs around the smooth curve that it follows.

    Read from third differences, which a smooth curve hardly has: of independent noise they have 20 times the variance.
    Their median is not moved by a spike, 1.4826 makes it a standard deviation.
    """
    array = np.asarray(values[-MEMORY:], float)
    return 1.4826 * float(np.median(np.abs(np.diff(array, 3)))) / math.sqrt(20) if len(array) > 3 else 0.0


def along(noise: float, epochs: int) -> float:
    """What the change along a straight line through so many epochs has to exceed, where one epoch's is `noise`.

    The slope of a regression on 1 … w has the variance 12 / (w (w² - 1)) of one value's; the change is w - 1 times it.
    """
    return noise * math.sqrt(12 * (epochs - 1) / (epochs * (epochs + 1)))


def fall(values: np.ndarray) -> float:
    """By how much a curve falls, along the straight line that fits it best; negative where it rises."""
    return float(-np.polyfit(np.arange(len(values)), values, 1)[0] * (len(values) - 1))
