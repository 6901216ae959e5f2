"""What a trained network gets wrong: the confusion matrix, the images behind each cell, and how honest it is."""

import streamlit as st

from core.errors import FitscopeError
from dashboard import choices, resources
from dashboard.mistakes import screen
from dashboard.navigation import page
from dashboard.words import _, say

TITLE = "Mistakes"
ICON = ":material/rule:"
GROUP = "Understand"

choices.keep_frame()
st.title(_("Mistakes"), anchor=False)
with st.sidebar:
    run, split = screen.choose()
if run is None:
    st.info(_("No network was tested yet. Train one to its end, and its mistakes are here."), icon=":material/rule:")
    st.page_link(page("train"), label=_("Train"), icon=":material/play_circle:")
    st.stop()
try:
    with st.sidebar:
        epoch = screen.choose_epoch(run, split)
    found = resources.evaluation(run, split, epoch)
except FitscopeError as error:
    st.warning(say(error), icon=":material/hourglass_top:")
    st.stop()
screen.headline(found)
views = {
    "matrix": _("Confusion matrix"),
    "images": _("Worst images"),
    "classes": _("Class by class"),
    "curves": _("Curves"),
    "honesty": _("How honest"),
}
view = st.segmented_control(
    _("Show"),
    list(views),
    key="mistakes_view",
    default="matrix",
    required=True,
    format_func=views.__getitem__,
    label_visibility="collapsed",
)
try:
    match view:
        case "matrix":
            screen.matrix(run, found)
        case "images":
            screen.gallery(run, found)
        case "classes":
            screen.by_class(found)
        case "curves":
            screen.class_curves(found)
        case "honesty":
            screen.honesty(found)
except FitscopeError as error:  # the dataset is gone: the numbers above still hold
    st.warning(say(error), icon=":material/broken_image:")
screen.download(run, found, split)
st.markdown("*" + _("Would you have known better, on these very pictures?") + "*")
