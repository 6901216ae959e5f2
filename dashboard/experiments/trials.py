"""A search in view: the value of each trial, all of them across their settings, which setting mattered, the best."""

import functools
import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.experiments import experiment as experiments
from core.experiments.compared import grouped
from core.experiments.experiment import Experiment
from core.experiments.kind import At, Result
from core.experiments.measured import measured
from core.experiments.space import Range, Space, space
from core.experiments.study import Study, best_of, value_of
from core.recipe.config import SETTINGS
from core.recipe.stopping import MONITORS
from core.runs.run import Run
from core.runs.store import RunStore
from dashboard import choices, resources
from dashboard.charts import search as figures
from dashboard.charts.search import Axis, Tried
from dashboard.experiments.outcome import place
from dashboard.navigation import page
from dashboard.runs.value_words import value_word
from dashboard.widgets.plot import plot
from dashboard.words import _, number


def best(results: list[Result]) -> None:
    """The recipe of the best trial, one press away from the form."""
    if not results:
        return
    _at, runs = best_of(grouped(results))
    st.page_link(
        page("train"),
        label=_("Open the best recipe in the form"),
        icon=":material/tune:",
        query_params=choices.link(runs[0].run.config),
    )


def draw(experiment: Experiment, runs: list[tuple[At, Run]], results: list[Result]) -> None:
    """Three charts, each with how it is read."""
    tried_space = space(experiment.recipe, experiment.options["space"])
    trials = [_tried(experiment, tried_space, at, run) for at, run in runs]
    share, value = experiment.options["value"] == "val_accuracy", _(MONITORS[experiment.options["value"]])
    title = _("Value of each trial")
    plot(figures.history(trials, experiment.total, share, value, title, _), key=f"experiment-{experiment.id}-history")
    st.caption(
        _(
            "Diamonds: trials trained to their end. Crosses: stopped early, as far as they came; those on the edge lie "
            "beyond it. Line: the best so far. With many trials it climbs by luck, too."
        )
    )
    axes = [Axis(_(SETTINGS[name].title), _ticks(name, values)) for name, values in tried_space.items()]
    title = _("All trials across their settings")
    plot(figures.parallel(trials, axes, share, title, _), key=f"experiment-{experiment.id}-parallel")
    st.caption(
        _(
            "A line is a trial. Bold: the best. Blue: the best quarter. Grey: the others; dotted: stopped early. Where "
            "the blue lines meet on an axis, that value matters; where they spread, it does not."
        )
    )
    _importances(experiment, results)


def _importances(experiment: Experiment, results: list[Result]) -> None:
    done = tuple(one.run.id for _at, one in results)
    shares = _shares(resources.store(), experiment.id, done) if results else None
    if shares is None:
        st.caption(
            _(
                "Which setting mattered is said when enough trials have been trained to their end: two for each "
                "setting, and eight at least, of which some must differ. So far: {n}.",
                n=number(len(results)),
            )
        )
        return
    named = [(_(SETTINGS[name].title), part) for name, part in sorted(shares.items(), key=lambda pair: -pair[1])]
    together = max(0.0, 1 - sum(shares.values()))
    title = _("Which setting mattered")
    figure = figures.importances(named, together, _("share of the differences"), title, _)
    plot(figure, key=f"experiment-{experiment.id}-importances")
    st.caption(
        _(
            "How much of the differences among the {n} trials trained to their end goes with each setting alone, over "
            "the values tried (functional ANOVA, Hutter et al. 2014). From so few it is a rough guess: another search "
            "may say otherwise. A setting with a small share may matter outside of these values.",
            n=number(len(results)),
        )
    )


@functools.lru_cache(maxsize=32)
def _shares(store: RunStore, experiment_id: str, _done: tuple[str, ...]) -> Mapping[str, float] | None:
    """Made again when another trial has ended."""
    one = experiments.experiment(store, experiment_id)
    return Study(one.recipe, one.options).importances(experiments.results(store, one))


def _tried(experiment: Experiment, tried_space: Space, at: At, run: Run) -> Tried:
    pruned = experiment.was_pruned(run)
    one = measured(run)
    value = value_of(one) if one else None
    if pruned and (epochs := resources.history(run).epochs):
        value = epochs[-1][experiment.options["value"]]
    numbers = [run_id for _at, run_id in experiment.runs]
    places = [_place(values, at[name]) for name, values in tried_space.items()]
    return Tried(numbers.index(run.id) + 1, value, pruned or run.diverged, places, place(at))


def _place(values: Range | tuple[Any, ...], value: Any) -> float:
    """Where a value lies on its axis, 0..1."""
    if isinstance(values, tuple):
        return values.index(value) / (len(values) - 1)
    scale = math.log if values.log else float
    return (scale(value) - scale(values.low)) / (scale(values.high) - scale(values.low))


def _ticks(name: str, values: Range | tuple[Any, ...]) -> list[tuple[float, str]]:
    shown: list[Any] = list(values) if isinstance(values, tuple) else _between(values)
    return [(_place(values, value), value_word(name, value)) for value in shown]


def _between(values: Range) -> list[Any]:
    middle = math.sqrt(values.low * values.high) if values.log else (values.low + values.high) / 2
    middle = round(middle) if values.whole else float(f"{middle:.2g}")
    return [values.low, middle, values.high]
