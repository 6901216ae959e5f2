"""The thin line of a training as windows of so many steps: in each a mean, and the band in which most of it lies.

Drawn point by point, hundreds of steps an epoch are a wall; of windows one sees whether they fall, and how unsteadily.
A training of an hour and a half has 450,000 points, and thirty people who follow it ask for what is new every second: a
window is summed up once, when it is complete.
"""

import math
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

WINDOWS = 150  # of a whole training, about: with more the mean is as ragged as the steps
FEWEST_STEPS = 8  # in a window; of fewer a band says nothing
WITHIN = (0.1, 0.9)  # the quantiles at the edges of the band


@dataclass(frozen=True)
class Windows:
    """Windows one behind the other, those without a point left out.

    first  how many come before them
    x      the middle of what was seen of each, in epochs (2.5: half-way through the third)
    mean   of its points
    low, high  between these lie eight of ten of them
    """

    first: int
    x: list[float]
    mean: list[float]
    low: list[float]
    high: list[float]


def steps_of_a_window(epochs: int, steps_per_epoch: int) -> int:
    """So many that a whole training has about 150 windows, and no epoch of more than a few steps only one."""
    return max(FEWEST_STEPS, math.ceil(epochs * steps_per_epoch / WINDOWS))


def summed_up(ends: ArrayLike, values: ArrayLike, steps: int, steps_per_epoch: int) -> Windows:
    """The windows of `steps` steps.

    ends    after which step of the training each point ends, ascending; it belongs to the window of that step
    values  of each point: the mean of the few steps before its end
    """
    places, points = np.asarray(ends, np.int64), np.asarray(values, float)
    numbers = (places - 1) // steps
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[:1] - 1))
    if not len(starts):
        return Windows(0, [], [], [], [])
    counts = np.diff(starts, append=len(points))
    middle = (places[starts] + places[starts + counts - 1]) / 2 / steps_per_epoch
    ordered = points[np.lexsort((points, np.repeat(np.arange(len(starts)), counts)))]
    low, high = (_quantile(ordered, starts, counts, share) for share in WITHIN)
    mean = np.add.reduceat(points, starts) / counts
    return Windows(0, middle.tolist(), mean.tolist(), low.tolist(), high.tolist())


def _quantile(ordered: np.ndarray, starts: np.ndarray, counts: np.ndarray, share: float) -> np.ndarray:
    """Of each group, its values ascending from `starts` on, as `numpy.quantile` has it."""
    place = share * (counts - 1)
    below = np.floor(place).astype(int)
    lower, upper = ordered[starts + below], ordered[starts + np.minimum(below + 1, counts - 1)]
    return lower + (place - below) * (upper - lower)


def _numbers() -> "array[float]":
    return array("d")  # a third of the memory of a list, and nothing for the collector of garbage to look through


@dataclass
class Trace:
    """Running figures of loss and accuracy, x in epochs (2.5: half-way through the third), ascending.

    steps, per_epoch  of a window, of an epoch
    """

    x: "array[float]" = field(default_factory=_numbers)
    loss: "array[float]" = field(default_factory=_numbers)
    accuracy: "array[float]" = field(default_factory=_numbers)
    steps: int = 1
    per_epoch: int = 1
    _starts: list[int] = field(default_factory=list, compare=False)  # the first point of each window
    _last: int = field(default=-1, compare=False)  # number of the window that still grows
    _whole: dict[str, Windows] = field(default_factory=dict, compare=False)  # those that do not any more

    def begin(self, steps: int, per_epoch: int, until: float) -> None:
        """Goes on after so many epochs, in windows of so many steps: what lies beyond is dropped."""
        kept = bisect_right(self.x, until)
        for line in (self.x, self.loss, self.accuracy):
            del line[kept:]
        self.steps, self.per_epoch = steps, per_epoch
        self._starts, self._last, self._whole = [], -1, {}
        for place, x in enumerate(self.x):
            self._into_its_window(place, x)

    def add(self, x: float, loss: float, accuracy: float) -> None:
        """One point more."""
        self._into_its_window(len(self.x), x)
        self.x.append(x)
        self.loss.append(loss)
        self.accuracy.append(accuracy)

    def windows(self, name: str, since: int = 0) -> Windows:
        """ "loss" or "accuracy" from the window on in which point number `since` lies; none where there is no such."""
        first = bisect_right(self._starts, since) - 1 if since < len(self.x) else len(self._starts)
        if first >= len(self._starts):
            return Windows(first, [], [], [], [])
        known = self._whole.setdefault(name, Windows(0, [], [], [], []))
        self._extend(known, name, self._starts[-1])
        growing = self._summed_up(name, self._starts[-1], len(self.x))
        return Windows(
            first,
            known.x[first:] + growing.x,
            known.mean[first:] + growing.mean,
            known.low[first:] + growing.low,
            known.high[first:] + growing.high,
        )

    def _into_its_window(self, place: int, x: float) -> None:
        window = (round(x * self.per_epoch) - 1) // self.steps
        if window != self._last:
            self._starts.append(place)
            self._last = window

    def _extend(self, known: Windows, name: str, end: int) -> None:
        """Sums up the windows that are complete by now."""
        begin = self._starts[len(known.x)]
        if begin == end:
            return
        more = self._summed_up(name, begin, end)
        for line, new in ((known.x, more.x), (known.mean, more.mean), (known.low, more.low), (known.high, more.high)):
            line += new

    def _summed_up(self, name: str, begin: int, end: int) -> Windows:
        ends = np.rint(np.asarray(self.x[begin:end]) * self.per_epoch).astype(np.int64)
        return summed_up(ends, np.asarray(getattr(self, name)[begin:end]), self.steps, self.per_epoch)
