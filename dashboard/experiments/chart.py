"""The one chart of an experiment, by its kind; it grows as runs finish, and a cell of the map opens its run."""

import streamlit as st

from core.experiments.compared import grouped
from core.experiments.experiment import Experiment
from core.experiments.kind import At, Result
from core.experiments.measured import interval, mean_accuracy
from core.recipe.config import SETTINGS
from core.runs.run import Run
from dashboard import choices, resources
from dashboard.charts import experiments as figures
from dashboard.charts.experiments import Place, Square
from dashboard.experiments import trials
from dashboard.experiments.outcome import place
from dashboard.live import verdict_words
from dashboard.navigation import page
from dashboard.runs.value_words import value_word
from dashboard.widgets.plot import clickable, plot
from dashboard.words import _, in_markdown, percent


def draw(experiment: Experiment, runs: list[tuple[At, Run]], results: list[Result]) -> None:
    """A grid has no chart: it is a table."""
    if not experiment.runs:
        return
    match experiment.spec.chart:
        case "line":
            _line(experiment, results)
        case "band":
            _band(experiment, runs)
        case "map":
            _map(experiment, results)
        case "folds":
            _folds(experiment, results)
        case "trials":
            trials.draw(experiment, runs, results)


def _line(experiment: Experiment, results: list[Result]) -> None:
    """Training and validation over the values of the setting that varies."""
    name = next(iter(experiment.runs[0][0]))
    values = list(dict.fromkeys(at[name] for at, _run in experiment.runs))
    places = []
    for at, runs in grouped(results):
        low, high = interval(runs)
        training = sum(one.accuracy for one in runs) / len(runs)
        places.append(Place(at[name], training, mean_accuracy(runs), low, high))
    words = [value_word(name, value) for value in values]
    title = _("Accuracy over {setting}", setting=_(SETTINGS[name].title))
    figure = figures.over_values(values, words, places, _axis(name), title, _)
    plot(figure, key=f"experiment-{experiment.id}")
    st.caption(
        _(
            "Solid: validation, with its 95 % interval. Dashed: training. Where both are low it underfits; where they "
            "part it overfits."
        )
    )


def _axis(name: str) -> str:
    setting = SETTINGS[name]
    title, unit = _(setting.title), _(setting.unit) if setting.unit else ""
    return f"{title} ({unit})" if unit and unit.lower() not in title.lower() else title


def _band(experiment: Experiment, runs: list[tuple[At, Run]]) -> None:
    """All seeds over the epochs, also those that still train."""
    histories = [resources.history(run) for _at, run in runs]
    titles = {"accuracy": _("Accuracy of all seeds"), "loss": _("Loss of all seeds")}
    for column, (name, title) in zip(st.columns(2), titles.items(), strict=True):
        with column:
            plot(figures.band(histories, name, title, _, experiment.recipe.epochs), key=f"experiment-{name}")
    st.caption(_("Lines: the mean of the seeds. Shaded: from the lowest to the highest of them at each epoch."))


def _folds(experiment: Experiment, results: list[Result]) -> None:
    """One dot for each fold, and their mean."""
    held_back = [at["fold"] for at, _run in experiment.runs]
    places = [
        Place(held_back.index(at["fold"]), one.accuracy, one.val_accuracy, *interval([one])) for at, one in results
    ]
    runs = [one for _at, one in results]
    mean = (mean_accuracy(runs), *interval(runs)) if runs else (0.0, 0.0, 1.0)
    title = _("Accuracy of each fold")
    plot(figures.folds([str(fold) for fold in held_back], places, mean, title, _), key=f"experiment-{experiment.id}")
    st.caption(
        _("Diamonds: validation, on the fold held back. Dots: training. Line and band: the mean and its interval.")
    )


def _map(experiment: Experiment, results: list[Result]) -> None:
    """A cell for each training, coloured by its verdict; a click names its run."""
    rows, columns = list(experiment.runs[0][0])
    row_values = sorted({at[rows] for at, _run in experiment.runs})
    column_values = sorted({at[columns] for at, _run in experiment.runs})
    squares = [
        Square(
            column_values.index(at[columns]),
            row_values.index(at[rows]),
            one.finding,
            (verdict_words.word(one.finding) + (_("?") if one.doubtful else "")) if one.finding else "",
            one.accuracy,
            one.val_accuracy,
        )
        for at, one in results
    ]
    axes = (
        (_axis(columns), [value_word(columns, value) for value in column_values]),
        (_axis(rows), [value_word(rows, value) for value in row_values]),
    )
    figure = figures.verdicts(squares, axes, _("What kind of fit it was"), _)
    clicked = clickable(figure, key=f"experiment-{experiment.id}")
    st.caption(
        _(
            "In each cell: the verdict, training and validation accuracy, and the gap in points. A question mark: "
            "a confidence below 50 %. Click a cell."
        )
    )
    if clicked and max(clicked) >= 0 and clicked[0] < len(column_values) and clicked[1] < len(row_values):
        _opened({columns: column_values[clicked[0]], rows: row_values[clicked[1]]}, results)


def _opened(wanted: At, results: list[Result]) -> None:
    """The run of a cell, as a link."""
    for at, one in results:
        if dict(at) == dict(wanted):
            words = _(
                "{place}: training {training}, validation {validation}",
                place=place(at),
                training=percent(one.accuracy),
                validation=percent(one.val_accuracy),
            )
            with st.container(horizontal=True, vertical_alignment="center", key="opened_cell"):
                st.markdown(in_markdown(words))
                link = choices.link(run=one.run.id)
                st.page_link(page("train"), label=_("Open this run"), icon=":material/open_in_new:", query_params=link)
            return
    st.caption(_("This run has not ended yet."))
