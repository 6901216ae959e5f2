"""The teacher's page of a class: how to join, what everybody trains, who is there, how it ends."""

import streamlit as st

from core.people import classroom
from dashboard import choices
from dashboard.challenge import teaching as challenge
from dashboard.classroom import asking, board, collecting, ending, people, poster, register, sending
from dashboard.navigation import projected
from dashboard.people.asking import teaches
from dashboard.words import _

TITLE = "Class"
ICON = ":material/groups:"
FOR = "teacher"

room = classroom.current()
if not projected():
    st.title(_("Class"), anchor=False)
if room is None or not teaches():
    st.info(_("This page is the teacher's. A class is started with: {command}", command="fitscope class"))
    st.stop()

views = {
    "join": (_("Join"), poster.show),
    "board": (_("Board"), board.show),
    "send": (_("Send"), sending.show),
    "ask": (_("Ask"), asking.show),
    "collect": (_("Collect"), collecting.show),
    "challenge": (_("Challenge"), challenge.show),
    "register": (_("Handed in"), register.show),
    "people": (_("People"), people.show),
    "end": (_("End of class"), ending.show),
}
choices.tell(choices.unknown("view", views))
view = st.query_params.get("view", "join")
if not projected():
    st.session_state.setdefault("class_view", view)  # a default that moves would make another control of it
    view = st.segmented_control(
        _("View"),
        list(views),
        required=True,
        key="class_view",
        format_func=lambda name: views[name][0],
        label_visibility="collapsed",
    )
choices.keep_frame(view=view, **projected())
views[view][1](room)
