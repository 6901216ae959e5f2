"""Why a network that is right on its test set errs on your own picture: distribution shift, seen and measured."""

import streamlit as st

from core.errors import FitscopeError
from dashboard import choices, looking
from dashboard.classify import alike, answer, options, why
from dashboard.looking import where_it_looked
from dashboard.widgets import epoch_picker, run_picker
from dashboard.words import _, say

TITLE = "Why is it wrong?"
ICON = ":material/help:"
GROUP = "Try it"

choices.keep_frame()
st.title(_("Why is it wrong?"), anchor=False)
st.markdown(
    _("Right on its test set, and lost in front of the webcam: see what the network saw, and what throws it off.")
)
with st.sidebar:
    run = answer.choose_run()
    epoch = epoch_picker.pick(run) if run else None
if run is None:
    run_picker.train_first(_("No network is trained yet. Train one, and it can be asked here."), ICON)
try:
    network = looking.classifier(run, epoch)
    with st.sidebar:
        asking = options.controls(run, network, epoch)
    subject = why.subject(run, asking)
    if subject:
        st.subheader(_("What it saw"), anchor=False)
        seen = why.what_it_saw(run, *subject, asking)
        where_it_looked(run, seen, epoch)
        st.subheader(_("What it learnt from"), anchor=False)
        alike.what_it_learnt(run, seen, epoch)
        st.subheader(_("What throws it off"), anchor=False)
        why.what_throws_it_off(run, seen, asking)
except FitscopeError as error:
    st.error(say(error), icon=":material/error:")
st.markdown("*" + _("Which of these changes could augmentation have taught it to forgive?") + "*")
