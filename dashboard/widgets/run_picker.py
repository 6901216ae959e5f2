"""Which run a page is about: one control, one rule, on every page that looks at a trained network."""

import itertools
from collections.abc import Callable
from typing import NoReturn

import streamlit as st

from core.network.classifier import is_baseline
from core.people import acting
from core.runs.run import ACTIVE, Run
from dashboard import choices, resources
from dashboard.navigation import page
from dashboard.people.asking import nicknames
from dashboard.words import _, after_colon, in_markdown, say

OFFERED = 300  # the newest; no list that a person reads is longer


def pick(
    label: str, help: str, usable: Callable[[Run], bool], preferred: Callable[[Run], bool] = lambda _run: True
) -> Run | None:
    """The run in view if it can be used, else the one chosen before, else one's own newest, else the newest.

    None where there is none; in a class a run of somebody else says whose it is.

    preferred  of those that can be used, which are looked at first for the newest
    A choice becomes the run in view everywhere, and the address names it. Where another run is shown than the one in
    view, the page says why.
    """
    fitting = (run for run in resources.store().all() if usable(run) and resources.is_readable(run))
    runs = list(itertools.islice(fitting, OFFERED))
    wanted = resources.chosen_run()
    if wanted and wanted not in runs and resources.is_readable(wanted) and usable(wanted):
        runs.append(wanted)  # an old one, opened from the list of runs or by a link
    names = resources.run_labels(runs)
    if wanted and wanted.id not in names:
        _tell_why(wanted)
    if not runs:
        return None
    rows, me = {run.id: resources.row(run) for run in runs}, acting.owner()
    if wanted and wanted.id in names:
        st.session_state["picked_run"] = wanted.id
    elif st.session_state.get("picked_run") not in names:  # never chosen, or deleted meanwhile
        own = [run for run in runs if rows[run.id].owner == me] or runs
        st.session_state["picked_run"] = next(filter(preferred, own), own[0]).id
    else:
        st.session_state["picked_run"] = st.session_state["picked_run"]  # its words may change, when its training ends
    people = nicknames()

    def words(one: str) -> str:
        row = rows[one]
        whose = people.get(row.owner) if row.owner != me else None
        named = f"{names[one]} · {_('by {name}', name=whose)}" if whose else names[one]
        return _("{run} · training", run=named) if row.state in ACTIVE else named

    chosen = st.selectbox(
        label,
        list(names),
        key="picked_run",
        format_func=words,
        on_change=_choose,
        help=help,
    )
    return next(run for run in runs if run.id == chosen)


def _tell_why(run: Run) -> None:
    """Why the run in view is not shown: what it failed of, or that it has nothing to show yet."""
    failure = run.failure
    if failure:
        st.warning(after_colon(run.meta.name, say(failure)), icon=":material/error:")
    elif is_baseline(run):
        st.info(
            _("“{run}” is a baseline: it has no layers and no epochs that could be looked at.", run=run.meta.name),
            icon=":material/layers_clear:",
        )
    else:
        st.caption(_("“{run}” has nothing to be shown here yet.", run=in_markdown(run.meta.name)))


def _choose() -> None:
    choices.choose_run(st.session_state["picked_run"])


def train_first(sentence: str, icon: str) -> NoReturn:
    """Ends a page that has no network to show: why there is nothing, and where to train one."""
    st.info(sentence, icon=icon)
    st.page_link(page("train"), label=_("Train"), icon=":material/play_circle:")
    st.stop()
