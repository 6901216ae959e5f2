"""Convolution, activation and pooling by hand: the learner's image and kernel, and the window that goes over it."""

import numpy as np
import streamlit as st

from core.by_hand.convolution import (
    ACTIVATIONS,
    EXAMPLE,
    LARGEST,
    MOST_CHANNELS,
    Padding,
    Pooling,
    Steps,
    convolve,
    kernels,
    pool,
)
from core.errors import FitscopeError
from core.runs import checkpoints
from dashboard.by_hand import activation, animation
from dashboard.by_hand.numbers import edited
from dashboard.widgets import run_picker
from dashboard.words import _, say

LARGEST_IMAGE = 8  # rows or columns: more do not fit on a screen
FROM_NETWORK = "network"


_KINDS: dict[str, Pooling] = {"max": "max", "average": "average"}


def show() -> None:
    """The whole subject: controls in the sidebar, the animation above what it is made of."""
    with st.sidebar:
        size, channels = _sizes()
        padding, stride, bias = _window()
        after, pooling, pool_size, pool_stride = _afterwards()
    st.markdown(
        _("Change any number, then press ▶: the window goes over the image, and each sum is written out below.")
    )
    stage = st.container()
    left, right = st.columns(2)
    with left:
        st.markdown("**" + _("The image") + "**")
        image = _image(channels)
    with right:
        st.markdown("**" + _("The kernel") + "**")
        kernel = _kernel(size, channels)
    with stage:
        try:
            steps = convolve(image, kernel, padding, stride, bias)
        except FitscopeError as error:
            st.error(say(error), icon=":material/error:")
        else:
            active = None if after == "none" else ACTIVATIONS[after](steps.output)
            pooled = _pooled(steps.output if active is None else active, pooling, pool_size, pool_stride)
            word = activation.titles()[after]
            animation.animate(image, kernel, bias, steps, active, pooled, pool_size, pooling, word)
    st.caption(_("Blue is positive, orange negative. Click a number of the result to see where it comes from."))
    if channels > 1:
        st.caption(
            _(
                "Each channel has a kernel of its own; the products of all channels are added up to one number of "
                "the result."
            )
        )
    st.markdown("*" + _("Which kernel would find a line that falls from left to right?") + "*")


def _pooled(active: np.ndarray, pooling: str, size: int, stride: int) -> Steps | None:
    """The pooled result; None where none is wanted, or where it is smaller than one window, which is said."""
    if pooling == "none":
        return None
    if min(active.shape) < size:
        st.info(
            _(
                "The result has {rows}×{columns} numbers: a pooling window of {size}×{size} does not fit into it.",
                rows=active.shape[0],
                columns=active.shape[1],
                size=size,
            ),
            icon=":material/grid_off:",
        )
        return None
    return pool(active, size, stride, _KINDS[pooling])


def _sizes() -> tuple[int, int]:
    size = st.number_input(
        _("Kernel size"), 1, LARGEST, 3, key="by_hand_size", help=_("Rows and columns of the kernel, 1×1 to 7×7.")
    )
    channels = st.segmented_control(
        _("Channels"),
        list(range(1, MOST_CHANNELS + 1)),
        default=1,
        required=True,
        key="by_hand_channels",
        help=_("1 for a grey image, 3 for a colour image: red, green and blue."),
    )
    return size, channels or 1


def _window() -> tuple[Padding, int, float]:
    padding = st.segmented_control(
        _("Padding"),
        ["valid", "same"],
        default="valid",
        required=True,
        key="by_hand_padding",
        help=_("valid: the window stays inside. same: zeros around, so that the result keeps its size."),
    )
    stride = st.number_input(_("Stride"), 1, 4, key="by_hand_stride", help=_("How far the window moves each time."))
    help = _("Added to every sum: the filter's own leaning.")
    bias = st.number_input(_("Bias"), -10.0, 10.0, 0.0, 0.1, key="by_hand_bias", help=help)
    return "same" if padding == "same" else "valid", stride, bias


def _afterwards() -> tuple[str, str, int, int]:
    chosen = activation.choose("by_hand_activation", first="relu")
    kinds = {"none": _("none"), "max": _("largest"), "average": _("mean")}
    pooling = st.segmented_control(
        _("Pooling"),
        list(kinds),
        default="max",
        required=True,
        format_func=kinds.__getitem__,
        key="by_hand_pooling",
        help=_("Each window of the result becomes one number."),
    )
    size = st.number_input(_("Pooling window"), 2, 4, key="by_hand_pool_size", help=_("Rows and columns of it."))
    stride = st.number_input(_("Pooling stride"), 1, 4, key="by_hand_pool_stride", help=_("How far it moves."))
    return chosen, pooling or "none", size, stride


