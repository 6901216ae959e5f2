"""What another threshold would give for one class: the ROC and the precision–recall curve, with their areas."""

from dataclasses import dataclass

import numpy as np

from core.evaluation.evaluation import Evaluation

POINTS = 200  # of a curve as it is drawn; more cannot be told apart on a screen


@dataclass(frozen=True)
class Curve:
    """A curve over thresholds, which fall from infinity: an image counts as the class from that probability on.

    x, y, thresholds  (points,) float64, at most `POINTS`, both ends kept; empty where the curve is not defined
    area              under the whole curve, before thinning; NaN where it is not defined
    """

    x: np.ndarray
    y: np.ndarray
    thresholds: np.ndarray
    area: float


UNDEFINED = Curve(np.empty(0), np.empty(0), np.empty(0), float("nan"))


def roc(evaluation: Evaluation, label: int, points: int = POINTS) -> Curve:
    """x: of the other images, the share taken for this class; y: of this class, the share found; area: AUC.

    From (0, 0) to (1, 1). Not defined where the split has no image of the class, or no other.
    """
    thresholds, hits, alarms = _at_thresholds(evaluation, label)
    if not (hits[-1] and alarms[-1]):
        return UNDEFINED
    x, y = alarms / alarms[-1], hits / hits[-1]
    return _drawn(x, y, thresholds, float(np.trapezoid(y, x)), points)


def precision_recall(evaluation: Evaluation, label: int, points: int = POINTS) -> Curve:
    """x: recall, y: precision, area: average precision.

    From (0, 1), where nothing is taken for the class and precision is 1 by convention, to recall 1. Not defined where
    the split has no image of the class. Average precision is the sum of precision times the step in recall, without
    straight lines between the points, which would flatter: Davis and Goadrich 2006, "The relationship between
    precision-recall and ROC curves".
    """
    thresholds, hits, alarms = _at_thresholds(evaluation, label)
    if not hits[-1]:
        return UNDEFINED
    recall, precision = hits / hits[-1], np.ones(len(hits))
    precision[1:] = hits[1:] / (hits[1:] + alarms[1:])
    return _drawn(recall, precision, thresholds, float(np.diff(recall) @ precision[1:]), points)


def _at_thresholds(evaluation: Evaluation, label: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each probability that occurs, largest first, after infinity; from it on, how many of the class, how many others.

    Images of the same probability pass together: their order must not make the curve better or worse.
    """
    scores = evaluation.probabilities[:, label]
    order = np.argsort(-scores, kind="stable")
    scores, hit = scores[order], evaluation.labels[order] == label
    last = np.flatnonzero(np.diff(scores, append=-1) != 0)  # of each group of equal ones
    hits = np.cumsum(hit)[last]
    start = np.zeros(1, np.int64)
    thresholds = np.concatenate([[np.inf], scores[last]])
    return thresholds, np.concatenate([start, hits]), np.concatenate([start, last + 1 - hits])


def _drawn(x: np.ndarray, y: np.ndarray, thresholds: np.ndarray, area: float, points: int) -> Curve:
    """Thinned by the way along the curve, not by every so-manieth threshold, so that no corner is lost."""
    if len(x) > points:
        way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
        kept = np.searchsorted(way, np.linspace(0, way[-1], points))
        kept[-1] = len(x) - 1  # among points in the same place the last, to end at the lowest threshold
        kept = np.unique(kept)
        x, y, thresholds = x[kept], y[kept], thresholds[kept]
    return Curve(x, y, thresholds, area)
