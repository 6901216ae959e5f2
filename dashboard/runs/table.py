"""All runs in one table: a curve, state and figures in each row, and only the settings that differ."""

import hashlib
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.evaluation.intervals import wilson
from core.recipe.config import SETTINGS
from core.recipe.differences import differing
from core.recipe.setting import as_text
from core.runs.run import ACTIVE, Run
from dashboard import choices, resources
from dashboard.actions import archive, delete, run_menu
from dashboard.live.state_words import state_word
from dashboard.navigation import page
from dashboard.people.asking import nicknames
from dashboard.runs import live
from dashboard.words import _, in_markdown, number, percent, say, size

TICKED = "_ticked"  # the ids of the ticked runs
SHOWN = 200  # rows; older runs stay in the folder


def table(runs: list[Run]) -> list[Run]:
    """Draws the table and returns the ticked runs. While one is active, it is drawn anew every two seconds.

    Streamlit keeps ticks by the place of their row. Where other runs stand there, since one was begun or the filter has
    changed, it is another table, in which the same runs are ticked.
    """
    shown = runs[:SHOWN]
    name = key(shown)
    before = st.session_state.get(TICKED, ())
    ticks = [place for place, run in enumerate(shown) if run.id in before]
    active = _any_active(shown)

    @st.fragment(run_every=2.0 if active else None)
    def draw() -> None:
        if active and not _any_active(shown):
            st.rerun()
        names = differing([recipe for run in shown if (recipe := resources.recipe(run))])
        people = nicknames()
        frame = pd.DataFrame([_row(run, names, people) for run in shown])
        st.dataframe(
            frame,
            key=name,
            hide_index=True,
            on_select=_ticked_changed,
            selection_mode="multi-row",
            selection_default={"selection": {"rows": ticks}},
            row_height=44,
            alt=_("All runs"),
            column_config={
                _("Validation loss"): st.column_config.LineChartColumn(width=120, help=_("Over the epochs.")),
                _("Started"): st.column_config.DatetimeColumn(format="distance"),
            },
        )

    draw()
    if len(runs) > SHOWN:
        st.caption(_("The newest {n} runs are shown.", n=SHOWN))
    st.caption(_("Tick one run to open it, two or more to compare their curves."))
    state = st.session_state.get(name)
    ticked = [shown[row] for row in (state["selection"]["rows"] if state else ticks)]
    st.session_state[TICKED] = tuple(run.id for run in ticked)
    return ticked


def key(shown: list[Run]) -> str:
    """The key of a table of these runs in this order."""
    return "runs_table_" + hashlib.blake2b(" ".join(run.id for run in shown).encode(), digest_size=8).hexdigest()


def details(run: Run) -> None:
    """The ticked run: what can be done with it, and its curves."""
    damage = run.damage
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(in_markdown(run.meta.name), anchor=False)
        st.space("stretch")
        if damage:
            st.button(_("Delete"), key="delete", icon=":material/delete:", on_click=delete, args=([run],))
        else:
            run_menu(run)
    if damage:
        st.error(say(damage), icon=":material/broken_image:")
        return
    live.follow(run)
    st.page_link(
        page("train"),
        label=_("Open on the Train page"),
        icon=":material/open_in_new:",
        query_params=choices.link(run.config, run.id),
    )


def act_on_many(runs: list[Run]) -> None:
    """What can be done with all ticked runs at once."""
    readable = [run for run in runs if not run.damage]
    put_away = not all(resources.row(run).archived for run in readable)
    with st.container(horizontal=True):
        st.button(
            _("Archive the ticked runs") if put_away else _("Take the ticked runs out of the archive"),
            key="archive_many",
            icon=":material/archive:" if put_away else ":material/unarchive:",
            on_click=archive,
            args=(readable, put_away),
            disabled=not readable,
        )
        st.button(
            _("Delete the ticked runs"), key="delete_many", icon=":material/delete:", on_click=delete, args=(runs,)
        )


def _ticked_changed() -> None:
    """A tick changes what is below the table: the whole page is drawn anew, not only the table's fragment."""
    st.rerun()


def _any_active(runs: list[Run]) -> bool:
    return any(resources.row(run).state in ACTIVE for run in runs)


def _row(run: Run, names: list[str], people: Mapping[str, str]) -> dict:
    """One run: what became of it first, then the settings in which the runs differ.

    people  id -> nickname, of a class
    """
    row = resources.row(run)
    shown = {
        "★": "★" if row.star else "",
        _("Name"): row.name,
        **({_("By"): people.get(row.owner, "")} if people else {}),
        _("State"): state_word(row.state),
        _("Validation loss"): list(row.val_loss),
        _("Validation accuracy, best epoch"): accuracy(row.val_accuracy, row.n_validation),
        _("Test accuracy"): accuracy(row.test_accuracy, row.n_test),
        _("Epochs done"): row.epochs,
    }
    recipe = resources.recipe(run)
    settings = {_(SETTINGS[name].title): as_text(getattr(recipe, name)) if recipe else "" for name in names}
    started = pd.Timestamp(row.created or run.folder.stat().st_mtime, unit="s", tz="UTC")
    return {**shown, **settings, _("Started"): started, _("On the disk"): size(row.kept), _("Notes"): row.notes}


def accuracy(share: float | None, n: float | None) -> str:
    """With its interval; "" where it is not known yet."""
    if share is None or not n:
        return ""
    low, high = wilson(round(share * n), int(n))
    return f"{percent(share)} ({percent(low)} – {percent(high)}, n = {number(n)})"
