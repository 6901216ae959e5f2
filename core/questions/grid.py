"""All combinations of the values of two settings, as a table."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_, SettingError
from core.experiments.compared import grouped, ranking
from core.experiments.kind import Answer, Cell, Kind, Result
from core.experiments.measured import mean_accuracy
from core.experiments.places import POINTS, SEEDS, VALUES, VARIED, repeated, values_of, with_value
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    first, second = options["first"], options["second"]
    if first == second:
        raise SettingError("A grid needs two different settings, not {name} twice; choose another.", name=first)
    rows = values_of(recipe, first, options["first_values"], options["points"])
    columns = values_of(recipe, second, options["second_values"], options["points"])
    cells: list[Cell] = []
    for one, other in itertools.product(rows, columns):
        both = with_value(with_value(recipe, first, one), second, other)
        cells += repeated({first: one, second: other}, both, options["seeds"])
    return cells


def answer(results: Sequence[Result]) -> Answer | None:
    groups = grouped(results)
    if len(groups) < 2:
        return None
    found = ranking(groups)
    at, runs = found.best
    values = {"best": at, "share": mean_accuracy(runs), "n": runs[0].n_validation}
    sentence = N_(
        "{best} has the most validation images right: {share} (n = {n}). Of the other combinations, {near} are within "
        "noise of it and {worse} worse beyond noise."
    )
    return Answer(sentence, {**values, "near": len(found.near), "worse": len(found.worse)})


SPEC = Kind(
    title="Grid",
    question="Which combination of two settings is best?",
    about="Each value of one setting with each of another, as a table: settings, size, seconds an epoch, validation "
    "accuracy and loss. The best of many is partly luck: look at what lies within noise of it.",
    plan=plan,
    answer=answer,
    options=(
        Setting("first", "choice", "batch_size", "First setting", "One of the two that vary.", options=VARIED),
        dataclasses.replace(VALUES, name="first_values", title="Its values"),
        Setting("second", "choice", "learning_rate", "Second setting", "The other.", options=VARIED),
        dataclasses.replace(VALUES, name="second_values", title="Its values"),
        dataclasses.replace(POINTS, default=3, high=6),
        SEEDS,
    ),
    chart="table",
    cheaper={"points": 2, "seeds": 1},
    order=5,
)
