"""Whether a network is right as often as it says it is: the reliability diagram and the calibration error."""

from dataclasses import dataclass

import numpy as np

from core.evaluation.evaluation import Evaluation
from core.evaluation.intervals import wilson

BINS = 15  # as in Guo et al. 2017


@dataclass(frozen=True)
class Reliability:
    """Images in bins of equal width by the probability of the answer; an empty bin has NaN, and 0..1 as interval.

    edges       (bins + 1,) float64 from 0 to 1; a bin holds its upper edge, not its lower one
    confidence  (bins,) float64, mean probability of the answers in it
    accuracy    (bins,) float64, share of right answers
    n           (bins,) int64
    intervals   (bins, 2) float64, 95 % interval of the accuracy (Wilson)
    error       expected calibration error, 0..1; NaN where there is no image
    """

    edges: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    n: np.ndarray
    intervals: np.ndarray
    error: float


def reliability(evaluation: Evaluation, bins: int = BINS) -> Reliability:
    """Confidence against accuracy in so many bins, and how far they are apart.

    Guo, Pleiss, Sun, Weinberger 2017, "On Calibration of Modern Neural Networks", equations 2 and 3.
    """
    edges = np.linspace(0, 1, bins + 1)
    inner = edges[1:-1].astype(np.float32)  # like the probabilities: 0.8 is on the edge 0.8
    inside = np.searchsorted(inner, evaluation.confidence)
    right = evaluation.predicted == evaluation.labels
    n = np.bincount(inside, minlength=bins)
    hits = np.bincount(inside, weights=right, minlength=bins)
    sure = np.bincount(inside, weights=evaluation.confidence, minlength=bins)
    return Reliability(
        edges,
        confidence=_share(sure, n),
        accuracy=_share(hits, n),
        n=n,
        intervals=np.array([wilson(int(hit), int(of)) for hit, of in zip(hits, n, strict=True)]),
        error=float(np.abs(hits - sure).sum() / evaluation.n) if evaluation.n else float("nan"),
    )


def calibration_error(evaluation: Evaluation, bins: int = BINS) -> float:
    """Expected calibration error in 0..1: the gap of each bin, weighted by its images; NaN where there is no image."""
    return reliability(evaluation, bins).error


def _share(part: np.ndarray, n: np.ndarray) -> np.ndarray:
    return np.where(n > 0, part / np.maximum(n, 1), np.nan)
