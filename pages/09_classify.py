"""A network that was trained a minute ago meets pictures it has never seen: uploads, drawings, the camera."""

import streamlit as st

from core.errors import FitscopeError
from dashboard import choices, looking
from dashboard.classify import answer, options, ways
from dashboard.widgets import epoch_picker, run_picker
from dashboard.words import _, say

TITLE = "Classify"
ICON = ":material/center_focus_strong:"
GROUP = "Try it"
CAMERA = True

choices.keep_frame()
st.title(_("Classify a picture"), anchor=False)
st.markdown(_("Give the network a picture of your own: it says what it takes it for, and how sure it is."))
with st.sidebar:
    run = answer.choose_run(untested=True)
    epoch = epoch_picker.pick(run) if run else None
if run is None:
    run_picker.train_first(_("No network is trained yet. Train one, and it can be asked here."), ICON)
try:
    network = looking.classifier(run, epoch)
    with st.sidebar:
        asking = options.controls(run, network, epoch)
    ways.choose()(run, asking)
except FitscopeError as error:
    st.error(say(error), icon=":material/error:")
st.caption(_("Pictures stay on this server and are not kept unless you save them."))
st.markdown("*" + _("What could you show it that it must get wrong?") + "*")
