"""The time of the class: begun, lengthened, stopped; and what is left of it, large enough for the projector."""

import math

import streamlit as st

from core.classwork import clock
from core.people.classroom import Classroom
from dashboard.actions import attempt
from dashboard.words import _, plural

LOOK_SECONDS = 1.0
MORE = (1, 5)  # minutes


def show(room: Classroom) -> None:
    if clock.ends_at(room) is None:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input(
                _("Minutes"),
                1,
                int(clock.MOST_MINUTES),
                10,
                key="clock_minutes",
                width=140,
                help=_("Counted down on every screen; what is handed in later is marked."),
            )
            st.button(_("Start the time"), key="clock_begin", icon=":material/timer:", on_click=_begin, args=(room,))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        _left(room)
        for minutes in MORE:
            st.button(
                plural(minutes, "+ {n} minute", "+ {n} minutes"),
                key=f"clock_add_{minutes}",
                on_click=_add,
                args=(room, minutes),
                help=_("For everybody; extra time for one person is given under People."),
            )
        st.button(_("Stop the time"), key="clock_stop", icon=":material/timer_off:", on_click=_stop, args=(room,))


@st.fragment(run_every=LOOK_SECONDS)
def _left(room: Classroom) -> None:
    left = clock.seconds_left(room)
    if left is None:
        return
    seconds = max(0, math.ceil(left))
    words = f"{seconds // 60}:{seconds % 60:02d}" if seconds else _("Time is up")
    st.markdown(f"### :material/timer: {words}", width="content")


def _begin(room: Classroom) -> None:
    attempt(lambda: clock.begin(room, st.session_state["clock_minutes"]))


def _add(room: Classroom, minutes: float) -> None:
    attempt(lambda: clock.add(room, minutes))


def _stop(room: Classroom) -> None:
    attempt(lambda: clock.stop(room))
