"""One change of a recipe that its verdict suggests: the first of its list that this recipe leaves open.

A change is one setting; everything else, the seed too, stays as it was, so that what follows is due to it. The order
of each list is a judgement; how often it helps was measured afterwards (`benchmarks/advice.py`, docs/verdict.md).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.data import catalogue
from core.errors import FitscopeError
from core.fit.rules import Finding
from core.recipe.config import SETTINGS, TrainingConfig, counts

USUAL_RATE = {"adam": 1e-3, "adamw": 1e-3, "rmsprop": 1e-3, "sgd": 1e-2}  # of each optimizer, where trainings go well
MORE_IMAGES = 4  # times as many


@dataclass(frozen=True)
class Change:
    """Another value for one setting."""

    setting: str
    value: Any

    def applied(self, recipe: TrainingConfig) -> TrainingConfig:
        """The recipe with it; raises SettingError."""
        return replace(recipe, **{self.setting: self.value})


def suggestion(finding: Finding, recipe: TrainingConfig) -> Change | None:
    """What to try next; None where nothing is wrong, or nothing is left to try."""
    return next((change for change in CURES[finding](recipe) if _possible(change, recipe)), None)


def _possible(change: Change, recipe: TrainingConfig) -> bool:
    """Whether it changes something, and gives a recipe that can be trained."""
    if not counts(SETTINGS[change.setting], recipe.architecture, vars(recipe)):
        return False  # a baseline has no learning rate
    try:
        return change.applied(recipe) != recipe
    except FitscopeError:
        return False


def _nothing(_recipe: TrainingConfig) -> Iterator[Change]:
    yield from ()


def _not_learning(recipe: TrainingConfig) -> Iterator[Change]:
    usual, given = USUAL_RATE[recipe.optimizer], recipe.network_settings()
    if recipe.label_noise > 0.7:
        yield Change("label_noise", 0.0)
    if recipe.l2 >= 0.03:
        yield Change("l2", 0.0)
    if given.get("dropout", 0) > 0.8:
        yield Change("dropout", 0.2)
    if not usual / 5 <= recipe.learning_rate <= usual * 5:
        yield Change("learning_rate", usual)
    if recipe.learning_rate >= usual:
        yield Change("learning_rate", recipe.learning_rate / 10)
    yield Change("learning_rate", usual)


def _diverged(recipe: TrainingConfig) -> Iterator[Change]:
    usual = USUAL_RATE[recipe.optimizer]
    yield Change("learning_rate", usual if recipe.learning_rate > usual else recipe.learning_rate / 10)


def _underfitting(recipe: TrainingConfig) -> Iterator[Change]:
    usual, given = USUAL_RATE[recipe.optimizer], recipe.network_settings()
    if recipe.l2 >= 1e-3:
        yield Change("l2", 0.0)
    if given.get("dropout", 0) > 0.6:
        yield Change("dropout", 0.2)
    if not usual / 5 <= recipe.learning_rate <= usual * 5:
        yield Change("learning_rate", usual)
    if recipe.dense_units is not None and recipe.dense_units < 16:
        yield Change("dense_units", None)
    if given.get("filter_multiplier", 1) < 1:
        yield Change("filter_multiplier", None)
    if recipe.architecture in ("softmax", "mlp_dropout", "cnn_small"):
        yield Change("architecture", "cnn_two_blocks")
    if given.get("filter_multiplier", 4) < 4:
        yield Change("filter_multiplier", given["filter_multiplier"] * 2)
    yield Change("augmentation", False)
    yield from _less_restrained(given)


def _still_improving(recipe: TrainingConfig) -> Iterator[Change]:
    if recipe.learning_rate < USUAL_RATE[recipe.optimizer] / 5:
        yield Change("learning_rate", USUAL_RATE[recipe.optimizer])
    yield Change("epochs", min(recipe.epochs * 2, int(SETTINGS["epochs"].high or recipe.epochs)))


def _overfitting(recipe: TrainingConfig) -> Iterator[Change]:
    yield from _more_images(recipe)
    given = recipe.network_settings()
    if recipe.architecture != "softmax":
        yield Change("augmentation", True)
    if given.get("dropout", 1) < 0.4:
        yield Change("dropout", 0.5)
    if recipe.l2 < 1e-3:
        yield Change("l2", 1e-3)
    if recipe.learning_rate > USUAL_RATE[recipe.optimizer]:
        yield Change("learning_rate", USUAL_RATE[recipe.optimizer])
    if not recipe.early_stopping_patience:
        yield Change("early_stopping_patience", 5)
    yield from _more_restrained(given)


def _memorising(recipe: TrainingConfig) -> Iterator[Change]:
    yield Change("label_noise", 0.0)


def _too_few(recipe: TrainingConfig) -> Iterator[Change]:
    if recipe.validation_fraction < 0.2:
        yield Change("validation_fraction", 0.3)
    yield from _more_images(recipe)


def _more_images(recipe: TrainingConfig) -> Iterator[Change]:
    """Where a recipe takes some only."""
    if recipe.train_images:
        spec = catalogue.dataset(recipe.dataset)
        more = recipe.train_images * MORE_IMAGES
        yield Change("train_images", more if more < spec.n_train * (1 - recipe.validation_fraction) else 0)


def _less_restrained(given: Mapping[str, Any]) -> Iterator[Change]:
    """Of a classical learner: what keeps it from following its training images."""
    if given.get("n_neighbors", 0) > 5:
        yield Change("n_neighbors", 5)
    yield Change("max_depth", 0)
    if given.get("gamma"):
        yield Change("gamma", 0.0)
    if given.get("C", 10) < 10:
        yield Change("C", min(given["C"] * 10, 10.0))
    if 0 < given.get("pca_components", 0) < 50:
        yield Change("pca_components", 50)


def _more_restrained(given: Mapping[str, Any]) -> Iterator[Change]:
    """Of a classical learner: what would keep it from following each of its training images."""
    if given.get("gamma"):
        yield Change("gamma", 0.0)
    if given.get("n_neighbors", 5) < 5:
        yield Change("n_neighbors", 5)
    if given.get("C", 0) > 0.01:
        yield Change("C", given["C"] / 10)
    if not given.get("max_depth", 1):
        yield Change("max_depth", 8)


CURES: dict[Finding, Callable[[TrainingConfig], Iterator[Change]]] = {
    "not_learning": _not_learning,
    "diverged": _diverged,
    "underfitting": _underfitting,
    "still_improving": _still_improving,
    "good_fit": _nothing,
    "overfitting": _overfitting,
    "memorising_noise": _memorising,
    "too_few_images": _too_few,
}
