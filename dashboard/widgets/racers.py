"""How the runs of a race stand: a line each, which changes with their news, without a run of the page's script."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "fitscope_racers",
    html='<div class="racers"></div>',
    css="""
.racers { font: 1rem var(--st-font); color: var(--st-text-color); display: grid; gap: .5rem; }
.racers .racer { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .7rem; }
.racers .letter { color: #fff; border-radius: .3rem; min-width: 1.6rem; text-align: center; }
.racers .name { font-weight: 600; overflow-wrap: anywhere; }
.racers .icon { font: 1.1em "Material Symbols Rounded"; line-height: 1; user-select: none; }
.racers .badge { display: inline-flex; align-items: center; gap: .25rem; font-size: .875rem; padding: .1rem .45rem;
  border-radius: .4rem; color: var(--st-gray-text-color); background: var(--st-gray-background-color); }
.racers .badge.blue { color: var(--st-blue-text-color); background: var(--st-blue-background-color); }
.racers .badge.green { color: var(--st-green-text-color); background: var(--st-green-background-color); }
.racers .badge.red { color: var(--st-red-text-color); background: var(--st-red-background-color); }
.racers .badge.orange { color: var(--st-orange-text-color); background: var(--st-orange-background-color); }
.racers .said::before { content: "· "; }
.racers progress { flex-basis: 100%; height: .35rem; accent-color: var(--st-primary-color); }
""",
    js="\n".join((HERE / name).read_text("utf-8") for name in ("live.js", "racers.js")),
)


def racers(address: str, lines: list[dict[str, Any]], alone: bool) -> bool:
    """Draws the lines.

    address  where the news are had, see dashboard/live/together.py; "" when all have ended
    lines    of each run: letter, colour, name, and `words` of `dashboard.live.message.head` and `verdict`
    alone    whether the page believes that no news get through
    Returns whether they do not.
    """
    made = _component(
        data={"address": address, "racers": lines, "alone": alone},
        key="racers",
        height="content",
        default={"alone": alone},
        on_alone_change=lambda: None,
        on_ended_change=lambda: None,
    )
    return bool(made.get("alone"))
