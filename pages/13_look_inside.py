"""Inside a trained network: what each layer makes of a picture, where it looks, what its filters wait for."""

import streamlit as st

from core.errors import FitscopeError
from dashboard import choices, looking
from dashboard.inside import screen
from dashboard.widgets import run_picker
from dashboard.words import _, say

TITLE = "Look inside"
ICON = ":material/visibility:"
GROUP = "Understand"

choices.keep_frame()
st.title(_("Look inside"), anchor=False)
with st.sidebar:
    chosen = screen.choose()
if chosen is None:
    run_picker.train_first(_("No network is trained yet. Train one, and it can be opened here."), ICON)
run, epoch, follows = chosen
looking.explainer().warm()  # Keras loads while the viewer still reads
with st.sidebar:
    name, explanation = screen.choose_explanation()
picture, of_one = None, explanation.kind == "image"
try:
    if of_one:
        left, right = st.columns([1, 2])
        with left:
            picture = screen.choose_picture(run, epoch)
        if picture is None:
            st.caption(_("Choose a picture first."))
        else:
            with right:
                screen.answer(run, epoch, picture)
    if picture is not None or not of_one:
        st.subheader(_(explanation.title), anchor=False)
        screen.show(run, epoch, name, explanation, picture)
        screen.diagram(run)
except FitscopeError as error:
    st.warning(say(error), icon=":material/broken_image:")
st.markdown("*" + _("What did you expect to see, and what do you see?") + "*")
with st.sidebar:
    screen.go_on(run, epoch, follows, picture is not None)
