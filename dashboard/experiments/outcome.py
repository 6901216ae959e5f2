"""What the runs of an experiment came to: the answer in the viewer's language, and all of them as a table."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.experiments.experiment import Experiment
from core.experiments.kind import Answer, At, Result
from core.experiments.measured import Measured, measured
from core.recipe.config import SETTINGS
from core.runs.run import Run
from dashboard import resources
from dashboard.live import verdict_words
from dashboard.live.state_words import state_word
from dashboard.runs.value_words import value_word
from dashboard.words import _, in_turn, number, percent, points


def sentence(answer: Answer) -> str:
    """The answer, to be quoted."""
    return _(answer.template).format(**{name: _word(name, value) for name, value in answer.values.items()})


def place(at: At) -> str:
    """Such as "Dropout 0.5, Epochs 20"."""
    return ", ".join(f"{_(SETTINGS[name].title)} {value_word(name, value)}" for name, value in at.items())


def places(several: Sequence[At]) -> str:
    """Several of them; the name of a setting that alone varies is said once: "Dropout 0.5, 0.7"."""
    names = {tuple(at) for at in several}
    if len(names) == 1 and len(name := next(iter(names))) == 1:
        return f"{_(SETTINGS[name[0]].title)} {', '.join(value_word(name[0], at[name[0]]) for at in several)}"
    return in_turn(map(place, several))


def table(experiment: Experiment, runs: list[tuple[At, Run]], results: list[Result]) -> None:
    """All runs with what became of them, also as a file."""
    if not runs:
        return
    known = {one.run.id: one for _at, one in results}
    known |= {run.id: one for _at, run in runs if experiment.was_pruned(run) and (one := measured(run, ("stopped",)))}
    frame = pd.DataFrame([_row(at, run, known.get(run.id), experiment.was_pruned(run)) for at, run in runs])
    whole = experiment.spec.chart == "table"
    with st.container() if whole else st.expander(_("All runs as a table"), key="experiment_runs"):
        st.dataframe(
            frame,
            key="experiment_table",
            hide_index=True,
            alt=_("The runs of this experiment"),
            column_config=_columns(),
        )
        st.download_button(
            _("As CSV"), _csv(frame), "fitscope.csv", "text/csv", key="experiment_csv", icon=":material/download:"
        )


def _row(at: At, run: Run, one: Measured | None, pruned: bool) -> dict[str, Any]:
    recipe, state = resources.recipe(run), run.state
    return {
        **{_(SETTINGS[name].title): value_word(name, value) for name, value in at.items()},
        _("Seed"): recipe.seed if recipe else None,
        **(_figures(one) if one else dict.fromkeys(_figure_names())),
        _("State"): _("pruned") if pruned else state_word(state),
        _("Run"): f"train?run={run.id}",
    }


def _figure_names() -> list[str]:
    return [
        _("Parameters"),
        _("Seconds an epoch"),
        _("Epochs"),
        _("Minutes"),
        _("Validation accuracy"),
        _("Training accuracy"),
        _("Validation loss"),
        _("Outputs"),
        _("Verdict"),
    ]


def _figures(one: Measured) -> dict[str, Any]:
    values = (
        one.parameters,
        one.seconds / one.epochs,
        one.epochs,
        one.seconds / 60,
        one.val_accuracy,
        one.accuracy,
        one.val_loss,
        one.outputs,
        verdict_words.word(one.finding) if one.finding else "",
    )
    return dict(zip(_figure_names(), values, strict=True))


def _columns() -> Mapping[str, Any]:
    share = st.column_config.NumberColumn(format="percent")
    return {
        _("Seconds an epoch"): st.column_config.NumberColumn(format="%.3f"),
        _("Minutes"): st.column_config.NumberColumn(format="%.2f"),
        _("Validation accuracy"): share,
        _("Training accuracy"): share,
        _("Validation loss"): st.column_config.NumberColumn(format="%.4f"),
        _("Run"): st.column_config.LinkColumn(display_text=_("Open")),
    }


def _csv(frame: pd.DataFrame) -> bytes:
    written = io.StringIO()
    frame.to_csv(written, index=False)
    return written.getvalue().encode("utf-8-sig")  # with its mark, by which Excel knows the encoding


def _word(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return place(value)
    if isinstance(value, list):
        return places(value)
    if isinstance(value, float):
        if name.endswith("_points"):
            return points(value / 100)
        return number(value, 1) if name.endswith("_hundredths") else percent(value)
    return number(value)
