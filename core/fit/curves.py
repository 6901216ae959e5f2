"""The curves that are judged: of a run, or of a table that was made elsewhere."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import DataError
from core.runs.history import History
from core.runs.run import Run

LOSSES = ("loss", "val_loss")
LINES = (*LOSSES, "accuracy", "val_accuracy")
COUNTS = ("n_train", "n_validation", "n_classes")
COLUMNS = ("epoch", *LINES, *COUNTS)  # of a table; as `python -m core history` writes them


@dataclass(frozen=True)
class Curves:
    """A training so far: one value an epoch, in inference mode, the same images each time.

    loss, val_loss          cross-entropy, 0 or more; what is no number has diverged
    accuracy, val_accuracy  0..1
    n_train, n_validation   how many images each value is the mean of
    n_classes               2 or more
    label_noise             the share of the training labels that were replaced by wrong ones, 0..1
    baseline                the share of the commonest class among the validation images, 0..1
    at_once                 of a classical learner, which has no epochs: one value stands for all
    """

    loss: tuple[float, ...]
    val_loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    n_train: int
    n_validation: int
    n_classes: int
    label_noise: float = 0.0
    baseline: float = 0.0
    at_once: bool = False

    @property
    def epochs(self) -> int:
        return len(self.loss)

    @property
    def finite(self) -> bool:
        """Whether all losses are numbers."""
        return all(map(math.isfinite, (*self.loss, *self.val_loss)))

    def until(self, epochs: int) -> "Curves":
        """As it looked after so many epochs."""
        return replace(self, **{name: getattr(self, name)[:epochs] for name in LINES})

    def held(self, epochs: int) -> "Curves":
        """As if nothing had changed for so many epochs."""
        last: dict[str, Any] = {name: getattr(self, name)[-1:] * epochs for name in LINES}
        return replace(self, **last)


def of(run: Run) -> Curves | None:
    """The curves of a run, as far as it is; None before its first epoch."""
    return of_history(run.history, run.config.label_noise, run.diverged)


def of_history(history: History, label_noise: float = 0.0, diverged: bool = False) -> Curves | None:
    """The same where a history is followed; a training that diverged ended in an epoch of which no line tells."""
    if not (history.epochs or (diverged and history.start)):
        return None
    start, end = history.start, (math.nan,) * diverged
    loss, val_loss, accuracy, val_accuracy = (history.column(name) for name in LINES)
    return Curves(
        (*loss, *end),
        (*val_loss, *end),
        (*accuracy, *end),
        (*val_accuracy, *end),
        start["n_scored"],
        start["n_validation"],
        start["n_classes"],
        label_noise,
        start.get("baseline", 0.0),
        start.get("at_once", False),
    )


def read(path: Path, label_noise: float = 0.0) -> Curves:
    """The curves of a CSV file with a line an epoch and the columns COLUMNS; raises DataError."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            header, lines = table.fieldnames or (), list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError("{path} cannot be read: {reason}", path=str(path), reason=str(error)) from error
    missing = [name for name in COLUMNS if name not in header]
    if missing or not lines:
        raise DataError(
            "{path} is no history: it lacks {missing}. It needs one line an epoch and the columns {columns}.",
            path=str(path),
            missing=", ".join(missing) or "any epoch",
            columns=", ".join(COLUMNS),
        )
    n_train, n_validation, n_classes = (int(_number(path, 1, lines[0], name, 1)) for name in COUNTS)
    loss, val_loss, accuracy, val_accuracy = (
        tuple(_number(path, at, line, name, 0) for at, line in enumerate(lines, 1)) for name in LINES
    )
    return Curves(loss, val_loss, accuracy, val_accuracy, n_train, n_validation, n_classes, label_noise)


def _finite_losses(line: Mapping[str, str]) -> bool:
    return all(line[name].strip().lower().lstrip("+-") not in ("nan", "inf", "infinity") for name in LOSSES)


def _number(path: Path, at: int, line: Mapping[str, str], name: str, least: float) -> float:
    """A value of a table; in an epoch that diverged, a loss is no number, and the accuracy may be none."""
    try:
        value = float(line[name])
    except (TypeError, ValueError):
        value = -1.0
    if name in LINES and not math.isfinite(value) and (name in LOSSES or not _finite_losses(line)):
        return value
    if not (math.isfinite(value) and value >= least) or (name in ("accuracy", "val_accuracy") and value > 1):
        raise DataError(
            "{path}, epoch {at}: {name} is {value}; it has to be a number, an accuracy one from 0 to 1.",
            path=str(path),
            at=at,
            name=name,
            value=repr(line[name]),
        )
    return value
