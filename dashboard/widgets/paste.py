"""A picture from the clipboard, as the bytes of a PNG."""

from pathlib import Path

import streamlit as st

from dashboard.widgets.pad import decoded
from dashboard.words import _

MOST_BYTES = 16_000_000  # of a screenshot of 2,000 pixels a side as PNG

_component = st.components.v2.component(
    "fitscope_paste",
    html='<div class="paste"><button type="button"></button> <span role="status"></span></div>',
    css="""
.paste { font: .9rem var(--st-font); color: var(--st-text-color); }
.paste button { font: inherit; padding: .3rem .8rem; cursor: pointer; color: inherit; border-radius: .4rem;
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); }
""",
    js=(Path(__file__).parent / "paste.js").read_text("utf-8"),
)


def paste(key: str) -> bytes | None:
    """The button, and Ctrl+V anywhere on the page; the picture that was pasted last."""
    words = {
        "paste": _("Paste a picture (Ctrl+V)"),
        "nothing": _("There is no picture in the clipboard."),
        "keys": _("Press Ctrl+V (⌘V on a Mac) instead."),
        "unreadable": _("That is no picture the browser can read."),
    }
    made = _component(data={"words": words}, key=key, height="content", on_picture_change=lambda: None)
    pasted = made.get("picture") if made else None
    return decoded(pasted, MOST_BYTES) if isinstance(pasted, str) else None
