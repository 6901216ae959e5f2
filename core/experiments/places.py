"""Which values of a setting an experiment tries, and how often: ladders of numbers, all options of a choice, seeds."""

import dataclasses
import functools
import math
from collections.abc import Iterator, Sequence
from typing import Any

from core.data import cache, catalogue
from core.errors import DataError, SettingError
from core.experiments.kind import At, Cell
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig, counts
from core.recipe.differences import given
from core.recipe.setting import Setting, parse
from core.training import prepare

OUT = (
    *("dataset", "dataset_version", "classes", "seed", "validation_fraction", "test_fraction", "folds", "fold"),
    "train_images",
    "begin_from",
)
"""What decides which images are learnt from or held back, which the learning curve is about or nothing is; and where a
branch begins, which has no values to choose among: the recipe names it once, for all runs."""
VARIED = {name: setting.title for name, setting in SETTINGS.items() if name not in OUT and not setting.gpu}

POINTS = Setting("points", "int", 5, "Points", "How many values are tried.", low=2, high=12)
SEEDS = Setting("seeds", "int", 1, "Seeds", "How often each is repeated, with another seed each time.", low=1, high=10)
VALUES = Setting(
    "values",
    "names",
    None,
    "Values",
    "Which values, with commas between; none: as many as there are points, around that of the recipe.",
    own=True,
)
LEAST_IMAGES = 2  # of each class, in the smallest training set
LONGER = 10  # times the epochs that a small training set gets at most, to learn for as many steps as all of them


def varied(recipe: TrainingConfig) -> dict[str, str]:
    """name -> title of the settings that can vary in a recipe: its architecture knows them."""
    return {name: title for name, title in VARIED.items() if counts(SETTINGS[name], recipe.architecture, vars(recipe))}


def with_value(recipe: TrainingConfig, name: str, value: Any) -> TrainingConfig:
    """The recipe with another value of a setting; raises SettingError where its network has no such setting."""
    if name not in varied(recipe):
        raise SettingError(
            "{architecture} has no setting {name} that could vary; choose among: {known}.",
            architecture=recipe.architecture,
            name=name,
            known=", ".join(varied(recipe)),
        )
    return dataclasses.replace(recipe, **{name: value})


def images_of(recipe: TrainingConfig) -> tuple[int, int]:
    """How many (training, validation) images a recipe has at most; of a dataset that was never read, as published.

    Raises DataError, SettingError.
    """
    dataset = catalogue.dataset(recipe.dataset)
    alike = TrainingConfig(**{**recipe.pinned().of("images"), "train_images": 0})  # the seed only chooses which ones
    try:
        return _counted(alike, cache.content(dataset, alike.dataset_version))
    except DataError:
        known = cache.facts(dataset)
        if recipe.folds:
            both = known.n_train + known.n_validation
            return both - both // recipe.folds, both // recipe.folds
        held_back = 0 if known.n_validation else round(known.n_train * recipe.validation_fraction)
        return known.n_train - held_back, known.n_validation or held_back


@functools.lru_cache(maxsize=64)
def _counted(recipe: TrainingConfig, _content: str) -> tuple[int, int]:
    counts = prepare.counts(catalogue.dataset(recipe.dataset), recipe)
    return sum(counts["train"]), sum(counts["validation"])


def with_images(recipe: TrainingConfig, points: int, equal_steps: bool) -> list[tuple[int, TrainingConfig]]:
    """(number of training images, recipe) in equal ratios, up to all of them.

    equal_steps  fewer images get more epochs, up to LONGER times as many, so that each learns for as many steps
    """
    most = images_of(recipe)[0]
    whole = min(recipe.train_images or most, most)
    return [(n, _on(recipe, n, most, whole if equal_steps else n)) for n in sizes(recipe, whole, points)]


def sizes(recipe: TrainingConfig, whole: int, points: int) -> list[int]:
    """Numbers of training images, the largest `whole`; the steep part of the curve lies where they are few."""
    least = min(whole, LEAST_IMAGES * len(recipe.classes or catalogue.dataset(recipe.dataset).classes))
    ratio = (whole / least) ** (1 / (points - 1))
    return sorted({max(least, round(whole / ratio**step)) for step in range(points)})


def _on(recipe: TrainingConfig, n: int, most: int, whole: int) -> TrainingConfig:
    longer = min(LONGER, math.ceil(whole / recipe.batch_size) / math.ceil(n / recipe.batch_size))
    epochs = min(int(SETTINGS["epochs"].high or recipe.epochs), round(recipe.epochs * longer))
    return dataclasses.replace(recipe, train_images=0 if n >= most else n, epochs=epochs)


def values_of(recipe: TrainingConfig, name: str, texts: Sequence[str] | None, points: int) -> list[Any]:
    """The values of a setting that are tried: those written, or a ladder; raises SettingError for one that is none."""
    if texts:
        return list(dict.fromkeys(parse(SETTINGS[name], text) for text in texts))
    return ladder(recipe, name, points)


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
    raise SettingError("{name} has no values of its own to try; name some, with commas between.", name=name)


def repeated(at: At, recipe: TrainingConfig, seeds: int) -> Iterator[Cell]:
    """One cell for each seed, from the recipe's own on."""
    for further in range(seeds):
        yield Cell(at, dataclasses.replace(recipe, seed=recipe.seed + further))


def _numbers(setting: Setting, own: Any, points: int) -> list[Any]:
    low, high, kind = setting.low or 0, setting.high or 1, int if setting.kind == "int" else float
    if setting.log or setting.kind == "int":
        middle = own or max(low, 1e-3 if setting.log else 1)
        ratio = 10.0 if setting.log else 2.0
        below = min(points // 2, int(math.log(middle / low, ratio) + 0.01)) if low else points // 2
        around = [middle * ratio ** (step - below) for step in range(points)]
    else:
        around = [low + (high - low) * step / (points - 1) for step in range(points)]
    inside = [min(high, max(low, value)) for value in around]
    values = [kind(value) if kind is int else float(f"{value:.2g}") for value in inside]
    if setting.default == 0 and setting.log:
        values = [kind(0), *values[1:]]  # nothing of it is worth a look, too
    return sorted(set(values))
