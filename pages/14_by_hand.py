"""Small numbers, every product and sum written out: a convolution, a neuron, a loss, batches, one class."""

import streamlit as st

from dashboard import choices
from dashboard.by_hand import batches, convolution, loss, neuron, one_class
from dashboard.words import _

TITLE = "By hand"
ICON = ":material/grid_on:"
GROUP = "Understand"

subjects = {
    "convolution": (_("Convolution"), convolution.show),
    "neuron": (_("A neuron"), neuron.show),
    "loss": (_("Softmax and cross-entropy"), loss.show),
    "batches": (_("Batch and epoch"), batches.show),
    "one_class": (_("TP, FP, FN, TN"), one_class.show),
}
st.title(_("By hand"), anchor=False)
wanted = st.query_params.get("subject", "convolution")
choices.tell(choices.unknown("subject", subjects))
st.session_state.setdefault("by_hand", wanted if wanted in subjects else "convolution")
subject = st.segmented_control(
    _("Subject"),
    list(subjects),
    required=True,
    key="by_hand",
    format_func=lambda name: subjects[name][0],
    label_visibility="collapsed",
)
choices.keep_frame(subject=subject)
if subject not in ("loss", "one_class"):
    with st.container(key="narrow"):  # a phone opens with the sidebar closed
        st.html("<style>@media (min-width: 641px) { .st-key-narrow { display: none !important } }</style>")
        st.caption(_("Sizes and other settings are in the sidebar: the arrows at the top left open it."))
subjects[subject][1]()
