"""A challenge of the class: train within a budget, ask a sealed test set a few times, stand on the board."""

import streamlit as st

from core.classwork import challenge as challenges
from core.people import acting, classroom
from dashboard import choices
from dashboard.challenge import entering, standings
from dashboard.challenge.teaching import rules
from dashboard.words import _

TITLE = "Challenge"
ICON = ":material/flag:"
FOR = "class"

LOOK_SECONDS = 5.0

room = classroom.current()
st.title(_("Challenge"), anchor=False)
if room is None:
    st.info(_("A challenge is one of a class. A class is started with: {command}", command="fitscope class"))
    st.stop()
choices.keep_frame()
made = next(iter(challenges.challenges(room)), None)
if made is None:
    st.info(_("No challenge goes on. When your teacher begins one, it is here."), icon=":material/flag:")
    st.stop()

rules(made)
trains = entering.trains(made)


@st.fragment(run_every=LOOK_SECONDS if trains else None)
def mine() -> None:
    """What is left to whoever looks, and their runs; looked at again only while one of these trains."""
    if entering.trains(made) != trains:
        st.rerun()
    entering.show(room, made)


@st.fragment(run_every=LOOK_SECONDS)
def board() -> None:
    now = challenges.get(room, made.number)
    if now:
        standings.board(room, now, acting.owner())


mine()
st.subheader(_("Leaderboard"), anchor=False)
board()
