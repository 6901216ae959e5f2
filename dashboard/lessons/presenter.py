"""A lesson on the projector: nothing but the lesson, large, moved by arrow keys, space bar or a clicker."""

from pathlib import Path

import streamlit as st

from core.lessons.lesson import Lesson
from core.people import classroom
from dashboard.navigation import project, projected, projector_button
from dashboard.people.asking import teaches
from dashboard.words import _

_NOTES = "_notes"  # whether they are in view
NO_KEYS = "<style>@media (max-width: 640px) { .st-key-keys_hint { display: none !important } }</style>"

_keys = st.components.v2.component(
    "fitscope_presenter_keys",
    html="<span></span>",
    js=(Path(__file__).parent / "keys.js").read_text("utf-8"),
)


def keys(answers: int) -> str:
    """What was pressed since the last run of the page: "next", "back", "1" … for an answer; "" for nothing.

    N and P are obeyed here: the notes, and the view itself.
    """
    made = _keys(
        data={"answers": answers, "present": bool(projected())}, key="presenter_keys", on_pressed_change=lambda: None
    )
    pressed = (made.get("pressed") if made else None) or ""
    if pressed == "notes":
        _turn_notes()
    elif pressed == "present":
        project()
        st.rerun()
    return pressed if pressed in ("next", "back") or pressed.isdigit() else ""


def switch() -> None:
    """The button that turns the view on and off."""
    projector_button(_("Nothing but the lesson, large. Keys: P turns it on and off, N shows the notes."))


def hint(answers: int) -> None:
    """Which keys there are, where there are keys: not on a phone."""
    words = _("Keys: → or space goes on, ← goes back, N shows the notes, P fills the projector.")
    if answers:
        words += " " + _("1 to {n} answer.", n=answers)
    with st.container(key="keys_hint", width="content"):
        st.html(NO_KEYS)
        st.caption(words)


def notes(lesson: Lesson) -> None:
    """What the teacher may want to say; out of sight until it is asked for, on the projector by its key alone."""
    if not lesson.notes or (classroom.current() and not teaches()):  # in a class they are the teacher's
        return
    shown = st.session_state.get(_NOTES, False)
    if not projected():
        label = _("Hide the notes") if shown else _("Notes for the teacher")
        st.button(label, key="notes", icon=":material/sticky_note_2:", type="tertiary", on_click=_turn_notes)
    if shown:
        with st.container(border=True):
            st.markdown(_(lesson.notes))


def _turn_notes() -> None:
    st.session_state[_NOTES] = not st.session_state.get(_NOTES, False)
