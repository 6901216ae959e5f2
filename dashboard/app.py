"""The server: pages, HTTP routes and the queue in one process. `streamlit run dashboard/app.py` starts it."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # started from anywhere, the packages are found
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402

from core.errors import FitscopeError  # noqa: E402
from core.runs.store import RunStore  # noqa: E402
from dashboard import upstream  # noqa: E402
from dashboard.live import board, collecting, replay_route, together  # noqa: E402
from dashboard.live import route as live  # noqa: E402
from dashboard.people import answering, signal  # noqa: E402
from dashboard.server import api, api_export, api_runs, garbage, joining  # noqa: E402
from dashboard.server.engine import start_engine, stop_engine  # noqa: E402
from dashboard.server.gate import Gate  # noqa: E402
from dashboard.widgets import plot  # noqa: E402
from dashboard.words import _, say  # noqa: E402

upstream.apply()


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Starts the queue with the server and lets go of it at the end; trainings go on without us."""
    start_engine(RunStore())
    garbage.keep()
    try:
        yield
    finally:
        stop_engine()


def calm(error: Exception) -> bool:
    """A page that failed says so in one sentence; the traceback goes to the server's log."""
    if isinstance(error, FitscopeError):
        st.error(say(error), icon=":material/error:")
        return True
    logging.getLogger("fitscope").error("A page failed", exc_info=error)
    st.error(
        _("Something went wrong on this page. Nothing you trained is lost: reload, or open another page."),
        icon=":material/error:",
    )
    return True


ROUTES = [
    *joining.routes,
    plot.route,
    live.route,
    together.route,
    board.route,
    collecting.route,
    *replay_route.routes,
    signal.route,
    answering.route,
    *api_runs.routes,
    *api_export.routes,
    *api.routes,
]  # the last refuse what is left under /api
app = st.App(
    ROOT / "dashboard" / "frame.py",
    routes=ROUTES,
    middleware=[Middleware(Gate)],
    lifespan=lifespan,
    on_script_error=calm,
)
