"""The controls of the convolution by hand, and softmax and cross-entropy written out."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import FitscopeError
from core.inside.convolution import EXAMPLE, KERNELS, cross_entropy, softmax
from core.runs import checkpoints
from dashboard.widgets import run_picker
from dashboard.words import _, number, say

LARGEST = 8  # rows or columns of the image: more do not fit on a screen
FROM_NETWORK = "network"


def image() -> np.ndarray:
    """The image of the learner: numbers that can be changed one by one, (rows, columns)."""
    left, right = st.columns(2)
    rows = left.number_input(_("Rows"), 1, LARGEST, 5, key="by_hand_rows", help=_("Height of the image."))
    columns = right.number_input(_("Columns"), 1, LARGEST, 5, key="by_hand_columns", help=_("Width of the image."))
    start = np.zeros((rows, columns))
    part = EXAMPLE[:rows, :columns]
    start[: part.shape[0], : part.shape[1]] = part
    return _numbers(start, f"by_hand_image_{rows}_{columns}", _("Pixels of the image"))


def kernel() -> np.ndarray:
    """The kernel, from a preset or from a trained network, open to changes: (3, 3)."""
    words = {
        "sharpen": _("Sharpen"),
        "edges": _("Find edges"),
        "blur": _("Blur"),
        "sobel_x": _("Sobel, upright edges"),
        "sobel_y": _("Sobel, lying edges"),
        "identity": _("Leave as it is"),
        FROM_NETWORK: _("From my network"),
    }
    name = st.selectbox(
        _("Kernel"), list(words), key="by_hand_kernel", format_func=words.__getitem__, help=_("Where to begin.")
    )
    start, key = (KERNELS[name], name) if name != FROM_NETWORK else _from_network()
    return _numbers(start, f"by_hand_kernel_{key}", _("Weights of the kernel"))


def softmax_table() -> None:
    """Scores to probabilities to loss, each step a column."""
    left, right = st.columns([2, 1])
    text = left.text_input(
        _("Scores of the last layer"), "2.0; 1.0; 0.1", key="by_hand_scores", help=_("Numbers with semicolons between.")
    )
    try:
        values = np.array([float(one.replace(",", ".")) for one in text.split(";") if one.strip()])
    except ValueError:
        values = np.array([])
    if not 2 <= len(values) <= 10 or not np.isfinite(values).all():
        st.warning(_("Write 2 to 10 numbers with semicolons between, such as 2.0; 1.0; 0.1."), icon=":material/edit:")
        return
    truth = right.number_input(
        _("True class"), 1, len(values), 1, key="by_hand_truth", help=_("Counted from 1, as in the table.")
    )
    shares, powers = softmax(values), np.exp(values - values.max())
    table = pd.DataFrame(
        {
            _("Class"): range(1, len(values) + 1),
            _("Score z"): values,
            "exp(z − max)": powers,
            _("Probability"): shares,
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Softmax step by step"), width="content")
    loss = cross_entropy(shares, truth - 1)
    loss_text = "∞" if math.isinf(loss) else number(loss, 3)
    st.markdown(
        _(
            "Softmax: each exp divided by their sum, {sum}. Cross-entropy: −ln {p} = **{loss}**, small where the true "
            "class got a large share.",
            sum=number(float(powers.sum()), 3),
            p=number(float(shares[truth - 1]), 3),
            loss=loss_text,
        )
    )


def _from_network() -> tuple[np.ndarray, str]:
    """A 3×3 kernel of the first convolution of a trained network, at its newest kept epoch."""
    run = run_picker.pick(_("Network"), _("The newest first."), lambda run: bool(checkpoints.epochs(run.checkpoints)))
    if run is None:
        st.info(_("No network is trained yet. Train one with convolutions, and its kernels can be taken here."))
        return KERNELS["identity"], "identity"
    epoch = checkpoints.epochs(run.checkpoints)[-1]
    try:
        weights = checkpoints.read(run.checkpoints, epoch)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return KERNELS["identity"], "identity"
    kernels = next((one for one in weights if one.ndim == 4 and one.shape[:2] == (3, 3)), None)
    if kernels is None:
        st.info(_("This network has no 3×3 convolution. Choose another."), icon=":material/grid_off:")
        return KERNELS["identity"], "identity"
    left, right = st.columns(2)
    filter_ = left.number_input(
        _("Filter"), 1, kernels.shape[3], key="by_hand_filter", help=_("One of the filters of its first convolution.")
    )
    channel = right.number_input(
        _("Channel"), 1, kernels.shape[2], key="by_hand_channel", help=_("1 for grey; red, green and blue for colour.")
    )
    return np.round(kernels[:, :, channel - 1, filter_ - 1].astype(float), 3), f"{run.id}_{filter_}_{channel}"


def _numbers(start: np.ndarray, key: str, alt: str) -> np.ndarray:
    """A table of numbers to be edited; what is left empty counts as 0."""
    table = pd.DataFrame(start, columns=[str(column + 1) for column in range(start.shape[1])])
    edited = st.data_editor(table, key=key, hide_index=True, num_rows="fixed", width="content", alt=alt)
    values = pd.DataFrame(edited).apply(pd.to_numeric, errors="coerce").fillna(0.0).to_numpy(float)
    return np.clip(values, -1e6, 1e6)
