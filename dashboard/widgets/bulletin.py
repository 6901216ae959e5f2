"""The words around the curves of a run that goes on: they change with its news, without a run of the page's script."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "fitscope_bulletin",
    html='<div class="bulletin"></div>',
    css="""
.bulletin { font: 1rem var(--st-font); color: var(--st-text-color); }
.bulletin .icon { font: 1.1em "Material Symbols Rounded"; line-height: 1; user-select: none; }
.bulletin.head { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; min-height: 1.6rem; }
.bulletin .badge { display: inline-flex; align-items: center; gap: .25rem; font-size: .875rem; padding: .1rem .45rem;
  border-radius: .4rem; color: var(--st-gray-text-color); background: var(--st-gray-background-color); }
.bulletin .badge.blue { color: var(--st-blue-text-color); background: var(--st-blue-background-color); }
.bulletin .badge.green { color: var(--st-green-text-color); background: var(--st-green-background-color); }
.bulletin .badge.red { color: var(--st-red-text-color); background: var(--st-red-background-color); }
.bulletin .badge.orange { color: var(--st-orange-text-color); background: var(--st-orange-background-color); }
.bulletin.bar { display: grid; gap: .3rem; }
.bulletin progress { width: 100%; height: .5rem; accent-color: var(--st-primary-color); }
.bulletin .note { display: flex; gap: .7rem; padding: 1rem; border-radius: .4rem;
  color: var(--st-blue-text-color); background: var(--st-blue-background-color); }
.bulletin .note.success { color: var(--st-green-text-color); background: var(--st-green-background-color); }
.bulletin .note.warning { color: var(--st-orange-text-color); background: var(--st-orange-background-color); }
.bulletin .note p { margin: .2rem 0 0; }
.bulletin .note .why { font-size: .875rem; }
.bulletin.cards { display: flex; flex-wrap: wrap; gap: 1rem; }
.bulletin .card { width: 170px; box-sizing: border-box; padding: calc(1rem - 1px); border-radius: .4rem;
  border: 1px solid var(--st-border-color); display: grid; gap: .25rem; align-content: space-between; }
.bulletin .card span { font-size: .875rem; }
.bulletin .card b { font-size: 1.35rem; font-weight: 400; overflow-wrap: anywhere; }
""",
    js="\n".join((HERE / name).read_text("utf-8") for name in ("live.js", "bulletin.js")),
)


def bulletin(part: str, address: str, words: dict[str, Any]) -> None:
    """One part of what `dashboard.live.message` says: "bar", "note" or "cards"; `words` until the first news.

    address  where the news are had, see dashboard/live/route.py
    """
    data = {"part": part, "address": address, "words": words}
    _component(data=data, key=f"bulletin-{part}", height="content")


def leading(address: str, words: dict[str, Any], phase: str, alone: bool) -> bool:
    """The head, which also asks for a run of the script where the page has to change as a whole.

    phase  what the page shows, of `dashboard.live.message.phase`
    alone  whether the page believes that no news get through
    Returns whether they do not.
    """
    made = _component(
        data={"part": "head", "address": address, "words": words, "phase": phase, "alone": alone, "leads": True},
        key="bulletin-head",
        height="content",
        width="content",
        default={"alone": alone},
        on_alone_change=lambda: None,
        on_turned_change=lambda: None,
    )
    return bool(made.get("alone"))
