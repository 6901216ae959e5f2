"""A camera that takes pictures while its button is held, some a second: a component of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.widgets.pad import decoded
from dashboard.words import _

MOST_BYTES = 1_000_000  # of one picture of at most 480 pixels a side
AT_ONCE = 20  # pictures that come together
LONGEST = 200  # letters of what a picture is of

_component = st.components.v2.component(
    "fitscope_burst",
    html="""
<div class="burst"><video playsinline muted></video>
<div><button type="button" disabled></button><button type="button" hidden></button></div>
<span role="status"></span></div>
""",
    css="""
.burst video { display: block; width: min(400px, 100%); aspect-ratio: 4/3; object-fit: cover; border-radius: .4rem;
  background: var(--st-secondary-background-color); }
.burst video.mirrored { transform: scaleX(-1); }
.burst button { font: .9rem var(--st-font); margin: .4rem .4rem .2rem 0; padding: .5rem 1rem; cursor: pointer;
  touch-action: none; user-select: none; -webkit-user-select: none; color: var(--st-text-color);
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); border-radius: .4rem; }
.burst button[aria-pressed=true] { border-color: var(--st-primary-color);
  box-shadow: 0 0 0 2px var(--st-primary-color); }
.burst button:disabled { opacity: .5; cursor: default; }
@media (max-width: 640px) { .burst button { font-size: 1.1rem; padding: .9rem 1.2rem; } }
.burst span { font: .875rem var(--st-font); color: var(--st-text-color); }
""",
    js=(Path(__file__).parent / "burst.js").read_text("utf-8"),
)


@dataclass(frozen=True)
class Taken:
    """A picture as it came from a browser: nothing about it is certain.

    of     what it is of, as `burst` was told when the button was pressed
    press  which press of the button took it, a word
    jpeg   the file
    """

    of: str
    press: str
    jpeg: bytes


def burst(key: str, of: str, on_taken: Callable[[list[Taken]], object], per_second: int = 10) -> None:
    """The camera; `on_taken` gets what was taken, every picture once, while the button is still held.

    of  what the next press takes pictures of; those on their way keep what they were taken of
    """
    words = {
        "hold": _("Hold to take pictures"),
        "turn": _("Other camera"),
        "picture": _("What the camera sees"),
        "starting": _("The camera starts …"),
        "ready": _(
            "A short press takes one picture; held, the button takes {n} a second. The space bar does the same.",
            n=per_second,
        ),
        "none": _(
            "The browser gives no camera here: allow it, or open this page by https. Meanwhile a phone's own camera is "
            "among the files above."
        ),
        "taken": _("taken: {n}"),
    }

    def heard() -> None:
        pictures = _new(key, st.session_state.get(key))
        if pictures:
            on_taken(pictures)

    _component(
        data={"words": words, "got": _got(key), "per_second": per_second, "of": of},
        key=key,
        height="content",
        on_taken_change=heard,
    )


def _new(key: str, made: Any) -> list[Taken]:
    """Those pictures that did not come before; what comes from a browser is not believed."""
    said = made.get("taken") if hasattr(made, "get") else None
    camera, pictures = (said.get("camera"), said.get("pictures")) if isinstance(said, dict) else (None, None)
    if not isinstance(camera, str) or not isinstance(pictures, list):
        return []
    got, name = _got(key), camera[:40]
    last = got["number"] if got["camera"] == name else -1
    found: dict[int, Taken | None] = {}
    for one in pictures[:AT_ONCE]:
        if isinstance(one, list) and len(one) == 4 and isinstance(one[0], int) and one[0] > last:
            picture = decoded(one[1], MOST_BYTES, "jpeg") if isinstance(one[1], str) else None
            found[one[0]] = Taken(str(one[3])[:LONGEST], f"{name} {one[2]}"[:60], picture) if picture else None
    st.session_state[f"_got_{key}"] = {"camera": name, "number": max(found, default=last)}
    return [one for _number, one in sorted(found.items()) if one]


def _got(key: str) -> dict[str, Any]:
    """The camera whose pictures came last, and the number of the last one."""
    return st.session_state.get(f"_got_{key}", {"camera": "", "number": -1})
