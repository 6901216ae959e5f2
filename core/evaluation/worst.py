"""Which images to look at: the worst losses, the surest mistakes, and those behind one cell of the matrix."""

from dataclasses import dataclass

import numpy as np

from core.evaluation.evaluation import Evaluation


@dataclass(frozen=True, eq=False)
class Answers:
    """Some images of a split in the order to show them, with what was true and what was answered: (k,) each.

    positions              int64, in the split: index of `Evaluation.labels`
    rows                   int64, in the dataset: for `core.training.prepare.pictures`
    true, predicted        int64, classes
    true_probability       float32, of the true class
    predicted_probability  float32, of the answer
    losses                 float64, cross-entropy
    """

    positions: np.ndarray
    rows: np.ndarray
    true: np.ndarray
    predicted: np.ndarray
    true_probability: np.ndarray
    predicted_probability: np.ndarray
    losses: np.ndarray

    def __len__(self) -> int:
        return len(self.positions)


def answers(evaluation: Evaluation, positions: np.ndarray) -> Answers:
    """The images at these positions of the split, in that order."""
    return Answers(
        positions,
        evaluation.rows[positions],
        evaluation.labels[positions],
        evaluation.predicted[positions],
        evaluation.true_probability[positions],
        evaluation.confidence[positions],
        evaluation.losses[positions],
    )


def worst(evaluation: Evaluation, k: int) -> Answers:
    """The at most `k` images of the highest loss, highest first: mistakes, and after them right answers in doubt."""
    return answers(evaluation, np.argsort(-evaluation.losses, kind="stable")[:k])


def most_confident_mistakes(evaluation: Evaluation, k: int) -> Answers:
    """The at most `k` wrong answers that were given with the highest probability, highest first."""
    return _by_confidence(evaluation, evaluation.predicted != evaluation.labels, k)


def cell(evaluation: Evaluation, true: int, predicted: int) -> Answers:
    """The images in one cell of the confusion matrix, the most confident answer first."""
    return _by_confidence(evaluation, (evaluation.labels == true) & (evaluation.predicted == predicted))


def false_negatives(evaluation: Evaluation, label: int) -> Answers:
    """Images of a class that were taken for another, the most confident answer first."""
    return _by_confidence(evaluation, (evaluation.labels == label) & (evaluation.predicted != label))


def false_positives(evaluation: Evaluation, label: int) -> Answers:
    """Images of other classes that were taken for this one, the most confident answer first."""
    return _by_confidence(evaluation, (evaluation.labels != label) & (evaluation.predicted == label))


def _by_confidence(evaluation: Evaluation, wanted: np.ndarray, k: int | None = None) -> Answers:
    positions = np.flatnonzero(wanted)
    order = np.argsort(-evaluation.confidence[positions], kind="stable")[:k]
    return answers(evaluation, positions[order])
