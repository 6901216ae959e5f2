"""What became of one run of an experiment, and what several of them say together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from core.evaluation.intervals import wilson
from core.fit import curves
from core.fit.rules import Finding
from core.fit.verdict import verdict
from core.runs.run import Run

SURE = 0.95


@dataclass(frozen=True)
class Measured:
    """A run that has ended. Accuracies are 0..1, losses cross-entropies, of the network that was kept.

    finding   the verdict on its curves; None where it is too early to say
    seconds   of its epochs, scoring included
    """

    run: Run
    accuracy: float
    val_accuracy: float
    loss: float
    val_loss: float
    n_validation: int
    finding: Finding | None
    epochs: int
    seconds: float
    parameters: int

    @property
    def gap(self) -> float:
        return self.accuracy - self.val_accuracy


def measured(run: Run) -> Measured | None:
    """Of a run; None before it has been tested, or where it failed."""
    status, history = run.status, run.history
    result = (status.result if status else None) or {}
    if not result or not history.epochs or "val_accuracy" not in result:
        return None
    kept = history.epochs[min(result["kept_epoch"], len(history.epochs)) - 1]
    shown = curves.of(run)
    said = verdict(shown) if shown else None
    return Measured(
        run=run,
        accuracy=float(kept["accuracy"]),
        val_accuracy=float(result["val_accuracy"]),
        loss=float(kept["loss"]),
        val_loss=float(result["val_loss"]),
        n_validation=int(result["n_validation"]),
        finding=said.finding if said else None,
        epochs=len(history.epochs),
        seconds=sum(history.column("seconds")),
        parameters=int(history.start["parameters"]),
    )


@dataclass(frozen=True)
class Spread:
    """Several values of the same thing: their mean with its 95 % interval, and how far single ones lie apart."""

    mean: float
    low: float
    high: float
    deviation: float
    n: int


def spread(values: Sequence[float]) -> Spread:
    """Student's interval of the mean; of one value alone nothing is known, and the interval is infinite.

    "Student" (W. S. Gosset), "The probable error of a mean", Biometrika 1908.
    """
    array = np.asarray(values, float)
    mean, n = float(array.mean()), len(array)
    if n < 2:
        return Spread(mean, -math.inf, math.inf, math.nan, n)
    deviation = float(array.std(ddof=1))
    half = float(t.ppf(0.5 + SURE / 2, n - 1)) * deviation / math.sqrt(n)
    return Spread(mean, mean - half, mean + half, deviation, n)


def interval(runs: Sequence[Measured]) -> tuple[float, float]:
    """Of the validation accuracy: Wilson's of one run, Student's of several, within 0..1."""
    if len(runs) == 1:
        return wilson(round(runs[0].val_accuracy * runs[0].n_validation), runs[0].n_validation)
    found = spread([one.val_accuracy for one in runs])
    return max(0.0, found.low), min(1.0, found.high)