def _image(channels: int) -> np.ndarray:
    """The image of the learner, (rows, columns, channels); the second channel begins as the first turned, and so on."""
    left, right = st.columns(2)
    help = {"rows": _("Height of the image."), "columns": _("Width of the image.")}
    rows = left.number_input(_("Rows"), 1, LARGEST_IMAGE, 5, key="by_hand_rows", help=help["rows"])
    columns = right.number_input(_("Columns"), 1, LARGEST_IMAGE, 5, key="by_hand_columns", help=help["columns"])
    planes = []
    for channel, place in enumerate(_places(channels)):
        start = np.zeros((rows, columns))
        part = np.rot90(EXAMPLE, channel)[:rows, :columns]
        start[: part.shape[0], : part.shape[1]] = part
        with place:
            planes.append(edited(start, f"by_hand_image_{rows}_{columns}_{channel}", _("Pixels of the image")))
    return np.stack(planes, axis=-1)


def _kernel(size: int, channels: int) -> np.ndarray:
    """The kernel, from a preset or from a trained network, open to changes: (size, size, channels)."""
    titles = {
        "sharpen": _("Sharpen"),
        "edges": _("Find edges"),
        "blur": _("Blur"),
        "sobel_x": _("Sobel, upright edges"),
        "sobel_y": _("Sobel, lying edges"),
        "identity": _("Leave as it is"),
    }
    made = kernels(size)
    words = {name: title for name, title in titles.items() if name in made} | {FROM_NETWORK: _("From my network")}
    name = st.selectbox(
        _("Kernel"),
        list(words),
        key="by_hand_kernel",
        format_func=words.__getitem__,
        help=_("Where to begin. Sharpen and Sobel are made for 3×3."),
    )
    if name != FROM_NETWORK:
        start, key = np.repeat(made[name][..., None], channels, axis=2), f"{name}_{size}"
    else:
        start, key = _from_network(size, channels)
    planes = []
    for channel, place in enumerate(_places(channels)):
        with place:
            planes.append(edited(start[:, :, channel], f"by_hand_kernel_{key}_{channel}", _("Weights of the kernel")))
    return np.stack(planes, axis=-1)


def _places(channels: int) -> list:
    """One place for the only channel; else a tab each, so that the tables stay as large."""
    if channels == 1:
        return [st.container()]
    return list(st.tabs([_("Channel {number}", number=number) for number in range(1, channels + 1)]))


def _from_network(size: int, channels: int) -> tuple[np.ndarray, str]:
    """A kernel (size, size, channels) of the first convolution of a trained network, at its newest kept epoch."""
    identity = np.repeat(kernels(size)["identity"][..., None], channels, axis=2), f"identity_{size}"
    run = run_picker.pick(_("Network"), _("The newest first."), lambda run: bool(checkpoints.epochs(run.checkpoints)))
    if run is None:
        st.info(_("No network is trained yet. Train one with convolutions, and its kernels can be taken here."))
        return identity
    epoch = checkpoints.epochs(run.checkpoints)[-1]
    try:
        weights = checkpoints.read(run.checkpoints, epoch)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return identity
    weights = [one for one in weights if one.ndim == 4]
    there = next((one for one in weights if one.shape[:2] == (size, size) and one.shape[2] >= channels), None)
    if there is None:
        _tell_what_it_has(weights[0] if weights else None, size, channels)
        return identity
    help = _("One of the filters of its first convolution of that size.")
    number = st.number_input(_("Filter"), 1, there.shape[3], key="by_hand_filter", help=help)
    first = 1
    if channels == 1:
        help = _("1 for grey; red, green and blue for colour.")
        first = st.number_input(_("Channel"), 1, there.shape[2], key="by_hand_channel", help=help)
    taken = there[:, :, first - 1 : first - 1 + channels, number - 1]
    return np.round(taken.astype(float), 3), f"{run.id}_{number}_{first}_{channels}"


def _tell_what_it_has(first: np.ndarray | None, size: int, channels: int) -> None:
    if first is None:
        sentence = _("This network has no convolution. Choose another.")
    else:
        sentence = _(
            "This network has no {size}×{size} convolution of {channels} channels or more; its first one is "
            "{height}×{width} of {has}. Choose that size above, or another network.",
            size=size,
            channels=channels,
            height=first.shape[0],
            width=first.shape[1],
            has=first.shape[2],
        )
    st.info(sentence, icon=":material/grid_off:")
