"""The classical learners that a network is held against: those that were fitted here to the same images."""

import dataclasses

import streamlit as st

from core.evaluation.intervals import wilson
from core.recipe import architectures
from core.recipe.config import TrainingConfig, settings
from core.runs.run import Run
from dashboard import resources
from dashboard.words import _, number, percent

LOOKED_AT = 200  # of the newest runs
SAME = [setting.name for setting in settings("images")]  # what decides which images are held back


@dataclasses.dataclass(frozen=True)
class Level:
    """A finished baseline: its mark in the chart, its name, and the validation images that it has right, 0..1 of n."""

    mark: str
    title: str
    share: float
    n: int


def levels(run: Run) -> list[Level]:
    """The newest finished one of each kind, on the same images and with the same held back."""
    recipe = resources.recipe(run)
    found: dict[str, Level] = {}
    for other in resources.store().all()[:LOOKED_AT] if recipe else []:
        fitted = resources.recipe(other)
        if fitted and recipe and _comparable(fitted, recipe) and fitted.architecture not in found:
            result = other.status.result if other.status else None
            if other.state == "finished" and result:
                title = _(architectures.get(fitted.architecture).title)
                found[fitted.architecture] = Level("", title, result["val_accuracy"], result["n_validation"])
    best_first = sorted(found.values(), key=lambda level: -level.share)
    return [dataclasses.replace(level, mark=chr(ord("①") + place)) for place, level in enumerate(best_first)]


def _comparable(baseline: TrainingConfig, network: TrainingConfig) -> bool:
    alike = all(getattr(baseline, name) == getattr(network, name) for name in (*SAME, "seed"))
    return alike and architectures.is_baseline(baseline.architecture)


def chosen(run: Run) -> list[Level]:
    """Those that are to be drawn, if the viewer wants them; nothing is offered where there is none."""
    known = levels(run)
    if known and st.toggle(
        _("Baselines"),
        key="baselines",
        help=_("Draws what classical learners reach on the same images, as dotted levels in the accuracy chart."),
    ):
        return known
    return []


def say(drawn: list[Level]) -> None:
    """Their figures below the charts."""
    words = []
    for level in drawn:
        low, high = wilson(round(level.share * level.n), level.n)
        words.append(
            _(
                "{name} {share} (n = {n}, {low} to {high})",
                name=f"{level.mark} {level.title}",
                share=percent(level.share),
                n=number(level.n),
                low=percent(low),
                high=percent(high),
            )
        )
    if words:
        st.caption(_("Baselines, validation images right: {list}.", list=" · ".join(words)))
