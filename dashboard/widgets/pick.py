"""A wall of pictures to choose from: press one, with the mouse, a finger or the keyboard."""

import base64
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.charts import pictures

_component = st.components.v2.component(
    "fitscope_pick",
    html='<div class="pick"></div>',
    css="""
.pick { display: flex; flex-wrap: wrap; gap: 8px; }
.pick button { font: .8rem var(--st-font); color: var(--st-text-color); background: none; cursor: pointer;
  border: 2px solid transparent; border-radius: .4rem; padding: 3px; display: grid; justify-items: center; gap: 2px;
  max-width: 6.5rem; }
.pick button:hover { background: var(--st-secondary-background-color); }
.pick button[aria-pressed=true] { border-color: var(--st-primary-color); }
.pick button:focus-visible { outline: 2px solid var(--st-primary-color); }
.pick img { image-rendering: pixelated; border-radius: 2px; object-fit: contain; }
""",
    js=(Path(__file__).parent / "pick.js").read_text("utf-8"),
)


def pick(images: Sequence[np.ndarray], captions: Sequence[str], wall: str, key: str, side: int = 56) -> int | None:
    """Which picture was pressed last, None before; `wall` names these pictures: a press on others does not count.

    images  each (height, width, 1 or 3) uint8
    """
    chosen = _chosen(st.session_state.get(key), len(images), wall)
    shown = [
        {"source": "data:image/png;base64," + base64.b64encode(pictures.png(image)).decode(), "caption": word}
        for image, word in zip(images, captions, strict=True)
    ]
    made = _component(
        data={"pictures": [{**one, "side": side} for one in shown], "chosen": chosen, "wall": wall},
        key=key,
        height="content",
        on_picked_change=lambda: None,
    )
    return _chosen(made, len(images), wall)


def _chosen(made: object, n: int, wall: str) -> int | None:
    """What comes from a browser is not believed."""
    picked = made.get("picked") if hasattr(made, "get") else None
    if not isinstance(picked, list) or len(picked) != 2 or picked[1] != wall or not isinstance(picked[0], int):
        return None
    return picked[0] if 0 <= picked[0] < n else None
