"""A curve that is drawn before it happens: a small component of our own, by mouse, finger or arrow keys."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard.words import _, percent

POINTS = 10  # that can be moved

STYLE = """
.forecast svg { width: 100%; max-width: 640px; display: block; touch-action: none; cursor: crosshair;
  font: 14px var(--st-font); }
.forecast text { fill: var(--st-text-color); user-select: none; }
.forecast .grid { stroke: var(--st-border-color); }
.forecast .curve { fill: none; stroke: var(--st-text-color); stroke-width: 2; stroke-dasharray: 4 4; opacity: .5; }
.forecast .truth { fill: none; stroke: var(--st-primary-color); stroke-width: 4; }
.forecast circle { fill: var(--st-background-color); stroke: var(--st-text-color); stroke-width: 2; opacity: .6; }
.forecast .said .curve, .forecast .said circle { stroke: var(--st-primary-color); opacity: 1; }
.forecast circle:focus-visible { outline: none; fill: var(--st-primary-color); stroke-width: 4; }
"""
SCRIPT = (Path(__file__).parent / "forecast.js").read_text("utf-8")

_component = st.components.v2.component("fitscope_forecast", html='<div class="forecast"></div>', css=STYLE, js=SCRIPT)


def forecast(
    epochs: int, start: float, key: str, drawn: tuple[tuple[int, float], ...] = ()
) -> tuple[tuple[int, float], ...]:
    """Returns what was drawn, as (epoch, share 0..1); nothing while it was not touched.

    epochs  how many the training is to have
    start   the share at which the curve lies before it is touched
    drawn   what was drawn before another page was seen, or other epochs were chosen
    """
    shown = paper(epochs, start, drawn)
    made = _component(data=shown, key=_key(key, epochs), height="content", on_values_change=lambda: None)
    return _points(made, shown)


def newest(epochs: int, key: str, drawn: tuple[tuple[int, float], ...] = ()) -> tuple[tuple[int, float], ...]:
    """The same at a press, by when the last stroke may have come and not been drawn yet."""
    return _points(st.session_state.get(_key(key, epochs)), paper(epochs, 0.0, drawn))


def _key(key: str, epochs: int) -> str:
    return f"{key}-{epochs}"  # what was drawn over other epochs stands at other places


def _points(made: Any, shown: dict[str, Any]) -> tuple[tuple[int, float], ...]:
    at, values = shown["epochs"], made.get("values") if made else None
    if not isinstance(values, list) or len(values) != len(at):
        values = shown["values"]
    if values is None:
        return ()
    return tuple(zip(at, (min(1.0, max(0.0, float(value))) for value in values), strict=True))


def paper(epochs: int, start: float, drawn: tuple[tuple[int, float], ...] = ()) -> dict[str, Any]:
    """What forecast.js draws on: JSON values in the language that is spoken."""
    at = sorted({round(epoch) for epoch in np.linspace(1, epochs, min(POINTS, epochs))})
    known = None
    if drawn:  # perhaps over other epochs, since the recipe may have changed
        known = np.interp(at, [epoch for epoch, _share in drawn], [share for _epoch, share in drawn]).tolist()
    return {
        "epochs": at,
        "ticks": at if len(at) < 6 else [at[0], *at[2:-1:2], at[-1]],
        "values": known,
        "start": start,
        "words": {
            "epoch": _("epoch"),
            "handle": _("Expected validation accuracy after epoch {epoch}", epoch="{epoch}"),
            "percents": [percent(share / 4, 0) for share in range(5)],
        },
    }
