"""Which values of a setting an experiment tries, and how often: ladders of numbers, all options of a choice, seeds."""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.data import catalogue
from core.data.cache import facts
from core.errors import SettingError
from core.experiments.kind import Cell
from core.experiments.measured import Measured
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.differences import given
from core.recipe.setting import Setting, parse

POINTS = Setting("points", "int", 5, "Points", "How many values are tried.", low=2, high=12)
SEEDS = Setting("seeds", "int", 1, "Seeds", "How often each is repeated, with another seed each time.", low=1, high=10)
VALUES = Setting(
    "values",
    "names",
    (),
    "Values",
    "Which values, with commas between; none: a ladder of so many points is made.",
    own=True,
)
LEAST_IMAGES = 2  # of each class, in the smallest training set


def available(recipe: TrainingConfig) -> int:
    """How many training images a recipe's dataset has once its validation images are set aside."""
    known = facts(catalogue.dataset(recipe.dataset))
    held_back = 0 if known.n_validation else round(known.n_train * recipe.validation_fraction)
    return known.n_train - held_back


def sizes(recipe: TrainingConfig, points: int) -> list[int]:
    """Numbers of training images in equal ratios, up to all of them."""
    most = min(recipe.train_images or available(recipe), available(recipe))
    least = LEAST_IMAGES * len(recipe.classes or catalogue.dataset(recipe.dataset).classes)
    ratio = max(2.0, (most / max(least, 1)) ** (1 / max(1, points - 1)) if points > 1 else 2.0)
    ratio = min(ratio, 4.0)  # the steep part of the curve lies near its end
    made = {max(least, round(most / ratio**step)) for step in range(points)}
    return sorted(made)


def with_images(recipe: TrainingConfig, n: int, equal_steps: bool) -> TrainingConfig:
    """The recipe on so many images; with `equal_steps`, for as many epochs as give the same number of steps."""
    most, longest = available(recipe), int(SETTINGS["epochs"].high or recipe.epochs)
    whole = min(recipe.train_images or most, most)
    batches = math.ceil(n / recipe.batch_size), math.ceil(whole / recipe.batch_size)
    epochs = min(longest, round(recipe.epochs * batches[1] / batches[0])) if equal_steps else recipe.epochs
    return dataclasses.replace(recipe, train_images=0 if n >= most else n, epochs=max(recipe.epochs, epochs))


def ladder(recipe: TrainingConfig, name: str, points: int) -> list[Any]:
    """So many values of a setting around the recipe's own: all options of a choice, equal ratios or equal steps."""
    setting, own = SETTINGS[name], given(recipe, name)
    match setting.kind:
        case "bool":
            return [False, True]
        case "choice":
            return list(setting.options or ())
        case "plugin" if name == "architecture":
            return list(architectures.known())
        case "int" | "float" if setting.low is not None and setting.high is not None:
            return _numbers(setting, own, points)
    raise SettingError("{name} has no ladder of values; name the values to try.", name=name)


def read_values(name: str, texts: Sequence[str]) -> list[Any]:
    """Values that somebody wrote, in the order given; raises SettingError for one that does not fit."""
    return list(dict.fromkeys(parse(SETTINGS[name], text) for text in texts))


def repeated(at: Mapping[str, Any], recipe: TrainingConfig, seeds: int) -> Iterator[Cell]:
    """One cell for each seed, from the recipe's own on."""
    for further in range(seeds):
        yield Cell(at, dataclasses.replace(recipe, seed=recipe.seed + further))


def grouped(results: Sequence[tuple[Cell, Measured]], name: str) -> dict[Any, list[Measured]]:
    """value of a setting -> its runs, by value where they are numbers."""
    groups: dict[Any, list[Measured]] = {}
    for cell, one in results:
        groups.setdefault(cell.at[name], []).append(one)
    numbers = all(isinstance(value, int | float) for value in groups)
    return dict(sorted(groups.items())) if numbers else groups


def _numbers(setting: Setting, own: Any, points: int) -> list[Any]:
    low, high, kind = setting.low or 0, setting.high or 1, int if setting.kind == "int" else float
    if setting.log or setting.kind == "int":
        middle = own or max(low, 1e-3 if setting.log else 1)
        ratio = 10.0 if setting.log else 2.0
        around = [middle * ratio ** (step - points // 2) for step in range(points)]
    else:
        around = [low + (high - low) * step / (points - 1) for step in range(points)]
    inside = [min(high, max(low, value)) for value in around]
    values = [kind(value) if kind is int else float(f"{value:.2g}") for value in inside]
    if setting.default == 0 and setting.log:
        values = [kind(0), *values[1:]]  # nothing of it is worth a look, too
    return sorted(set(values))
