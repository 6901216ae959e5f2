"""Which of several places is best, and which of the others are within noise of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import RunError
from core.evaluation.evaluation import read
from core.evaluation.intervals import student_p
from core.evaluation.paired import ALPHA, Paired, holm, paired
from core.experiments.kind import At, Result
from core.experiments.measured import Measured, by_seed, mean_accuracy, spread

Group = tuple[At, Sequence[Measured]]
"""A place and its runs, one for each seed."""


@dataclass(frozen=True)
class Ranking:
    """The best by mean validation accuracy, those within noise of it, and those that are worse beyond noise."""

    best: Group
    near: list[At]
    worse: list[At]


def grouped(results: Sequence[Result]) -> list[Group]:
    """The runs of each place, in the order of the plan."""
    groups: dict[str, tuple[At, list[Measured]]] = {}
    for at, one in results:
        groups.setdefault(repr(sorted(at.items())), (at, []))[1].append(one)
    return list(groups.values())


def ranking(groups: Sequence[Group], best: Group | None = None) -> Ranking:
    """The others against the best, by default the one with the most validation images right.

    Of one run each by McNemar's exact test on the same validation images, of several seeds by Student's paired test.

    With several others luck has several chances: Holm's correction.
    """
    best = best or max(groups, key=lambda group: (mean_accuracy(group[1]), -_loss(group[1])))
    others = [group for group in groups if group is not best]
    ps = holm([chance(runs, best[1]) for _at, runs in others])
    near = [at for (at, _runs), p in zip(others, ps, strict=True) if p >= ALPHA]
    worse = [at for (at, _runs), p in zip(others, ps, strict=True) if p < ALPHA]
    return Ranking(best, near, worse)


def chance(one: Sequence[Measured], other: Sequence[Measured]) -> float:
    """How often luck alone would set two places at least so far apart, 0..1; 1 where nothing can be said."""
    pairs = by_seed(one, other)
    if len(pairs) != 1:
        return _by_seeds(pairs)
    compared = by_image(*pairs[0])
    return compared.p if compared else 1.0


def by_image(one: Measured, other: Measured) -> Paired | None:
    """Two runs on the same validation images; None where their answers cannot be compared."""
    try:
        return paired(read(one.run, "validation"), read(other.run, "validation"))
    except RunError:  # other images held back, or an answer that is gone
        return None


def _by_seeds(pairs: Sequence[tuple[Measured, Measured]]) -> float:
    """Student's test of the differences. Accuracies come in steps of one image, so they scatter by no less than that:
    two seeds that both differ by the same one image prove nothing.
    """
    if len(pairs) < 2:
        return 1.0
    found = spread([b.val_accuracy - a.val_accuracy for a, b in pairs])
    step = 1 / min(b.n_validation for _a, b in pairs)
    scatter = max(found.deviation, step / math.sqrt(12)) / math.sqrt(found.n)
    return student_p(found.mean / scatter, found.n - 1)


def _loss(runs: Sequence[Measured]) -> float:
    return sum(one.val_loss for one in runs) / len(runs)
