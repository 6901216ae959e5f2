"""Back in time: one slider moves the cursor on the curve, the matrix, the filters and the answers together."""

import streamlit as st

from core.errors import FitscopeError
from dashboard import choices
from dashboard.inside import following, time_machine
from dashboard.widgets import run_picker
from dashboard.words import _, say

TITLE = "Back in time"
ICON = ":material/history:"
GROUP = "Understand"

choices.keep_frame()
st.title(_("Back in time"), anchor=False)
st.markdown(_("One network after each epoch, asked about its validation images: move the slider and watch it learn."))
with st.sidebar:
    run = time_machine.choose()
    follows = run is not None and following.switch(run)
if run is None:
    run_picker.train_first(_("No run has kept its epochs yet. Train a network to its end, then come back."), ICON)
try:
    time_machine.travel(run, follows)
except FitscopeError as error:
    st.warning(say(error), icon=":material/broken_image:")
st.markdown("*" + _("At which epoch would you have stopped, and what would you have lost?") + "*")
with st.sidebar:
    time_machine.go_on(run, follows)
