"""The score against the values of any one setting: which one is best?"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_, SettingError
from core.experiments.compared import best_of
from core.experiments.kind import Answer, Cell, Kind
from core.experiments.measured import Measured
from core.experiments.places import POINTS, SEEDS, VALUES, grouped, ladder, read_values, repeated
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.setting import Setting, as_text

OUT = ("dataset", "dataset_version", "classes", "seed", "validation_fraction", "test_fraction", "mixed_precision")
"""Settings that decide which images are held back, or that only repeat: their curve would say nothing."""
VARIED = {name: setting.title for name, setting in SETTINGS.items() if name not in OUT}


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    name = options["setting"]
    values = read_values(name, options["values"] or ()) or ladder(recipe, name, options["points"])
    cells: list[Cell] = []
    for value in values:
        cells += repeated({name: value}, _with(recipe, name, value), options["seeds"])
    return cells


def _with(recipe: TrainingConfig, name: str, value: Any) -> TrainingConfig:
    if SETTINGS[name].own and name not in recipe.network_settings():
        raise SettingError("{architecture} has no {name}.", architecture=recipe.architecture, name=name)
    return dataclasses.replace(recipe, **{name: value})


def answer(results: Sequence[tuple[Cell, Measured]]) -> Answer | None:
    if not results:
        return None
    name = next(iter(results[0][0].at))
    groups = {as_text(value): runs for value, runs in grouped(results, name).items()}
    if len(groups) < 2:
        return None
    best, near, worse = best_of(groups)
    values = {
        "setting": name,
        "best": best,
        "share": sum(one.val_accuracy for one in groups[best]) / len(groups[best]),
        "n": groups[best][0].n_validation,
        "near": ", ".join(near),
        "worse": ", ".join(worse),
    }
    if not worse:
        return Answer(
            N_(
                "{setting} = {best} has the most validation images right, {share} (n = {n}), but no value is worse "
                "beyond noise."
            ),
            values,
        )
    if not near:
        return Answer(
            N_(
                "{setting} = {best} is best: {share} of the validation images are right (n = {n}). Worse beyond noise: "
                "{worse}."
            ),
            values,
        )
    sentence = N_(
        "{setting} = {best} has the most validation images right, {share} (n = {n}). Within noise of it: {near}; worse "
        "beyond noise: {worse}."
    )
    return Answer(sentence, values)


SPEC = Kind(
    title="Validation curve",
    question="Which value of a setting is best?",
    about="One setting takes several values, everything else stays. Training and validation are drawn over it: on the "
    "one side the network underfits, on the other it overfits.",
    plan=plan,
    answer=answer,
    options=(
        Setting("setting", "choice", "dropout", "Setting", "The one that varies.", options=VARIED),
        VALUES,
        POINTS,
        SEEDS,
    ),
    cheaper={"points": 3, "seeds": 1},
    order=3,
)
