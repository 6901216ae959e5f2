"""All combinations of the values of two settings, as a table."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_, SettingError
from core.experiments.compared import best_of
from core.experiments.kind import Answer, Cell, Kind
from core.experiments.measured import Measured
from core.experiments.places import POINTS, SEEDS, VALUES, ladder, read_values, repeated
from core.experiments.validation_curve import VARIED
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting, as_text


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    first, second = options["first"], options["second"]
    if first == second:
        raise SettingError("A grid needs two different settings, not {name} twice.", name=first)
    axes = []
    for name, texts in ((first, options["first_values"]), (second, options["second_values"])):
        values = read_values(name, texts or ()) or ladder(recipe, name, options["points"])
        axes.append([(name, value) for value in values])
    cells: list[Cell] = []
    for places in itertools.product(*axes):
        cells += repeated(dict(places), dataclasses.replace(recipe, **dict(places)), options["seeds"])
    return cells


def answer(results: Sequence[tuple[Cell, Measured]]) -> Answer | None:
    groups: dict[str, list[Measured]] = {}
    for cell, one in results:
        place = ", ".join(f"{name} {as_text(value)}" for name, value in cell.at.items())
        groups.setdefault(place, []).append(one)
    if len(groups) < 2:
        return None
    best, near, worse = best_of(groups)
    values = {
        "best": best,
        "share": sum(one.val_accuracy for one in groups[best]) / len(groups[best]),
        "n": groups[best][0].n_validation,
        "near": len(near),
        "worse": len(worse),
    }
    sentence = N_(
        "{best} has the most validation images right: {share} (n = {n}). Within noise of it are {near} other "
        "combinations, worse beyond noise {worse}."
    )
    return Answer(sentence, values)


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
