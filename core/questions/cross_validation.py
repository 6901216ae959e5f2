"""Every image held back once: how good is it, and which labels look wrong?"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_
from core.experiments.kind import Answer, Cell, Kind, Result
from core.experiments.measured import spread
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    folds = options["folds"]
    held_back = range(1, folds + 1)
    return [Cell({"fold": fold}, dataclasses.replace(recipe, folds=folds, fold=fold)) for fold in held_back]


def answer(results: Sequence[Result]) -> Answer | None:
    if len(results) < 2:
        return None
    found = spread([one.val_accuracy for _at, one in results])
    values = {
        "folds": found.n,
        "mean": found.mean,
        "low": max(0.0, found.low),
        "high": min(1.0, found.high),
        "hits": sum(one.hits for _at, one in results),
        "n": sum(one.n_validation for _at, one in results),
    }
    sentence = N_(
        "{folds} folds: {mean} of the images are right on average (95 % interval {low} to {high}). Each image was "
        "answered by a network that had not seen it: {hits} of {n} are right."
    )
    return Answer(sentence, values)


SPEC = Kind(
    title="Cross-validation",
    question="How good is it on every image, and which labels look wrong?",
    about="The images are cut into parts, and each part is held back once: every image is answered by a network that "
    "has not learnt from it. The accuracy rests on all of them, and a label against which such answers speak may be "
    "wrong.",
    plan=plan,
    answer=answer,
    options=(Setting("folds", "int", 5, "Folds", "Into how many parts the images are cut.", low=2, high=20),),
    chart="folds",
    cheaper={"folds": 3},
    order=6,
)
