"""The choice of an activation, for a convolution and for a neuron."""

import streamlit as st

from core.by_hand.convolution import ACTIVATIONS
from dashboard.words import _


def titles() -> dict[str, str]:
    """name -> how the activation is called."""
    return {"none": _("none"), "relu": "ReLU", "leaky_relu": "Leaky ReLU", "tanh": "tanh", "sigmoid": _("sigmoid")}


def choose(key: str, first: str) -> str:
    """The name of the activation, one of ACTIVATIONS; `first` is chosen at the beginning."""
    words, names = titles(), list(ACTIVATIONS)
    return st.selectbox(
        _("Activation"),
        names,
        index=names.index(first),
        format_func=words.__getitem__,
        key=key,
        help=_("What is done to each sum afterwards. ReLU: negative becomes 0."),
    )
