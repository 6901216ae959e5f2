"""A neuron of a dense layer by hand: what comes in, its weights, and where the sum lies on the activation."""

import numpy as np
import pandas as pd
import streamlit as st

from core.by_hand.convolution import ACTIVATIONS
from core.by_hand.neuron import MOST_INPUTS, Neuron, neuron
from dashboard.by_hand import activation
from dashboard.by_hand.numbers import tidy
from dashboard.charts.answers import activation_curve
from dashboard.widgets.plot import plot
from dashboard.words import _, in_digits

BEGINNINGS = {
    "free": ((0.5, -1.0, 2.0), (0.8, 0.4, -0.3), 0.1),
    "and": ((1.0, 1.0), (10.0, 10.0), -15.0),
    "or": ((1.0, 0.0), (10.0, 10.0), -5.0),
    "not": ((1.0,), (-10.0,), 5.0),
}
"""name -> (inputs, weights, bias): the first is any neuron, the others do with a sigmoid what they are called."""


def show() -> None:
    """The whole subject."""
    with st.sidebar:
        beginning = _beginning()
        inputs, weights, bias = BEGINNINGS[beginning]
        help = _("How many numbers come in.")
        n = st.number_input(_("Inputs"), 1, MOST_INPUTS, len(inputs), key=f"by_hand_inputs_{beginning}", help=help)
        help = _("Added to the sum: how easily the neuron fires.")
        bias = st.number_input(_("Bias"), -100.0, 100.0, bias, 0.1, key=f"by_hand_neuron_bias_{beginning}", help=help)
        first = "relu" if beginning == "free" else "sigmoid"
        after = activation.choose(f"by_hand_neuron_activation_{beginning}", first)
    st.markdown(
        _("Change any number: each input is multiplied by its weight, all are added up, and the bias is added.")
    )
    left, right = st.columns(2)
    with left:
        values = _table(_filled(inputs, n), _filled(weights, n), beginning)
        done = neuron(values[:, 0], values[:, 1], bias, ACTIVATIONS[after])
        _written_out(values, bias, done, activation.titles()[after])
    with right:
        x = np.linspace(*_range(done.total), 201)
        figure = activation_curve(
            x, ACTIVATIONS[after](x), (done.total, done.output), activation.titles()[after], _, _plain
        )
        plot(figure, key="by_hand_neuron")
        st.caption(_("The line: what the activation makes of each sum. The diamond: this neuron."))
    st.markdown(
        "*" + _("Which weights make a neuron that fires only when one of its two inputs is 1, but not both?") + "*"
    )


def _beginning() -> str:
    words = {"free": _("Any neuron"), "and": _("AND"), "or": _("OR"), "not": _("NOT")}
    return st.selectbox(
        _("Begin with"),
        list(BEGINNINGS),
        format_func=words.__getitem__,
        key="by_hand_beginning",
        help=_("AND fires if both inputs are 1, OR if one is, NOT if its input is 0. Change the inputs and see."),
    )


def _filled(values: tuple[float, ...], n: int) -> np.ndarray:
    """The first n of them; 0 where there are fewer."""
    filled = np.zeros(n)
    filled[: min(n, len(values))] = values[:n]
    return filled


def _table(inputs: np.ndarray, weights: np.ndarray, beginning: str) -> np.ndarray:
    """Inputs and weights as the learner left them, (n, 2)."""
    names = [_("Input x"), _("Weight w")]
    table = pd.DataFrame({names[0]: inputs, names[1]: weights})
    key = f"by_hand_neuron_{beginning}_{len(inputs)}"
    alt = _("Inputs and weights of the neuron")
    return tidy(
        pd.DataFrame(st.data_editor(table, key=key, hide_index=True, num_rows="fixed", width="content", alt=alt))
    )


def _written_out(values: np.ndarray, bias: float, done: Neuron, word: str) -> None:
    """Every product and the sum, as on paper."""
    terms = " + ".join(f"{_signed(one)} · {_signed(weight)}" for one, weight in values)
    products = " + ".join(_signed(product) for product in done.products)
    st.markdown(
        f"z = {terms} + {_signed(bias)}  \n"
        f"  = {products} + {_signed(bias)} = **{_plain(done.total)}**  \n"
        f"a = {word}(z) = **{_plain(done.output)}**"
    )


def _plain(value: float) -> str:
    return in_digits(round(value, 3) + 0.0).replace("-", "−")


def _signed(value: float) -> str:
    """A number within a sum: in brackets where it is negative."""
    return f"({_plain(value)})" if value < 0 else _plain(value)


def _range(total: float) -> tuple[float, float]:
    """So much of the axis that the bend at 0 and the neuron's own sum are both seen."""
    most = max(6.0, 1.2 * abs(total))
    return -most, most
