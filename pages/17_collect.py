"""Giving pictures to the dataset that the class puts together; made for a phone."""

import streamlit as st

from core.people import classroom
from dashboard import choices
from dashboard.classroom import giving
from dashboard.words import _

TITLE = "Collect"
ICON = ":material/photo_library:"
FOR = "class"

choices.keep_frame()
room = classroom.current()
if room is None:
    st.title(_("Collect"), anchor=False)
    st.info(_("Here a class collects pictures together. A class is started with: {command}", command="fitscope class"))
    st.stop()
giving.show(room)
