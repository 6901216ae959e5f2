"""Which class is taken for which: the confusion matrix, its worst cells, and orders that make it readable."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.evaluation.evaluation import Evaluation

Normalise = Literal["counts", "true", "predicted"]
Order = Literal["name", "errors", "support", "similarity"]
ORDERED = 500  # classes; the best order of so many takes 0.13 s, of 1000 it would take 1.6 s


@dataclass(frozen=True)
class Confused:
    """`n` images of class `true` were taken for class `predicted`; `share` is of all images of class `true`, 0..1."""

    true: int
    predicted: int
    n: int
    share: float


def confusion(evaluation: Evaluation, normalise: Normalise = "counts") -> np.ndarray:
    """(classes, classes): rows are true classes, columns predicted ones.

    normalise  "counts" gives int64; "true" and "predicted" give float64, shares of each row or of each column, where
               an empty row or column stays 0, as in scikit-learn
    """
    classes = len(evaluation.classes)
    cells = evaluation.labels * classes + evaluation.predicted
    counts = np.bincount(cells, minlength=classes * classes).reshape(classes, classes)
    if normalise == "counts":
        return counts
    total = counts.sum(axis=1 if normalise == "true" else 0, keepdims=True)
    return counts / np.maximum(total, 1)


def most_confused(evaluation: Evaluation, k: int) -> list[Confused]:
    """The at most `k` pairs with the most images, of equal ones the larger share first; none where all is right."""
    counts = confusion(evaluation)
    support = counts.sum(axis=1)
    np.fill_diagonal(counts, 0)
    true, predicted = np.nonzero(counts)
    n = counts[true, predicted]
    share = n / support[true]
    order = np.lexsort((predicted, true, -share, -n))[:k]
    return [Confused(int(true[i]), int(predicted[i]), int(n[i]), float(share[i])) for i in order]


def sorted_classes(evaluation: Evaluation, by: Order) -> np.ndarray:
    """All class indices in the order of rows and columns, (classes,) int64.

    by  "name": by the alphabet, numbers in names by their value; "errors": those missed most often first;
        "support": those with the most images first; "similarity": classes that are taken for each other side by side
    """
    if by == "name":
        names = [_as_sorted(name) for name in evaluation.classes]
        return np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
    counts = confusion(evaluation)
    if by == "similarity":
        return _side_by_side(confusion(evaluation, "true"))
    support = counts.sum(axis=1)
    return np.argsort(-(support - counts.diagonal() if by == "errors" else support), kind="stable")


def _as_sorted(name: str) -> list[str | int]:
    """Text and numbers in turn, so that "Class 10" comes after "Class 9"."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", name)]


def _side_by_side(rates: np.ndarray) -> np.ndarray:
    """The leaves of a tree that joins the classes most often confused first, each beside its likest neighbour.

    rates  (classes, classes), rows add up to 1: by shares, so that a small class counts as much as a large one
    The order within the tree: Bar-Joseph et al. 2001, "Fast optimal leaf ordering for hierarchical clustering".
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(rates) < 2:
        return np.arange(len(rates))
    apart = 1 - (rates + rates.T) / 2
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform(apart, checks=False), "average", optimal_ordering=len(rates) <= ORDERED)
    order = leaves_list(tree).astype(np.int64)
    return order if order[0] < order[-1] else order[::-1]  # an order and its mirror image are equally good
