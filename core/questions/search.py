"""Which settings are best, found by trying: what comes next follows from what came out before."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import N_
from core.experiments.compared import grouped, ranking
from core.experiments.kind import Answer, Cell, Kind, Result
from core.experiments.measured import interval, mean_accuracy
from core.experiments.places import VARIED
from core.experiments.study import Study, best_of
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting
from core.recipe.stopping import MONITORS

SAMPLERS = {"tpe": "TPE: near what was good", "random": "at random"}


def plan(recipe: TrainingConfig, options: Mapping[str, Any]) -> Sequence[Cell]:
    return Study(recipe, options).draws()


def answer(results: Sequence[Result]) -> Answer | None:
    groups = grouped(results)
    if len(groups) < 2:
        return None
    at, runs = best = best_of(groups)
    found = ranking(groups, best)
    low, high = interval(runs)
    values = {"n": runs[0].n_validation, "share": mean_accuracy(runs), "low": low, "high": high, "trials": len(results)}
    sentence = N_(
        "Of {trials} trials trained to their end, {best} is best: {share} of the validation images are right (95 % "
        "interval {low} to {high}, n = {n}). The best of many is partly luck; of the others within noise of it: "
        "{near}, worse beyond noise: {worse}."
    )
    return Answer(sentence, {**values, "best": at, "near": len(found.near), "worse": len(found.worse)})


SPEC = Kind(
    title="Search",
    question="Which settings are best, found by trying?",
    about="One trial after the other, each with other values of several settings; the sampler looks closer where it "
    "was good, and a trial that is worse than half of the others is stopped early. Afterwards: which setting mattered. "
    "The best of many is partly luck: train it again with other seeds before you believe its figure.",
    plan=plan,
    answer=answer,
    grows=Study,
    options=(
        Setting(
            "space",
            "names",
            None,
            "Settings that vary",
            "Those that vary, with commas between; a range such as learning_rate=0.001..0.1 or several values such as "
            "batch_size=16|32 may follow each.",
            options=VARIED,
            own=True,
        ),
        Setting("trials", "int", 12, "Trials", "How many trainings, one after the other.", low=4, high=100),
        Setting("sampler", "choice", "tpe", "Sampler", "What suggests the next values.", options=SAMPLERS),
        Setting("value", "choice", "val_accuracy", "What counts", "By what a trial is judged.", options=MONITORS),
        Setting(
            "pruning",
            "bool",
            True,
            "Stop hopeless trials",
            "After a quarter of its epochs, a trial is stopped that is worse than the median of the others at that "
            "epoch.",
        ),
        Setting("seed", "int", 0, "Seed of the search", "Another one suggests other values.", low=0, high=2**31 - 1),
    ),
    chart="trials",
    cheaper={"trials": 6},
    order=7,
)
