"""One small image, one kernel, every product and sum: what a convolution does, step by step."""

import streamlit as st

from core.errors import FitscopeError
from core.inside.convolution import ACTIVATIONS, convolve, pool
from dashboard import choices
from dashboard.inside import by_hand
from dashboard.widgets import convolution
from dashboard.words import _, say

TITLE = "Convolution by hand"
ICON = ":material/grid_on:"
GROUP = "Understand"

choices.keep_frame()
words = {"none": _("none"), "relu": "ReLU", "leaky_relu": "Leaky ReLU", "tanh": "tanh", "sigmoid": _("sigmoid")}
with st.sidebar:
    padding = st.segmented_control(
        _("Padding"),
        ["valid", "same"],
        default="valid",
        required=True,
        key="by_hand_padding",
        help=_("valid: the window stays inside. same: zeros around, so that the result keeps its size."),
    )
    stride = st.number_input(_("Stride"), 1, 4, key="by_hand_stride", help=_("How far the window moves each time."))
    bias = st.number_input(
        _("Bias"),
        -10.0,
        10.0,
        0.0,
        0.1,
        key="by_hand_bias",
        help=_("Added to every sum: the filter's own leaning."),
    )
    activation = st.selectbox(
        _("Activation"),
        list(ACTIVATIONS),
        index=1,
        format_func=words.__getitem__,
        key="by_hand_activation",
        help=_("What is done to each sum afterwards. ReLU: negative becomes 0."),
    )
    kinds = {"none": _("none"), "max": _("largest"), "average": _("mean")}
    kind = st.segmented_control(
        _("Pooling"),
        list(kinds),
        default="max",
        required=True,
        format_func=kinds.__getitem__,
        key="by_hand_pooling",
        help=_("Each window of the result becomes one number."),
    )
    size = st.number_input(_("Pooling window"), 2, 4, key="by_hand_pool_size", help=_("Rows and columns of it."))
    pool_stride = st.number_input(_("Pooling stride"), 1, 4, key="by_hand_pool_stride", help=_("How far it moves."))

st.title(_("Convolution by hand"), anchor=False)
st.markdown(_("Change any number, then press ▶: the window goes over the image, and each sum is written out below."))
stage = st.container()
left, right = st.columns(2)
with left:
    st.markdown("**" + _("The image") + "**")
    image = by_hand.image()
with right:
    st.markdown("**" + _("The kernel") + "**")
    kernel = by_hand.kernel()
with stage:
    try:
        steps = convolve(image, kernel, padding, stride, bias)
        active = None if activation == "none" else ACTIVATIONS[activation](steps.output)
        source = steps.output if active is None else active
        pooled = None if kind == "none" else pool(source, size, pool_stride, kind)
        convolution.animate(image, kernel, bias, steps, active, pooled, size, kind, words[activation])
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
st.caption(_("Blue is positive, orange negative. Click a number of the result to see where it comes from."))
st.subheader(_("Softmax and cross-entropy by hand"), anchor=False)
by_hand.softmax_table()
st.markdown("*" + _("Which kernel would find a line that falls from left to right?") + "*")
