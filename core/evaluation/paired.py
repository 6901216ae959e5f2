"""Two networks on the same images: which answers each alone has right, and whether that is more than luck."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RunError
from core.evaluation.evaluation import Evaluation
from core.evaluation.intervals import Z95

ALPHA = 0.05  # a difference is called more than noise where luck would make one as large more rarely


@dataclass(frozen=True)
class Paired:
    """Counts of images by who has them right; positions of those on which the two differ.

    both, neither   images
    only_a, only_b  (n,) int64, positions in the evaluations
    p               McNemar's exact p: how often luck alone would divide the differing images at least as unevenly
    loss            mean cross-entropy of b minus that of a
    loss_interval   its 95 % interval, from the differences image by image
    """

    both: int
    neither: int
    only_a: np.ndarray
    only_b: np.ndarray
    p: float
    loss: float
    loss_interval: tuple[float, float]

    @property
    def n(self) -> int:
        return self.both + self.neither + len(self.only_a) + len(self.only_b)

    @property
    def difference(self) -> float:
        """Accuracy of b minus that of a."""
        return (len(self.only_b) - len(self.only_a)) / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the difference, for paired proportions (Wald, with Agresti and Min's 2005 half a unit).

        Each of the four cells gets half an image more, which keeps the interval honest where none or few differ.
        """
        a, b, n = len(self.only_a) + 0.5, len(self.only_b) + 0.5, self.n + 2
        centre = (b - a) / n
        half = Z95 * math.sqrt(a + b - (b - a) ** 2 / n) / n
        return max(-1.0, centre - half), min(1.0, centre + half)

    @property
    def more_than_noise(self) -> bool:
        return self.p < ALPHA


def paired(a: Evaluation, b: Evaluation) -> Paired:
    """Compares two evaluations of the same images in the same order; raises RunError where they are not."""
    if a.dataset != b.dataset or not np.array_equal(a.rows, b.rows) or not np.array_equal(a.labels, b.labels):
        raise RunError("The two runs answered different images; compare runs of the same seed and split.")
    right_a, right_b = a.predicted == a.labels, b.predicted == b.labels
    only_a, only_b = np.flatnonzero(right_a & ~right_b), np.flatnonzero(right_b & ~right_a)
    both, neither = np.count_nonzero(right_a & right_b), np.count_nonzero(~right_a & ~right_b)
    losses = b.losses - a.losses
    loss, half = float(losses.mean()), Z95 * float(losses.std(ddof=1)) / math.sqrt(len(losses))
    p = mcnemar(len(only_a), len(only_b))
    return Paired(int(both), int(neither), only_a, only_b, p, loss, (loss - half, loss + half))


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p that two as good networks differ at least so unevenly: a fair coin for each differing image.

    Q. McNemar, "Note on the sampling error of the difference between correlated proportions", Psychometrika 1947.
    """
    n, least = only_a + only_b, min(only_a, only_b)
    if only_a == only_b:
        return 1.0
    logs = [_log_choose(n, k) - n * math.log(2) for k in range(least + 1)]
    largest = max(logs)
    return min(1.0, 2 * math.exp(largest) * sum(math.exp(one - largest) for one in logs))


def holm(ps: Sequence[float]) -> list[float]:
    """The p of several comparisons, raised so that luck has one chance among them all, in the order given.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 1979.
    """
    raised, most = [0.0] * len(ps), 0.0
    for place, at in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        most = max(most, min(1.0, (len(ps) - place) * ps[at]))
        raised[at] = most
    return raised


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
