"""The thin line of a training as windows of so many steps: in each a mean, and the band in which most of it lies.

Drawn point by point, hundreds of steps an epoch are a wall; of windows one sees whether they fall, and how unsteadily.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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


def summed_up(
    ends: Sequence[int], values: Sequence[float], steps: int, steps_per_epoch: int, since: int = 0
) -> Windows:
    """The windows of `steps` steps, from that on in which the point number `since` lies.

    ends    after which step of the training each point ends, ascending; it belongs to the window of that step
    values  of each point: the mean of the few steps before its end
    """
    numbers = (np.asarray(ends, np.int64) - 1) // steps
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[:1] - 1))
    first = max(int(np.searchsorted(starts, since, "right")) - 1, 0) if since < len(numbers) else len(starts)
    starts = starts[first:]
    if not len(starts):
        return Windows(first, [], [], [], [])
    begin = starts[0]
    places, points = np.asarray(ends, float)[begin:], np.asarray(values, float)[begin:]
    starts = starts - begin
    counts = np.diff(starts, append=len(points))
    middle = (places[starts] + places[starts + counts - 1]) / 2 / steps_per_epoch
    ordered = points[np.lexsort((points, np.repeat(np.arange(len(starts)), counts)))]
    low, high = (_quantile(ordered, starts, counts, share) for share in WITHIN)
    mean = np.add.reduceat(points, starts) / counts
    return Windows(first, middle.tolist(), mean.tolist(), low.tolist(), high.tolist())


def _quantile(ordered: np.ndarray, starts: np.ndarray, counts: np.ndarray, share: float) -> np.ndarray:
    """Of each group, its values ascending from `starts` on, as `numpy.quantile` has it."""
    place = share * (counts - 1)
    below = np.floor(place).astype(int)
    lower, upper = ordered[starts + below], ordered[starts + np.minimum(below + 1, counts - 1)]
    return lower + (place - below) * (upper - lower)
