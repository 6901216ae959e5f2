"""How large a network, on how many images: the whole subject in one picture."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_, SettingError
from core.experiments.kind import Answer, Cell, Kind
from core.experiments.measured import Measured, interval
from core.experiments.places import POINTS, repeated, sizes, with_images
from core.recipe.config import TrainingConfig

WIDTHS = (0.25, 1.0, 4.0)  # times the architecture's own filters


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    if "filter_multiplier" not in recipe.network_settings():
        raise SettingError(
            "{architecture} has no filters to widen; choose a convolutional network.", architecture=recipe.architecture
        )
    cells: list[Cell] = []
    for n in sizes(recipe, options["points"]):
        for width in WIDTHS:
            wider = dataclasses.replace(with_images(recipe, n, equal_steps=True), filter_multiplier=width)
            cells += repeated({"train_images": n, "filter_multiplier": width}, wider, 1)
    return cells


def answer(results: Sequence[tuple[Cell, Measured]]) -> Answer | None:
    if len(results) < 2:
        return None
    widest = max(results, key=lambda pair: pair[1].gap)
    best = max(results, key=lambda pair: pair[1].val_accuracy)
    low, high = interval([best[1]])
    values = {
        "images": widest[0].at["train_images"],
        "width": widest[0].at["filter_multiplier"],
        "gap_points": 100 * widest[1].gap,
        "best_images": best[0].at["train_images"],
        "best_width": best[0].at["filter_multiplier"],
        "share": best[1].val_accuracy,
        "low": low,
        "high": high,
        "n": best[1].n_validation,
    }
    sentence = N_(
        "The gap between training and validation is widest with {images} images and {width} times the filters: "
        "{gap_points} points. Most validation images are right with {best_images} images and {best_width} times the "
        "filters: {share} (n = {n}, 95 % interval {low} to {high})."
    )
    return Answer(sentence, values)


SPEC = Kind(
    title="Capacity × data",
    question="How large a network, on how many images?",
    about="Small, usual and large networks, each on few, more and all of the images. Each cell is a training and says "
    "what kind of fit it was: too small a network underfits everywhere, a large one overfits where images are few.",
    plan=plan,
    answer=answer,
    options=(dataclasses.replace(POINTS, default=4, high=8),),
    chart="map",
    cheaper={"points": 2},
    order=4,
)
