"""Labels that are probably wrong, by answers of networks that had not learnt from these images.

C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", Journal of
Artificial Intelligence Research 70 (2021), section 3.1 (thresholds, equation 2) and 3.2 (ranking by the margin).
"""

from collections.abc import Sequence

import numpy as np

from core.evaluation.evaluation import Evaluation
from core.evaluation.worst import Answers, answers


def together(evaluations: Sequence[Evaluation]) -> Evaluation:
    """The answers to several parts of the same dataset as one."""
    labels, probabilities, rows = (
        np.concatenate([getattr(one, name) for one in evaluations]) for name in ("labels", "probabilities", "rows")
    )
    return Evaluation(labels, probabilities, rows, evaluations[0].classes, evaluations[0].dataset)


def thresholds(evaluation: Evaluation) -> np.ndarray:
    """How sure an answer is of a class on average where that is the label, (classes,); 1 for one without an image."""
    n = len(evaluation.classes)
    counts = np.bincount(evaluation.labels, minlength=n)
    sums = np.bincount(evaluation.labels, weights=evaluation.true_probability, minlength=n)
    return np.where(counts > 0, sums / np.maximum(counts, 1), 1.0)


def label_errors(evaluation: Evaluation) -> Answers:
    """The images whose answer is another class, as surely as those that really carry its label; the surest first."""
    sure = evaluation.probabilities >= thresholds(evaluation)
    candidates = np.where(sure, evaluation.probabilities, -1.0)
    said = candidates.argmax(axis=1)
    wrong = np.flatnonzero(sure.any(axis=1) & (said != evaluation.labels))
    margin = evaluation.true_probability[wrong] - evaluation.probabilities[wrong, said[wrong]]
    return answers(evaluation, wrong[np.argsort(margin, kind="stable")])
