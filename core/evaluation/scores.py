"""How good a network is class by class: precision, recall, F1, their averages, and top-k accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.confusion import confusion
from core.evaluation.evaluation import Evaluation
from core.evaluation.intervals import wilson

Interval = tuple[float, float]


@dataclass(frozen=True)
class ClassScore:
    """One class against all others; shares in 0..1, intervals 95 % (Wilson).

    precision  of the images taken for this class, the share that is; 0 where none was, as in scikit-learn, and the
               interval 0..1 then says that nothing is known
    recall     of the images of this class, the share that was found; 0 where there is none, with the same interval
    f1         harmonic mean of the two
    support    images of this class
    predicted  images taken for this class
    """

    label: int
    name: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int
    precision_interval: Interval
    recall_interval: Interval


@dataclass(frozen=True)
class Average:
    """Means over classes, in 0..1; NaN where there is no image."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class TopK:
    """The share of images whose true class is among the `k` likeliest, with its 95 % interval (Wilson)."""

    k: int
    accuracy: float
    interval: Interval
    n: int


def per_class(evaluation: Evaluation) -> tuple[ClassScore, ...]:
    """The scores of all classes, index = label."""
    counts = confusion(evaluation)
    columns = counts.diagonal().tolist(), counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()
    named = zip(evaluation.classes, *columns, strict=True)
    return tuple(_score(label, name, *numbers) for label, (name, *numbers) in enumerate(named))


def macro(scores: Sequence[ClassScore]) -> Average:
    """Each class counts the same; left out are those that neither occur nor are ever answered, as in scikit-learn."""
    return _average(scores, [float(score.support + score.predicted > 0) for score in scores])


def weighted(scores: Sequence[ClassScore]) -> Average:
    """Each class counts by its images."""
    return _average(scores, [float(score.support) for score in scores])


def top_k(evaluation: Evaluation, k: int) -> TopK:
    """Accuracy where `k` ≥ 1 answers are allowed: 1 is the accuracy. Of equally likely classes the first counts."""
    true = evaluation.true_probability[:, None]
    earlier = np.arange(len(evaluation.classes)) < evaluation.labels[:, None]
    ahead = (evaluation.probabilities > true) | ((evaluation.probabilities == true) & earlier)
    hits, n = int(np.count_nonzero(ahead.sum(axis=1) < k)), evaluation.n
    return TopK(k, hits / n if n else float("nan"), wilson(hits, n), n)


def _score(label: int, name: str, hits: int, support: int, predicted: int) -> ClassScore:
    return ClassScore(
        label,
        name,
        precision=hits / max(predicted, 1),
        recall=hits / max(support, 1),
        f1=2 * hits / max(support + predicted, 1),
        support=support,
        predicted=predicted,
        precision_interval=wilson(hits, predicted),
        recall_interval=wilson(hits, support),
    )


def _average(scores: Sequence[ClassScore], weights: list[float]) -> Average:
    if not sum(weights):
        return Average(*[float("nan")] * 3)
    values = [[score.precision, score.recall, score.f1] for score in scores]
    return Average(*np.average(values, axis=0, weights=weights).tolist())
