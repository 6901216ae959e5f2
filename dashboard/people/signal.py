"""`GET /api/class/state`: whether the teacher wants everybody to look up. Each pupil's page asks every two seconds.

What somebody was doing stays as it is beneath: no script runs, nothing is drawn anew.
"""

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.people import acting, classroom
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem
from dashboard.server.joining import base
from dashboard.words import _

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "fitscope_signal", html='<span class="signal" hidden></span>', js=(HERE / "signal.js").read_text("utf-8")
)


def signal() -> None:
    """Has the page of a pupil listen for the teacher; nothing on any other."""
    person = acting.acting()
    if person is None or not person.id or person.teacher:
        return
    words = {"title": _("Look at your teacher"), "text": _("Your work stays as it is, and goes on in a moment.")}
    _component(data={"address": f"{base()}/api/class/state", **words}, key="signal")


async def _state(_request: Request) -> Response:
    room = classroom.current()
    if room is None:
        raise Problem(404, "There is no class here.")
    return JSONResponse({"frozen": room.frozen}, headers=FRESH)


route = Route("/api/class/state", Address(GET=_state))
