"""What a lesson promises to show, asked of the runs it trained: `make lessons` and the page ask alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from core.data import catalogue
from core.errors import N_
from core.evaluation.confusion import confusion
from core.evaluation.evaluation import Evaluation, Split, read
from core.evaluation.paired import paired
from core.evaluation.robustness import CHANGES
from core.fit import curves
from core.fit.rules import Finding
from core.fit.verdict import verdict
from core.network.predict import loaded
from core.runs.race import LETTERS
from core.runs.run import Run
from core.training import prepare

Measure = Literal["train_accuracy", "val_accuracy", "test_accuracy", "least_recall"]


@dataclass(frozen=True)
class Answer:
    """Whether a promise was kept, and the numbers it rests on.

    template  an English sentence, with the names of `values` in it; shares are 0..1
    """

    kept: bool
    template: str
    values: dict[str, Any]

    def __str__(self) -> str:
        return self.template.format(**{name: _short(value) for name, value in self.values.items()})


class Promise(Protocol):
    """One thing that must be seen in the finished runs of a lesson, A, B, C … in the order of its recipes."""

    def ask(self, runs: Sequence[Run]) -> Answer:
        """Raises RunError where a run has no answers yet."""


@dataclass(frozen=True)
class Shows:
    """The verdict on a run is one of these findings."""

    run: str
    findings: tuple[Finding, ...]

    def ask(self, runs: Sequence[Run]) -> Answer:
        shown = curves.of(_run(runs, self.run))
        said = verdict(shown) if shown else None
        found = said.finding if said else ""
        values = {"run": self.run, "finding": found}
        return Answer(found in self.findings, N_("{run}: the verdict is {finding}"), values)


@dataclass(frozen=True)
class Beats:
    """One run is better than another on the same validation images, beyond what luck would explain.

    by  accuracy: McNemar's exact test; loss: the paired 95 % interval leaves 0 out
    """

    better: str
    worse: str
    by: Literal["accuracy", "loss"] = "accuracy"

    def ask(self, runs: Sequence[Run]) -> Answer:
        worse, better = (read(_run(runs, letter), "validation") for letter in (self.worse, self.better))
        compared = paired(worse, better)
        values: dict[str, Any] = {"better": self.better, "worse": self.worse}
        if self.by == "loss":
            values |= {"better_loss": better.loss, "worse_loss": worse.loss, "n": compared.n}
            sentence = N_("Validation loss of {better}: {better_loss}, of {worse}: {worse_loss} (n = {n})")
            return Answer(compared.loss_interval[1] < 0, sentence, values)
        values |= {"better_accuracy": better.accuracy, "worse_accuracy": worse.accuracy, "n": compared.n}
        sentence = N_("Validation accuracy of {better}: {better_accuracy}, of {worse}: {worse_accuracy} (n = {n})")
        return Answer(compared.more_than_noise and compared.difference > 0, sentence, values)


@dataclass(frozen=True)
class Reaches:
    """A share of right answers of a run lies between two bounds.

    measure  "least_recall" is of the class of the validation images that is found most rarely
    """

    run: str
    measure: Measure
    at_least: float = 0.0
    at_most: float = 1.0

    def ask(self, runs: Sequence[Run]) -> Answer:
        share, n = MEASURES[self.measure](_run(runs, self.run))
        kept = self.at_least <= share <= self.at_most
        return Answer(kept, SENTENCES[self.measure], {"run": self.run, "share": share, "n": n})


@dataclass(frozen=True)
class Loses:
    """A run is right less often once its test images are changed as a camera changes them.

    change    a name in `core.evaluation.robustness.CHANGES`, with a strength in its unit
    at_most   the accuracy that is left, 0..1
    """

    run: str
    change: str
    strength: float
    at_most: float

    def ask(self, runs: Sequence[Run]) -> Answer:
        run = _run(runs, self.run)
        test, change = read(run, "test"), CHANGES[self.change]
        images = prepare.pictures(catalogue.dataset(run.config.dataset), run.config, test.rows)
        answers = loaded(run).network.probabilities(change.apply(images, self.strength)).argmax(axis=1)
        share = float(np.mean(answers == test.labels))
        values = {"run": self.run, "before": test.accuracy, "share": share, "n": test.n}
        sentence = N_("{run} has {before} of its test images right, and {share} once they are changed (n = {n})")
        return Answer(share <= self.at_most, sentence, values)


@dataclass(frozen=True)
class Flatters:
    """The test makes a run look better than validation does, beyond chance: their 95 % intervals do not touch."""

    run: str

    def ask(self, runs: Sequence[Run]) -> Answer:
        test, validation = (read(_run(runs, self.run), split) for split in ("test", "validation"))
        values = {"run": self.run, "test": test.accuracy, "validation": validation.accuracy, "n": validation.n}
        sentence = N_("{run} has {test} of the test images right, and {validation} of the validation images (n = {n})")
        return Answer(test.interval[0] > validation.interval[1], sentence, values)


def _split_accuracy(split: Split) -> Callable[[Run], tuple[float, int]]:
    def measured(run: Run) -> tuple[float, int]:
        evaluation = read(run, split)
        return evaluation.accuracy, evaluation.n

    return measured


def _least_recall(run: Run) -> tuple[float, int]:
    """Of the class that is found most rarely: the share of its images, and how many there are."""
    evaluation: Evaluation = read(run, "validation")
    recalls, counts = np.diag(confusion(evaluation, "true")), np.bincount(evaluation.labels)
    least = int(recalls.argmin())
    return float(recalls[least]), int(counts[least])


MEASURES: dict[Measure, Callable[[Run], tuple[float, int]]] = {
    "train_accuracy": _split_accuracy("train"),
    "val_accuracy": _split_accuracy("validation"),
    "test_accuracy": _split_accuracy("test"),
    "least_recall": _least_recall,
}
SENTENCES: dict[Measure, str] = {
    "train_accuracy": N_("{run} has {share} of its training images right (n = {n})"),
    "val_accuracy": N_("{run} has {share} of the validation images right (n = {n})"),
    "test_accuracy": N_("{run} has {share} of the test images right (n = {n})"),
    "least_recall": N_("{run} finds {share} of the class that it finds most rarely (n = {n})"),
}


def _run(runs: Sequence[Run], letter: str) -> Run:
    return runs[LETTERS.index(letter)]


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
