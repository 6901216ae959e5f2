"""The same recipe with several seeds: how much of a difference is luck?"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_
from core.experiments.kind import Answer, Cell, Kind, Result
from core.experiments.measured import spread
from core.experiments.places import SEEDS, repeated
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting

TWO_RUNS = 1.96 * math.sqrt(2)  # standard deviations within which 19 of 20 differences of two single runs lie


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    return list(repeated({}, recipe, options["seeds"]))


def answer(results: Sequence[Result]) -> Answer | None:
    if len(results) < 2:
        return None
    found = spread([one.val_accuracy for _at, one in results])
    values = {
        "n": found.n,
        "n_validation": results[0][1].n_validation,
        "mean": found.mean,
        "low": max(0.0, found.low),
        "high": min(1.0, found.high),
        "deviation_points": 100 * found.deviation,
        "noise_points": 100 * TWO_RUNS * found.deviation,
    }
    sentence = N_(
        "{n} seeds: {mean} of {n_validation} validation images are right on average (95 % interval {low} to {high}). "
        "Single runs scatter by {deviation_points}; two of them may differ by {noise_points} by luck alone."
    )
    return Answer(sentence, values)


SPEC = Kind(
    title="Several seeds",
    question="How much of a difference is luck?",
    about="The same recipe again and again, each time with other random numbers: other beginnings, other images held "
    "back. What two of them differ by is the noise that any comparison has to exceed.",
    plan=plan,
    answer=answer,
    options=(Setting("seeds", "int", 5, SEEDS.title, "How many times it is trained.", low=2, high=20),),
    chart="band",
    cheaper={"seeds": 3},
    order=1,
)
