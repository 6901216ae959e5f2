"""Who asks for a page: known by the cookie of their browser, looked up anew at every run of a script."""

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from core.people import acting, classroom
from core.people.person import STRANGER, Person
from core.runs.run import Run
from dashboard.words import _, in_markdown

COOKIE = "fitscope_person"


def person() -> Person | None:
    """Who asks; STRANGER for somebody who is not of the class. None: there is no class, or no page is asked for."""
    room = classroom.current()
    if room is None or get_script_run_ctx(suppress_warning=True) is None:
        return None  # the queue, a thread of the server
    return room.recognise(token()) or STRANGER


def token() -> str:
    """What the browser of this page holds; "" where it holds nothing."""
    return st.context.cookies.get(COOKIE, "")


def teaches() -> bool:
    """Whether a teacher of a class asks."""
    asking = acting.acting()
    return bool(asking and asking.teacher)


def may_read_here() -> bool:
    """Whether whoever asks may name a folder of this machine."""
    person = acting.acting()
    return person is None or person.teacher


def nickname() -> str:
    """Of whoever asks, "" where there is no class."""
    asking = acting.acting()
    return asking.name if asking and asking.id else ""


def nicknames() -> dict[str, str]:
    """id -> nickname of everybody; none where there is no class."""
    room = classroom.current()
    return {person.id: person.name for person in room.people()} if room else {}


def is_mine(run: Run) -> bool:
    """Whether whoever asks may change a run."""
    return acting.may_change(run.meta.owner)


def by(owner: str) -> str:
    """Who made something, for a caption; "" where it is nobody's of the class."""
    name = nicknames().get(owner)
    return _("by {name}", name=in_markdown(name)) if name else ""


acting.recognise_by(person)
