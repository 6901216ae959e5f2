"""The answers to every image by the network that had not learnt from it, from the runs of a cross-validation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.evaluation.evaluation import Evaluation, read
from core.evaluation.label_errors import label_errors, together
from core.evaluation.worst import Answers
from core.experiments import experiment as experiments
from core.experiments.experiment import Experiment
from core.experiments.kind import Result, kinds
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore


def out_of_fold(results: Sequence[Result]) -> Evaluation | None:
    """Of the folds that have ended; None before the first. Raises RunError where answers are gone or damaged."""
    return together([read(one.run, "validation") for _at, one in results]) if results else None


def about_the_images_of(store: RunStore, run: Run) -> Experiment | None:
    """The cross-validation that has answers to the images of a run: of the same version of its dataset and its classes.

    Of several one with as much label noise, and of these the newest; None where there is none with a fold that ended.
    """
    own, folds = run.config, {name for name, kind in kinds().items() if kind.chart == "folds"}
    same = [
        one
        for one in experiments.experiments(store)
        if one.kind in folds and _images(one.recipe) == _images(own) and experiments.results(store, one)
    ]
    return min(same, key=lambda one: one.recipe.label_noise != own.label_noise, default=None)


@dataclass(frozen=True, eq=False)
class Suspects:
    """Training images of a run whose label, as it was learnt, is probably wrong.

    found      the surest first; positions count among `asked`
    changed    (k,) bool, which of them really had their label changed on purpose (label noise)
    asked      the training images that there are out-of-fold answers to, with the labels that the run learnt
    n_changed  how many of `asked` had their label changed
    """

    found: Answers
    changed: np.ndarray
    asked: Evaluation
    n_changed: int

    @property
    def hits(self) -> int:
        """Suspected, and really changed."""
        return int(self.changed.sum())


def suspects(learnt: Evaluation, answers: Evaluation, changed: np.ndarray) -> Suspects:
    """What the answers of a cross-validation say against the labels that a run learnt.

    learnt   the run's training images, with these labels
    changed  positions among them whose label was changed on purpose
    """
    order = np.argsort(answers.rows, kind="stable")
    place = np.minimum(np.searchsorted(answers.rows[order], learnt.rows), len(order) - 1)
    known = np.flatnonzero(answers.rows[order[place]] == learnt.rows)
    probabilities = answers.probabilities[order[place[known]]]
    asked = replace(learnt, labels=learnt.labels[known], rows=learnt.rows[known], probabilities=probabilities)
    found, was_changed = label_errors(asked), np.isin(known, changed)
    return Suspects(found, was_changed[found.positions], asked, int(was_changed.sum()))


def _images(recipe: TrainingConfig) -> tuple[object, ...]:
    """What decides which images there are; no version is the original one."""
    return recipe.dataset, recipe.spelled_out().dataset_version, recipe.classes
