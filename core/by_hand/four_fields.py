"""One class against all others, by hand: four counts, and what is made of them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FourFields:
    """How often one class was said and was meant.

    tp  said, and it was one           fp  said, and it was none
    fn  it was one, and not said       tn  it was none, and not said
    """

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n(self) -> int:
        return self.tp + self.fp + self.fn + self.tn

    @property
    def accuracy(self) -> float | None:
        """The share that was right, 0..1; None without any image."""
        return _share(self.tp + self.tn, self.n)

    @property
    def precision(self) -> float | None:
        """Of what was called by this name, the share that was rightly so; None where nothing was."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """Of what carries this name, the share that was found; None where nothing does."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, 2·TP / (2·TP + FP + FN); None where neither exists."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


def of_class(confusion: np.ndarray, number: int) -> FourFields:
    """The fields of one class in a confusion matrix (classes, classes), rows what it is, columns what was said."""
    tp = int(confusion[number, number])
    fn, fp = int(confusion[number].sum()) - tp, int(confusion[:, number].sum()) - tp
    return FourFields(tp, fp, fn, int(confusion.sum()) - tp - fn - fp)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
