"""A trained network leaves this project: in the forms other programs read, with what is needed to use it."""

import streamlit as st

from core.errors import FitscopeError
from dashboard import choices, take_away
from dashboard.classify import answer
from dashboard.widgets import epoch_picker, run_picker
from dashboard.words import _, say

TITLE = "Take it away"
ICON = ":material/inventory_2:"
GROUP = "Try it"

choices.keep_frame()
st.title(_("Take it away"), anchor=False)
st.markdown(
    _(
        "Your network in one zip, to use on any machine without this project: for Python, for a telephone, for a web "
        "page, with a script that trains it again from scratch. Every form is loaded back and asked before you get it."
    )
)
with st.sidebar:
    run = answer.choose_run(untested=True)
    epoch = epoch_picker.pick(run) if run else None
if run is None:
    run_picker.train_first(_("No network is trained yet. Train one, and you can take it away."), ICON)
try:
    take_away.show(run, epoch)
except FitscopeError as error:
    st.error(say(error), icon=":material/error:")
st.markdown("*" + _("Who will ask your network what, and what will they take its answer for?") + "*")
