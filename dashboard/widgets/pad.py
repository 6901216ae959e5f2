"""A drawing pad: a small component of our own; what is drawn comes back as the bytes of a PNG."""

import base64
import binascii
from pathlib import Path

import numpy as np
import streamlit as st

from core.data.catalogue import dataset
from core.errors import DataError
from core.recipe.config import TrainingConfig
from dashboard import resources
from dashboard.words import _

SIDE = 280  # pixels of the pad, ten times MNIST's 28
WIDTH = 22  # of the pen: about as thick as MNIST's strokes
DARK = 128  # grey level: pictures with a darker border are drawn light on dark

_component = st.components.v2.component(
    "fitscope_draw",
    html="""
<div class="draw"><canvas></canvas><div><button type="button"></button><button type="button"></button></div></div>
""",
    css="""
.draw canvas { width: min(280px, 100%); aspect-ratio: 1; touch-action: none; cursor: crosshair; border-radius: .4rem;
  border: 1px solid var(--st-border-color); }
.draw button { font: inherit; margin: .4rem .4rem 0 0; padding: .3rem .8rem; cursor: pointer;
  color: var(--st-text-color); background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); border-radius: .4rem; }
""",
    js=(Path(__file__).parent / "pad.js").read_text("utf-8"),
)


def pad(config: TrainingConfig, key: str, colour: str = "") -> bytes | None:
    """The pad, in the polarity of a recipe's pictures; the PNG of what is drawn, None while it is empty.

    colour  of the pen, "#RRGGBB"; by itself it is black or white
    """
    return sheet(key, _dark_ground(config), colour)


def sheet(key: str, light_on_dark: bool, colour: str = "", memory: str = "_drawing") -> bytes | None:
    """The same on a black or a white ground.

    memory  the name in the session under which what is drawn is kept while another page is seen
    """
    made = _component(
        data={
            "side": SIDE,
            "width": WIDTH,
            "ground": "#000000" if light_on_dark else "#FFFFFF",
            "ink": colour or ("#FFFFFF" if light_on_dark else "#000000"),
            "picture": st.session_state.get(memory, ""),
            "words": {"undo": _("Undo stroke"), "clear": _("Clear"), "pad": _("Drawing pad")},
        },
        key=key,
        height="content",
        on_picture_change=lambda: None,
    )
    drawn = made.get("picture") if made else None
    if drawn is not None:
        st.session_state[memory] = drawn  # the pad forgets it when the page is left
    return decoded(st.session_state.get(memory, ""))


def decoded(address: str, most: int = 3 * SIDE * SIDE, kind: str = "png") -> bytes | None:
    """The at most so many bytes in a data address; None for an empty one, or one that a browser would not make."""
    head, comma, text = address.partition(",")
    if not comma or not head.startswith(f"data:image/{kind};base64") or 3 * len(text) > 4 * most:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _dark_ground(config: TrainingConfig) -> bool:
    """Have the pictures of this dataset a dark border, as MNIST's?"""
    try:
        mean = resources.statistics(dataset(config.dataset), config.dataset_version, "train").mean
    except DataError:  # a run from another machine, whose images were never read here: white paper, as people write on
        return False
    border = np.concatenate([mean[:, 0], mean[:, -1], mean[:, :, 0], mean[:, :, -1]], axis=1)
    return bool(np.median(border) < DARK)
