"""The score against the number of training images: would more of them help?"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_
from core.experiments.kind import Answer, Cell, Kind
from core.experiments.measured import Measured, spread
from core.experiments.places import POINTS, SEEDS, grouped, repeated, sizes, with_images
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    cells: list[Cell] = []
    for n in sizes(recipe, options["points"]):
        cells += repeated({"train_images": n}, with_images(recipe, n, options["equal_steps"]), options["seeds"])
    return cells


def answer(results: Sequence[tuple[Cell, Measured]]) -> Answer | None:
    groups = grouped(results, "train_images")
    if len(groups) < 2:
        return None
    (first, few), *_between, (before, fewer), (last, most) = [next(iter(groups.items())), *groups.items()]
    gain = _gain(fewer, most)
    values = {
        "first": first,
        "few": _mean(few),
        "before": before,
        "last": last,
        "most": _mean(most),
        "gain_points": 100 * gain[0],
        "low_points": 100 * gain[1],
        "high_points": 100 * gain[2],
        "n": most[0].n_validation,
    }
    if gain[1] > 0:
        sentence = N_(
            "From {first} to {last} training images, validation accuracy goes from {few} to {most} (n = {n}). The last "
            "step, from {before} on, brought {gain_points} points (95 % interval {low_points} to {high_points}): more "
            "images would probably help."
        )
    else:
        sentence = N_(
            "From {first} to {last} training images, validation accuracy goes from {few} to {most} (n = {n}). The last "
            "step, from {before} on, brought {gain_points} points (95 % interval {low_points} to {high_points}), which "
            "is within noise: more images of this kind would help little, or more seeds are needed to see it."
        )
    return Answer(sentence, values)


def _gain(fewer: Sequence[Measured], most: Sequence[Measured]) -> tuple[float, float, float]:
    """Mean gain and its interval: of one run each, image by image; of several, seed by seed."""
    both = min(len(fewer), len(most))
    if both > 1:
        found = spread([most[at].val_accuracy - fewer[at].val_accuracy for at in range(both)])
        return found.mean, found.low, found.high
    from core.evaluation.evaluation import read
    from core.evaluation.paired import paired

    compared = paired(read(fewer[0].run, "validation"), read(most[0].run, "validation"))
    return compared.difference, *compared.interval


def _mean(runs: Sequence[Measured]) -> float:
    return sum(one.val_accuracy for one in runs) / len(runs)


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
            "Fewer images get more epochs, so that each network learns for as many steps.",
        ),
    ),
    cheaper={"points": 3, "seeds": 1},
    order=2,
)
