"""A network that was trained a minute ago meets a picture it has never seen."""

import streamlit as st

from dashboard import answers, choices
from dashboard.frame import page
from dashboard.words import _

TITLE = "Classify"
ICON = ":material/center_focus_strong:"

choices.keep_frame()
st.title(_("Classify a picture"), anchor=False)
st.markdown(_("Give the network a picture of your own: it says what it takes it for, and how sure it is."))
with st.sidebar:
    run = answers.choose_run()
if run is None:
    st.info(_("No network is trained yet. Train one, and it can be asked here."), icon=":material/play_circle:")
    st.page_link(page("train"), label=_("Train"), icon=":material/play_circle:")
    st.stop()
way = st.segmented_control(
    _("From where"),
    ["upload", "draw"],
    key="classify_way",
    default="upload",
    required=True,
    format_func={"upload": _("A picture"), "draw": _("Draw one")}.__getitem__,
    help=_("It stays on this server and is not kept."),
)
if way == "draw":
    answers.drawn(run)
else:
    answers.uploaded(run)
st.markdown("*" + _("What could you show it that it must get wrong?") + "*")
