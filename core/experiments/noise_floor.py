"""How far runs of one recipe lie apart that differ only in their seed: what a difference of two runs has to exceed.

McNemar's test (`evaluation.paired`) tells whether two *networks* answer differently; whether their *recipes* do, only
further seeds can tell, with which each begins elsewhere and, mostly, other images are held back.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.evaluation.intervals import student_p, student_quantile
from core.evaluation.paired import ALPHA
from core.experiments.measured import Measured, Spread, by_seed, measured, spread
from core.runs.run import Run

FEWEST = 3  # seeds; of two the deviation may be anything, and Student's limit would be 18 deviations


@dataclass(frozen=True)
class Floor:
    """The scatter of one recipe.

    runs       that have ended, one for each seed
    deviation  standard deviation of their validation accuracy, 0..1; no less than the steps in which it comes
    diverged   further runs of it whose loss stopped being a number, which have no accuracy and so are not in it
    """

    runs: tuple[Measured, ...]
    deviation: float
    diverged: int = 0

    @property
    def n(self) -> int:
        return len(self.runs)


@dataclass(frozen=True)
class Noise:
    """By how much two single runs differ by luck alone.

    scatter  standard deviation of their difference, 0..1
    freedom  degrees of freedom with which that is known
    """

    scatter: float
    freedom: float

    @property
    def limit(self) -> float:
        """The difference that luck exceeds one time in twenty."""
        return student_quantile(1 - ALPHA / 2, self.freedom) * self.scatter

    def chance(self, difference: float) -> float:
        """How often luck alone makes a difference at least so large, 0..1, by Student's distribution."""
        return student_p(difference / self.scatter, self.freedom)


def floor(runs: Iterable[Run]) -> Floor | None:
    """Of runs of one recipe, whatever their seeds; None while fewer than three seeds have come to their end.

    A seed that was trained twice counts once: it would come to the same.
    """
    runs = list(runs)
    ended = {one.seed: one for run in runs if (one := measured(run))}
    if len(ended) < FEWEST:
        return None
    kept = tuple(ended[seed] for seed in sorted(ended))
    step = 1 / min(one.n_validation for one in kept)
    deviation = max(spread([one.val_accuracy for one in kept]).deviation, step / math.sqrt(12))
    return Floor(kept, deviation, len({run.config.seed for run in runs if run.diverged} - set(ended)))


def noise(one: Floor | None, other: Floor | None = None) -> Noise | None:
    """Of a run of one recipe and a run of another; None where nothing is known of either.

    Variances add up. Where one recipe alone has its floor, the other is taken to scatter as much: then the difference
    has √2 times its deviation. Of two, the degrees of freedom are Welch's.

    B. L. Welch, "The generalization of 'Student's' problem when several different population variances are involved",
    Biometrika 1947.
    """
    known = [(each.deviation**2, each.n - 1) for each in (one, other) if each]
    if not known:
        return None
    if len(known) == 1:
        return Noise(math.sqrt(2 * known[0][0]), known[0][1])
    total = sum(variance for variance, _freedom in known)
    return Noise(math.sqrt(total), total**2 / sum(variance**2 / freedom for variance, freedom in known))


def over_seeds(one: Floor, other: Floor) -> Spread | None:
    """The other's accuracy minus the one's over the seeds that both have; None of fewer than three, or of no scatter.

    Seed by seed they learnt from the same images, so this sees more than two single runs do.
    """
    pairs: Sequence[tuple[Measured, Measured]] = by_seed(one.runs, other.runs)
    if len(pairs) < FEWEST:
        return None
    found = spread([b.val_accuracy - a.val_accuracy for a, b in pairs])
    return found if found.deviation > 0 else None
