"""Handing a page in to the teacher of a class, and the comment that comes back; nothing where there is no class."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.classwork import handed_in
from core.people import acting, classroom
from core.people.classroom import Classroom
from dashboard.actions import attempt
from dashboard.people.handed import in_words
from dashboard.words import _, in_markdown


@dataclass(frozen=True)
class Subject:
    """What a page is about.

    key   "run:ID", "race:ID", "lesson:NAME"
    runs  ids of the runs it tells of
    """

    key: str
    title: str
    runs: tuple[str, ...]


def offer(about: Subject, made: Callable[[], tuple[bytes, str]]) -> bool:
    """Says whether the page can be handed in here, and lets it be.

    made  gives the file, and what is said in it, at the press
    """
    room, person = classroom.current(), acting.acting()
    if room is None or person is None or not person.id or person.teacher:
        return False
    before = next((one for one in handed_in.of(room, person.id) if one.subject == about.key), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Hand in again") if before else _("Hand in"),
            key="hand_in_now",
            type="primary",
            icon=":material/send:",
            on_click=_hand_in,
            args=(room, about, made),
            help=_("Your teacher gets this page as it is now; the last one counts."),
        )
        if before:
            st.button(
                _("Take it back"),
                key="hand_in_back",
                icon=":material/undo:",
                on_click=_take_back,
                args=(room, about.key),
                help=_("Your teacher does not have it any more; the run stays."),
            )
            st.caption(in_words(before))
    if before and before.comment:
        st.info(in_markdown(before.comment), title=_("Your teacher’s comment"), icon=":material/forum:")
    return True


def _hand_in(room: Classroom, about: Subject, made: Callable[[], tuple[bytes, str]]) -> None:
    def hand_in() -> None:
        page, words = made()
        handed_in.hand_in(room, about.key, about.title, page, about.runs, words)

    if attempt(hand_in):
        st.toast(_("Handed in."), icon=":material/check:")


def _take_back(room: Classroom, subject: str) -> None:
    attempt(lambda: handed_in.take_back(room, subject))
