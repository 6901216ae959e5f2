"""What became of one run of an experiment, and what several of them say together."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.evaluation.intervals import student_quantile, wilson
from core.fit import curves
from core.fit.confidence import weighed
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
    seed: int
    accuracy: float
    val_accuracy: float
    loss: float
    val_loss: float
    n_validation: int
    finding: Finding | None
    epochs: int
    seconds: float
    parameters: int
    outputs: int

    @functools.cached_property
    def doubtful(self) -> bool:
        """Whether its verdict is less likely right than wrong; as long as 27 verdicts, so once it is asked."""
        shown = curves.of(self.run)
        said = weighed(verdict(shown), shown) if shown else None
        return said is not None and said.confidence < 0.5

    @property
    def gap(self) -> float:
        return self.accuracy - self.val_accuracy

    @property
    def hits(self) -> int:
        """Validation images that are right."""
        return round(self.val_accuracy * self.n_validation)


def measured(run: Run, also: tuple[str, ...] = ()) -> Measured | None:
    """Of a run that was trained to its end and tested, read once while its files stay as they are; None of others.

    also  other states in which a tested run counts, such as "stopped"
    """
    try:
        changed = (run.folder / "status.json").stat().st_mtime_ns
    except OSError:
        return None
    return _measured(run.folder, changed, ("finished", *also))


@functools.lru_cache(maxsize=1000)
def _measured(folder: Path, _changed: int, states: tuple[str, ...]) -> Measured | None:
    run = Run(folder)
    status, history = run.status, run.history
    result = (status.result if status and status.state in states else None) or {}
    if not history.epochs or not {"val_accuracy", "val_loss", "n_validation", "kept_epoch"} <= set(result):
        return None
    kept = history.epochs[min(max(result["kept_epoch"], 1), len(history.epochs)) - 1]
    shown = curves.of(run)
    said = verdict(shown) if shown else None
    return Measured(
        run=run,
        seed=run.config.seed,
        accuracy=float(kept["accuracy"]),
        val_accuracy=float(result["val_accuracy"]),
        loss=float(kept["loss"]),
        val_loss=float(result["val_loss"]),
        n_validation=int(result["n_validation"]),
        finding=said.finding if said else None,
        epochs=len(history.epochs),
        seconds=sum(history.column("seconds")),
        parameters=int(history.start["parameters"]),
        outputs=int(history.start["n_classes"]),
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
    half = student_quantile(0.5 + SURE / 2, n - 1) * deviation / math.sqrt(n)
    return Spread(mean, mean - half, mean + half, deviation, n)


def mean_accuracy(runs: Sequence[Measured]) -> float:
    """Of their validation images, 0..1."""
    return sum(one.val_accuracy for one in runs) / len(runs)


def interval(runs: Sequence[Measured]) -> tuple[float, float]:
    """Of the validation accuracy: Wilson's of one run, Student's of several, within 0..1."""
    if len(runs) == 1:
        return wilson(runs[0].hits, runs[0].n_validation)
    found = spread([one.val_accuracy for one in runs])
    return max(0.0, found.low), min(1.0, found.high)


def by_seed(a: Sequence[Measured], b: Sequence[Measured]) -> list[tuple[Measured, Measured]]:
    """Pairs of runs of the same seed, which learnt from the same images: one that is missing has no partner."""
    others = {one.seed: one for one in b}
    return [(one, others[one.seed]) for one in a if one.seed in others]
