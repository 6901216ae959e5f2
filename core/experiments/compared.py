"""Which of several cells is best, and which of the others are within noise of it."""

from collections.abc import Mapping, Sequence

from core.errors import RunError
from core.evaluation.evaluation import read
from core.evaluation.paired import ALPHA, holm, paired
from core.experiments.measured import Measured, spread

Groups = Mapping[str, Sequence[Measured]]
"""Words for a place -> its runs, the seeds in the same order everywhere."""


def best_of(groups: Groups) -> tuple[str, list[str], list[str]]:
    """(the best by mean validation accuracy, those within noise of it, those that are worse beyond noise).

    Of one run each, by McNemar's exact test on the same validation images with Holm's correction; of several seeds, by
    Student's 95 % interval of the differences seed by seed.
    """
    best = max(groups, key=lambda place: (_mean(groups[place]), -_loss(groups[place])))
    others = [place for place in groups if place != best]
    worse = [place for place, apart in zip(others, _apart(groups, best, others), strict=True) if apart]
    return best, [place for place in others if place not in worse], worse


def _apart(groups: Groups, best: str, others: Sequence[str]) -> list[bool]:
    if len(groups[best]) > 1:
        return [_differs(groups[best], groups[place]) for place in others]
    ps = holm([_p(groups[place][0], groups[best][0]) for place in others])
    return [p < ALPHA for p in ps]


def _differs(better: Sequence[Measured], worse: Sequence[Measured]) -> bool:
    both = min(len(better), len(worse))
    return spread([better[at].val_accuracy - worse[at].val_accuracy for at in range(both)]).low > 0


def _p(one: Measured, other: Measured) -> float:
    try:
        return paired(read(one.run, "validation"), read(other.run, "validation")).p
    except RunError:  # other images held back: nothing can be said image by image
        return 1.0


def _mean(runs: Sequence[Measured]) -> float:
    return sum(one.val_accuracy for one in runs) / len(runs)


def _loss(runs: Sequence[Measured]) -> float:
    return sum(one.val_loss for one in runs) / len(runs)
