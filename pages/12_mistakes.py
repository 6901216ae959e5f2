"""What a trained network gets wrong: the confusion matrix, the images behind each cell, and how honest it is."""

import streamlit as st

from core.errors import FitscopeError
from dashboard import choices, resources
from dashboard.diary import gallery
from dashboard.mistakes import epoch, repair, screen
from dashboard.widgets import run_picker
from dashboard.words import _, say

TITLE = "Mistakes"
ICON = ":material/rule:"
GROUP = "Understand"

wanted, of_these = st.query_params.get("view"), st.query_params.get("images")
choices.keep_frame()
st.title(_("Mistakes"), anchor=False)
with st.sidebar:
    run, split = screen.choose()
if run is None:
    run_picker.train_first(_("No network was tested yet. Train one to its end, and its mistakes are here."), ICON)
try:
    with st.sidebar:
        shown = epoch.choose(run, split)
    evaluation = resources.evaluation(run, split, shown)
except FitscopeError as error:
    st.warning(say(error), icon=":material/hourglass_top:")
    st.stop()
epoch.tell(run, split, shown)
screen.headline(evaluation)
views = {
    "matrix": _("Confusion matrix"),
    "images": _("Worst images"),
    "classes": _("Class by class"),
    "curves": _("Curves"),
    "honesty": _("How honest"),
    "diary": _("Diary of the training images"),
}
if wanted in views:
    st.session_state["mistakes_view"] = wanted
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
            screen.matrix(run, evaluation)
        case "images":
            screen.gallery(run, evaluation)
        case "classes":
            screen.by_class(evaluation)
        case "curves":
            screen.class_curves(evaluation)
        case "honesty":
            screen.honesty(evaluation)
        case "diary":
            rows = gallery.show(run, of_these)
            if len(rows):
                repair.offer(run, evaluation, rows, key="diary")
except FitscopeError as error:  # the dataset is gone: the numbers above still hold
    st.warning(say(error), icon=":material/broken_image:")
screen.download(run, evaluation, split)
st.markdown("*" + _("Would you have known better, on these very pictures?") + "*")
