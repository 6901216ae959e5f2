"""How large a network, on how many images: the whole subject in one picture."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_
from core.experiments.kind import Answer, Cell, Kind, Result
from core.experiments.measured import interval
from core.experiments.places import POINTS, repeated, with_images, with_value
from core.recipe.config import TrainingConfig

WIDTHS = (0.25, 1.0, 4.0)  # times the architecture's own filters


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    cells: list[Cell] = []
    for n, fewer in with_images(recipe, options["points"], equal_steps=True):
        for width in WIDTHS:
            at = {"filter_multiplier": width, "train_images": n}
            cells += repeated(at, with_value(fewer, "filter_multiplier", width), 1)
    return cells


def answer(results: Sequence[Result]) -> Answer | None:
    if len(results) < 2:
        return None
    widest = max(results, key=lambda pair: pair[1].gap)
    best = max(results, key=lambda pair: (pair[1].val_accuracy, -pair[1].val_loss))
    low, high = interval([best[1]])
    values = {
        "widest": widest[0],
        "gap_points": 100 * widest[1].gap,
        "best": best[0],
        "share": best[1].val_accuracy,
        "low": low,
        "high": high,
        "n": best[1].n_validation,
    }
    sentence = N_(
        "The gap between training and validation is widest at {widest}: {gap_points}. Most validation images "
        "are right at {best}: {share} (n = {n}, 95 % interval {low} to {high})."
    )
    return Answer(sentence, values)


SPEC = Kind(
    title="Capacity × data",
    question="How large a network, on how many images?",
    about="Small, usual and large networks, each on few, more and all of the images. Each cell is a training and says "
    "what kind of fit it was: too small a network underfits everywhere, a large one overfits where images are few.",
    plan=plan,
    answer=answer,
    options=(dataclasses.replace(POINTS, default=3, high=8, help="How many numbers of images are tried."),),
    chart="map",
    cheaper={"points": 2},
    order=4,
)
