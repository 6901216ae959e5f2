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
given = st.file_uploader(
    _("Picture"),
    ["jpg", "jpeg", "png", "webp", "bmp", "gif", "heic", "heif"],
    key="classify_upload",
    help=_("It stays on this server and is not kept."),
)
if given:
    answers.show(run, given.name, given.getvalue())
else:
    st.caption(_("JPEG, PNG, WebP, BMP, GIF or HEIC. It is made as small as the pictures the network learnt from."))
st.markdown("*" + _("What could you show it that it must get wrong?") + "*")
