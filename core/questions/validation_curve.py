"""The score against the values of any one setting: which one is best?"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_
from core.experiments.compared import grouped, ranking
from core.experiments.kind import Answer, Cell, Kind, Result
from core.experiments.measured import mean_accuracy
from core.experiments.places import POINTS, SEEDS, VALUES, VARIED, repeated, values_of, with_value
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    name, cells = options["setting"], list[Cell]()
    for value in values_of(recipe, name, options["values"], options["points"]):
        cells += repeated({name: value}, with_value(recipe, name, value), options["seeds"])
    return cells


def answer(results: Sequence[Result]) -> Answer | None:
    groups = grouped(results)
    if len(groups) < 2:
        return None
    found = ranking(groups)
    at, runs = found.best
    values = {"best": at, "share": mean_accuracy(runs), "n": runs[0].n_validation}
    if not found.worse:
        sentence = N_(
            "{best} has the most validation images right, {share} (n = {n}), but none of the others is worse beyond "
            "noise."
        )
    elif not found.near:
        sentence = N_(
            "{best} is best: {share} of the validation images are right (n = {n}). Worse beyond noise: {worse}."
        )
    else:
        sentence = N_(
            "{best} has the most validation images right, {share} (n = {n}). Within noise of it: {near}; worse beyond "
            "noise: {worse}."
        )
    return Answer(sentence, {**values, "near": found.near, "worse": found.worse})


SPEC = Kind(
    title="Validation curve",
    question="Which value of a setting is best?",
    about="One setting takes several values, everything else stays. Training and validation are drawn over it: on the "
    "one side the network underfits, on the other it overfits.",
    plan=plan,
    answer=answer,
    options=(
        Setting("setting", "choice", "learning_rate", "Setting", "The one that varies.", options=VARIED),
        VALUES,
        POINTS,
        SEEDS,
    ),
    cheaper={"points": 3, "seeds": 1},
    order=3,
)
