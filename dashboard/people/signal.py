"""`GET /api/class/state`: what the teacher wants of everybody; the page of a pupil asks for it every two seconds.

What somebody was doing stays as it is beneath: no script runs, nothing is drawn anew.
"""

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.classwork import clock
from core.errors import FitscopeError
from core.lessons.lesson import lessons
from core.people import acting, classroom
from core.recipe.sent import Sent, sent
from dashboard.live.route import language_of
from dashboard.people import answering
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem
from dashboard.server.joining import base
from dashboard.widgets.forecast import SCRIPT, STYLE
from dashboard.words import _, language, speaking

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "fitscope_signal",
    html='<span class="signal" hidden></span>',
    js=SCRIPT.replace("export default function", "function forecast")
    + "\n".join((HERE / name).read_text("utf-8") for name in ("question.js", "clock.js", "signal.js")),
)


def signal() -> None:
    """Has the page of a pupil listen for the teacher; nothing on any other."""
    room, person = classroom.current(), acting.acting()
    if room is None or person is None or not person.id or person.teacher:
        return
    words = {"title": _("Look at your teacher"), "text": _("Your work stays as it is, and goes on in a moment.")}
    words |= {"sent": _("Your teacher sends you:"), "open": _("Open"), "close": _("Close"), "lang": language()}
    words |= {"question": _("A question of your teacher"), "choose": _("Choose one.")}
    words |= {"chosen": _("Your answer is kept; you can change it while the question is open.")}
    words |= {"closed": _("The question is closed."), "again": _("The server did not answer. Press again.")}
    words |= {"left": _("Time left"), "over": _("Time is up")}
    words |= {"draw": _("Draw with a finger, the mouse or the arrow keys."), "style": STYLE}
    words |= {"drawn": _("Your curve is kept; you can change it while the question is open.")}
    words |= {"answer_at": f"{base()}/api/class/answer", "of": f"{room.began}"}  # a tab may outlive a class
    _component(data={"address": f"{base()}/api/class/state?lang={language()}", **words}, key="signal")


async def _state(request: Request) -> Response:
    room = classroom.current()
    if room is None:
        raise Problem(404, "There is no class here.")
    given = sent(room)
    with speaking(language_of(request)):
        told = {"number": given.number, "title": title(given), "address": _address(given)} if given else None
        asked = answering.told(room)
    person = acting.acting()
    left = clock.seconds_left(room, person.id if person else "")
    state = {"frozen": room.frozen, "sent": told, "asked": asked, "left": left}
    return JSONResponse(state, headers=FRESH)


def title(given: Sent) -> str:
    """In the language of the reader, where it is still known what was sent."""
    if given.page not in ("train", "lessons"):
        return given.title
    from dashboard.resources import run_name  # late: Streamlit's caches want its server to run

    try:
        return run_name(given.recipe) if given.page == "train" else _(lessons()[given.query["lesson"]].title)
    except (FitscopeError, KeyError):  # its dataset or lesson is gone
        return given.title


def _address(given: Sent) -> str:
    return f"{base()}/{given.page}?{urlencode(given.link())}"


route = Route("/api/class/state", Address(GET=_state))
