"""A challenge as those see it who take part: what is left to them, their runs, and asking with one."""

import streamlit as st

from core.classwork import asked
from core.classwork.challenge import Challenge
from core.errors import FitscopeError
from core.people import acting
from core.people.classroom import Classroom
from core.runs.index import Row
from core.runs.run import ACTIVE, Run
from dashboard import resources
from dashboard.challenge import standings
from dashboard.challenge.teaching import MILLION
from dashboard.live.state_words import state_word
from dashboard.navigation import page
from dashboard.words import _, in_markdown, language, number, percent, plural, say

SHOWN = 20  # runs


def show(room: Classroom, made: Challenge) -> None:
    person = acting.owner()
    mine = [one for one in standings.known(room, made) if one.person == person]
    if made.state == "open":
        _left(made, person, len(mine))
        st.page_link(
            page("train"),
            label=_("Train on its images"),
            icon=":material/tune:",
            query_params={"dataset": made.dataset, "lang": language()},
        )
    _runs(room, made, person)


def trains(made: Challenge) -> bool:
    """Whether a run of whoever looks, on its images, waits or trains."""
    return any(row.state in ACTIVE for row in _rows(made, acting.owner()))


def _rows(made: Challenge, person: str) -> list[Row]:
    return [row for row in resources.rows().values() if row.owner == person and row.dataset == made.dataset]


def _left(made: Challenge, person: str, times: int) -> None:
    """What whoever looks may still do."""
    epochs, work = asked.spent_until(resources.store(), made, person)
    with st.container(horizontal=True):
        st.metric(
            _("Askings left"),
            _("{left} of {all}", left=number(max(0, made.tries - times)), all=number(made.tries)),
            width=220,
            help=_("Each asks the sealed images so often; nobody sees them."),
        )
        if made.epochs:
            st.metric(
                _("Epochs left"),
                _("{left} of {all}", left=number(max(0, made.epochs - epochs)), all=number(made.epochs)),
                width=220,
                help=_("All epochs count that you train on these images, also those of runs that you delete."),
            )
        if made.multiply_adds:
            left = max(0, made.multiply_adds - work) / MILLION
            st.metric(
                _("Million multiply-adds left"),
                _("{left} of {all}", left=number(left), all=number(made.multiply_adds / MILLION)),
                width=320,
                help=_("Images × epochs × multiply-adds of an answer × 3: forward once, backward twice."),
            )


def _runs(room: Classroom, made: Challenge, person: str) -> None:
    rows = _rows(made, person)
    st.subheader(_("Your runs"), anchor=False)
    if not rows:
        st.caption(_("None on these images yet. Train one: it is listed here, and may be asked when it has ended."))
        return
    known = {one.run: one for one in standings.known(room, made) if one.person == person and one.answered}
    for row in rows[:SHOWN]:
        run = Run(resources.store().folder / row.id)
        row = resources.row(run)  # of one that trains the figures in the list of all may be behind
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.page_link(
                page("train"), label=in_markdown(row.name), query_params={"run": row.id, "lang": language()}, width=260
            )
            words = [state_word(run.state)]
            if row.val_accuracy is not None and row.n_validation:
                accuracy = f"{percent(row.val_accuracy)} · n = {number(row.n_validation)}"
                words.append(_("validation {accuracy}", accuracy=accuracy))
            st.caption(" · ".join(words), width=320)
            st.space("stretch")
            if row.id in known:
                one = known[row.id]
                st.markdown(
                    _("Public: **{share}** · n = {n}", share=percent(one.public.mean()), n=number(len(one.public)))
                )
            if made.state == "open":
                _ask_button(room, made, run, person, asked_before=row.id in known)
    if len(rows) > SHOWN:
        st.caption(plural(len(rows) - SHOWN, "{n} older run is not listed.", "{n} older runs are not listed."))


def _ask_button(room: Classroom, made: Challenge, run: Run, person: str, asked_before: bool) -> None:
    """Nothing where its answer stands there already."""
    refusal = asked.why_not(room, resources.store(), made, run, person)
    if refusal and asked_before:
        return
    if refusal:
        st.caption(say(refusal), width=360)
        return
    st.button(
        _("Ask"),
        key=f"ask_sealed_{run.id}",
        icon=":material/lock:",
        on_click=_ask,
        args=(room, made, run),
        help=_("Uses up one of your askings; the answer to the public half goes onto the board."),
    )


def _ask(room: Classroom, made: Challenge, run: Run) -> None:
    try:
        one = asked.ask(room, resources.store(), made.number, run)
        said = _("{share} of {n} public images.", share=percent(one.public.mean()), n=number(len(one.public)))
        st.toast(said, icon=":material/check:", duration="long")
    except FitscopeError as error:
        st.toast(say(error), icon=":material/error:", duration="long")
