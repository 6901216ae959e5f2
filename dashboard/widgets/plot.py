"""A chart that stays: `Plotly.react` in place, so that zoom, selection and scroll survive every update."""

from pathlib import Path

import plotly
import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from dashboard.words import _, signs

SCRIPT = "fitscope/plotly.min.js"  # from the installed package: no network

JAVASCRIPT = ("live.js", "alternative.js", "keyboard.js", "plot.js")  # one module, in this order

_component = st.components.v2.component(
    "fitscope_plot",
    html="""
<figure class="fitscope-plot"><figcaption></figcaption><button type="button">PNG</button><div></div>
<span role="status"></span></figure>
""",
    css="""
.fitscope-plot > figcaption { font: 600 1.05rem var(--st-font); color: var(--st-text-color);
  margin: 0 3rem .35rem .25rem; }
.fitscope-plot > figcaption:empty, .fitscope-plot > figcaption:empty + button { display: none; }
.fitscope-plot { margin: 0; position: relative; }
.fitscope-plot > button { position: absolute; top: 0; right: 0; font: .75rem var(--st-font); padding: .1rem .4rem;
  color: var(--st-text-color); background: none; border: 1px solid var(--st-border-color); border-radius: .3rem;
  cursor: pointer; opacity: .7; }
.fitscope-plot > [role=status] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.fitscope-plot > div:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.fitscope-plot > button:hover, .fitscope-plot > button:focus-visible { opacity: 1; }
""",
    js="\n".join((Path(__file__).parent / name).read_text("utf-8") for name in JAVASCRIPT),
    isolate_styles=False,
)


def plot(figure: dict, key: str) -> None:
    """Draws a figure of `dashboard.charts.curves`; the next call with the same key moves it there without a jump."""
    _component(data=_data(figure), key=key, height="content")


def growing(figure: dict, key: str, address: str, chart: str, at: int | None = None) -> None:
    """The same of `dashboard.charts.curves.curves`, and it grows with the news of its run.

    address  where they are had, see dashboard/live/route.py
    chart    which of its curves this is: "loss", "accuracy", or one whose lines name their columns
    at       where the news are those of a race: which of its runs this is a chart of
    """
    place = {} if at is None else {"at": at}
    _component(data={**_data(figure), "address": address, "chart": chart, **place}, key=key, height="content")


def clickable(figure: dict, key: str) -> tuple[int, int] | None:
    """The same, and which point was clicked last: (column, row) of a heat map, (point, line) of others; None before."""
    made = _component(
        data={**_data(figure), "clickable": True, "keys": _("Arrow keys choose, Enter opens.")},
        key=key,
        height="content",
        on_clicked_change=lambda: None,
    )
    clicked = made.get("clicked") if made else None
    return (int(clicked[0]), int(clicked[1])) if clicked else None


def preload() -> None:
    """Has the browser fetch Plotly while the viewer still reads, so that the first curve shows at once."""
    _component(data={"figure": None, "script": _address()}, key="plotly", height="content")


def _data(figure: dict) -> dict:
    """What its component is told; its numbers are written as the language of the page writes them."""
    own = {**figure, "layout": {**figure["layout"], "separators": signs()}}
    return {"figure": own, "script": _address(), "png": _("Save this chart as a picture")}


def _address() -> str:
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}/{SCRIPT}" if base else f"/{SCRIPT}"


async def _script(_request: Request) -> Response:
    path = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return FileResponse(path, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})


route = Route(f"/{SCRIPT}", _script)


def is_dark() -> bool:
    """Whether this viewer's page is dark."""
    return st.context.theme.type == "dark"
