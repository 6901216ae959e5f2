"""The score against the number of training images: would more of them help?"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_
from core.experiments.compared import by_image, grouped
from core.experiments.kind import Answer, Cell, Kind, Result
from core.experiments.measured import Measured, by_seed, mean_accuracy, spread
from core.experiments.places import POINTS, SEEDS, repeated, with_images
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    cells: list[Cell] = []
    for n, fewer in with_images(recipe, options["points"], options["equal_steps"]):
        cells += repeated({"train_images": n}, fewer, options["seeds"])
    return cells


def answer(results: Sequence[Result]) -> Answer | None:
    groups = sorted(grouped(results), key=lambda group: group[0]["train_images"])
    if len(groups) < 2:
        return None
    (first, few), (before, fewer), (last, most) = groups[0], groups[-2], groups[-1]
    gain = _gain(fewer, most)
    values = {
        "first": first["train_images"],
        "few": mean_accuracy(few),
        "before": before["train_images"],
        "last": last["train_images"],
        "most": mean_accuracy(most),
        "n": most[0].n_validation,
    }
    if gain is None:
        sentence = N_(
            "From {first} to {last} training images, validation accuracy goes from {few} to {most} (n = {n}). How sure "
            "the last step, from {before} on, is cannot be said: its runs were not tested on the same images."
        )
        return Answer(sentence, values)
    names = ("gain_points", "low_hundredths", "high_hundredths")
    values |= {name: 100 * value for name, value in zip(names, gain, strict=True)}
    if gain[1] > 0:
        sentence = N_(
            "From {first} to {last} training images, validation accuracy goes from {few} to {most} (n = {n}). The last "
            "step, from {before} on, brought {gain_points} (95 % interval {low_hundredths} to {high_hundredths}): more "
            "images would probably help."
        )
    else:
        sentence = N_(
            "From {first} to {last} training images, validation accuracy goes from {few} to {most} (n = {n}). The last "
            "step, from {before} on, brought {gain_points} (95 % interval {low_hundredths} to {high_hundredths}), "
            "which is within noise: more images of this kind would help little, or more seeds are needed to see it."
        )
    return Answer(sentence, values)


def _gain(fewer: Sequence[Measured], most: Sequence[Measured]) -> tuple[float, float, float] | None:
    """Mean gain and its interval: of one run each, image by image; of several, seed by seed."""
    pairs = by_seed(fewer, most)
    if len(pairs) > 1:
        found = spread([after.val_accuracy - before.val_accuracy for before, after in pairs])
        return found.mean, found.low, found.high
    compared = by_image(*pairs[0]) if pairs else None
    return (compared.difference, *compared.interval) if compared else None


SPEC = Kind(
    title="Learning curve",
    question="Would more images help?",
    about="The same network on more and more of the training images, the same ones held back. Where the curve still "
    "climbs at its end, more images would help; where training and validation have met, another network would.",
    plan=plan,
    answer=answer,
    options=(
        POINTS,
        SEEDS,
        Setting(
            "equal_steps",
            "bool",
            True,
            "As many steps",
            "Fewer images get more epochs, up to ten times as many, so that each network learns for as many steps.",
        ),
    ),
    cheaper={"points": 3, "seeds": 1},
    order=2,
)
