"""The bar that plays a training once more: play, pause, from the beginning, any second of it, slowly or at once."""

from pathlib import Path

import streamlit as st

from dashboard.words import _

HERE = Path(__file__).parent
SPEEDS = (1, 10, 100)  # times as quick as it was

_component = st.components.v2.component(
    "fitscope_replay",
    html=f"""
<div class="replay">
<button type="button" class="play"><span class="icon" aria-hidden="true"></span></button>
<button type="button" class="again"><span class="icon" aria-hidden="true">replay</span></button>
<input type="range" min="0" max="0" step="0.1" value="0"><span class="where"></span>
<span class="speeds" role="group">{"".join(f'<button type="button" value="{n}">{n}×</button>' for n in SPEEDS)}</span>
<button type="button" class="all"></button><span class="broken" role="status"></span>
</div>
""",
    css="""
.replay { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; font: 1rem var(--st-font);
  color: var(--st-text-color); }
.replay .icon { font: 1.3em "Material Symbols Rounded"; line-height: 1; user-select: none; }
.replay button { display: inline-flex; align-items: center; font: inherit; padding: .25rem .6rem; color: inherit;
  background: none; border: 1px solid var(--st-border-color); border-radius: .4rem; cursor: pointer;
  min-height: 2.3rem; }
.replay button:hover { border-color: var(--st-primary-color); }
.replay button:focus-visible, .replay input:focus-visible { outline: 2px solid var(--st-primary-color);
  outline-offset: 2px; }
.replay .speeds { display: inline-flex; }
.replay .speeds button { border-radius: 0; margin-left: -1px; }
.replay .speeds button:first-child { border-radius: .4rem 0 0 .4rem; }
.replay .speeds button:last-child { border-radius: 0 .4rem .4rem 0; }
.replay .speeds [aria-pressed=true] { background: var(--st-secondary-background-color); font-weight: 600;
  border-color: var(--st-primary-color); z-index: 1; }
.replay input { flex: 1 1 9rem; min-width: 9rem; accent-color: var(--st-primary-color); }
.replay .where { font-variant-numeric: tabular-nums; }
.replay .broken:empty { display: none; }
""",
    js="\n".join((HERE / name).read_text("utf-8") for name in ("live.js", "replay.js")),
)


def replay(address: str) -> None:
    """What hears the news of that address, see dashboard/live/replay.py, is played to by this bar."""
    words = {
        "play": _("Play"),
        "pause": _("Pause"),
        "again": _("From the beginning"),
        "slider": _("Which second of the training is shown"),
        "speed": _("How many times as quick as it was trained"),
        "all": _("At once"),
        "all_help": _("Shows everything, up to the verdict."),
        "broken": _("The recording did not arrive. Reload the page."),
    }
    _component(data={"address": address, "words": words}, key="replay", height="content")
