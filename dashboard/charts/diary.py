"""The epochs of one training image as a strip of pixels: what it was answered after each of them."""

import base64
import io
import itertools
from html import escape

import numpy as np
from PIL import Image

from dashboard.charts.memorisation import BY_HEART, TRUE
from dashboard.charts.parts import GREY, TRAINING, Say

HEIGHT = 12  # pixels
SPOKEN = 8  # stretches of epochs that are told in words


def strip(told: np.ndarray, true: np.ndarray, changed: bool, say: Say) -> str:
    """One column an epoch, told apart by height and by colour: high for the label it was told, half as high for the
    label from before a change, a line at the bottom for any other.

    told, true  (epochs,) bool
    """
    colours = np.zeros((HEIGHT, len(told), 4), np.uint8)
    colours[-1] = _rgba(GREY)
    if changed:
        colours[HEIGHT // 2 :, true & ~told] = _rgba(TRUE)
    colours[:, told] = _rgba(BY_HEART if changed else TRAINING)
    file = io.BytesIO()
    Image.fromarray(colours).save(file, "PNG")
    words = say("as told after epochs {epochs}", epochs=stretches(told)) if told.any() else say("never as told")
    return (
        f'<img alt="{escape(words, quote=True)}" title="{escape(words, quote=True)}" '
        f'src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}" '
        f'style="display:block;width:100%;height:{HEIGHT}px;image-rendering:pixelated;margin-bottom:3px">'
    )


def stretches(which: np.ndarray) -> str:
    """The epochs of a table (epochs,) bool in words: "1, 3–5, 9"."""
    found = []
    for is_in, group in itertools.groupby(enumerate(which.tolist(), start=1), key=lambda one: one[1]):
        epochs = [epoch for epoch, _is_in in group]
        if is_in:
            found.append(f"{epochs[0]}" if len(epochs) == 1 else f"{epochs[0]}–{epochs[-1]}")
    return ", ".join(found[:SPOKEN]) + (" …" if len(found) > SPOKEN else "")


def _rgba(colour: str) -> tuple[int, int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue, 255
