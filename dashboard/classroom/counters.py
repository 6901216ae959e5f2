"""How many pictures of each class there are, of all and of mine: they move by the news, without a run of the script."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.classwork import collecting
from core.people import acting
from core.people.classroom import Classroom
from dashboard.charts.parts import VALIDATION
from dashboard.live import collecting as live
from dashboard.widgets import bulletin
from dashboard.words import _, language

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "fitscope_counters",
    html='<div class="counters"></div>',
    css="""
.counters { font: 1rem var(--st-font); color: var(--st-text-color); }
.counters .tiles { display: grid; gap: .5rem; grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 47%), 1fr)); }
.counters .tile { display: grid; align-content: space-between; gap: .1rem; padding: .55rem .7rem; min-height: 4.2rem;
  box-sizing: border-box; text-align: left; font: inherit; color: inherit; border-radius: .4rem;
  background: var(--st-secondary-background-color); border: 2px solid var(--st-border-color); }
.counters button.tile { cursor: pointer; touch-action: manipulation; }
.counters button.tile[aria-pressed=true] { border-color: var(--st-primary-color);
  box-shadow: inset 0 0 0 1px var(--st-primary-color); }
.counters button.tile:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.counters b { font-weight: 600; overflow-wrap: anywhere; line-height: 1.2; }
.counters .all { font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.counters .mine { font-size: .875rem; }
.counters.wall b { font-size: 1.3rem } .counters.wall .all { font-size: 3.4rem; font-weight: 600; }
.counters.wall .tiles { grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); }
.counters .people { list-style: none; margin: 1rem 0 0; padding: 0; columns: 17rem auto; column-gap: 2rem; }
.counters .people li { display: grid; grid-template-columns: 8.5rem 1fr 2.6rem; gap: .6rem; align-items: center;
  padding: .12rem 0; break-inside: avoid; }
.counters .people .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.counters .people .bar { display: block; height: .8rem; border-radius: .2rem; background: BAR; }
.counters .people .n { text-align: right; font-variant-numeric: tabular-nums; }
""".replace("BAR", VALIDATION),
    js=(Path(bulletin.__file__).parent / "live.js").read_text("utf-8") + (HERE / "counters.js").read_text("utf-8"),
)


def tiles(room: Classroom, chosen: int, key: str) -> int | None:
    """A tile for each class, to be pressed; the class that was pressed last, None before."""
    made = _drawn(room, key, {"selectable": True, "chosen": chosen, "wall": False})
    pressed = made.get("chosen") if hasattr(made, "get") else None
    return pressed if isinstance(pressed, int) else None


def wall(room: Classroom) -> None:
    """The same as large as a projector wants it, with what everybody gave."""
    _drawn(room, "counters_wall", {"selectable": False, "chosen": -1, "wall": True})


def _drawn(room: Classroom, key: str, more: dict[str, Any]) -> Any:
    person = acting.acting()
    if person is None:
        return None
    address = live.address(language(), str(st.get_option("server.baseUrlPath") or ""))
    words = {"mine": _("{n} of them mine", n="{n}")}
    sign = live.sign(collecting.current(room))
    data = {"address": address, "sign": sign, "news": live.news(room, person), "words": words}
    return _component(
        data={**data, **more},
        key=key,
        height="content",
        on_chosen_change=lambda: None,
        on_sign_change=lambda: None,
    )
