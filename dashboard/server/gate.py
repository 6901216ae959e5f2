"""The gate of a class: without joining it nothing of the server is reached but the page to join on.

Alone on a machine the gate stands open and costs nothing. It is no place for rules: who may change what is decided in
`core/people/acting.py`, for which it says who asks.
"""

import contextlib
import logging
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.people import classroom
from core.people.acting import acting_as
from core.people.person import PeopleError, Person
from core.people.tries import Tries
from dashboard.people.asking import COOKIE
from dashboard.server import joining, limits

OPEN = ("/join", "/leave", "/_stcore/health")
FRESH = {"Cache-Control": "no-store"}
POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1
REFUSALS = (401, 403, 429)
NOTED, NOTED_SECONDS = 120, 60.0  # lines of the log about one of them

log = logging.getLogger("fitscope.people")
_noted = Tries(NOTED, NOTED_SECONDS)


class Gate:
    """Middleware: lets those of the class through, and says who they are."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        room = None if scope["type"] == "lifespan" else classroom.current()
        if room is None:
            await self.app(scope, receive, send)
            return
        person = asks(HTTPConnection(scope))
        send = _noting(scope, person, send)
        if _is_open(scope):
            await self.app(scope, receive, send)
        elif person is None or _is_of_another_site(scope):
            await _refuse(scope, receive, send)
        elif not (person.teacher or room.programs) and _is_for_programs(scope):
            await JSONResponse({"error": "The teacher has switched this off."}, 403, FRESH)(scope, receive, send)
        else:
            with limits.place(person) as free:
                await self._served(scope, receive, send, person, free)

    async def _served(self, scope: Scope, receive: Receive, send: Send, person: Person, free: bool) -> None:
        """What somebody of the class asked for, or why they do not get it now.

        free  whether they have a place for it
        """
        if scope["type"] == "http":
            with acting_as(person):
                refused = limits.refusal(scope, person, _is_for_programs(scope)) if free else limits.crowded()
                await (refused or self.app)(scope, receive, send)
        else:
            await (self.app if free else _refuse)(scope, receive, send)


def asks(connection: HTTPConnection) -> Person | None:
    """Whose browser or program it is, by its cookie or a token of RFC 6750; None for a stranger's."""
    room, token = classroom.current(), _token(connection)
    return room.recognise(connection.cookies.get(COOKIE, "") if token is None else token) if room else None


def _token(connection: HTTPConnection) -> str | None:
    """What a program says; None for a browser."""
    kind, _space, given = connection.headers.get("authorization", "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else None


def _is_open(scope: Scope) -> bool:
    return scope["path"].removeprefix(joining.base()) in OPEN


def _is_for_programs(scope: Scope) -> bool:
    """Whatever comes with a token, and what lies under /api, but for the news that pages ask for."""
    if _token(HTTPConnection(scope)) is not None:
        return True
    path = scope["path"].removeprefix(joining.base())
    return path.startswith("/api") and not path.endswith("/events") and not path.startswith("/api/class/")


def _is_of_another_site(scope: Scope) -> bool:
    """Whether a page from elsewhere opens a websocket: Streamlit looks at the host's name only, not at its port, and
    cookies go to every port of a machine."""
    headers = HTTPConnection(scope).headers
    origin = headers.get("origin")
    return scope["type"] == "websocket" and origin is not None and urlsplit(origin).netloc != headers.get("host")


def _noting(scope: Scope, person: Person | None, send: Send) -> Send:
    """Passes on what is answered; a refusal is noted in the log, with an id in place of a name."""

    async def passed_on(message: Message) -> None:
        closed = message["type"] == "websocket.close" and message.get("code") == POLICY_VIOLATION
        refused = message.get("status") in REFUSALS or closed
        if refused:
            _note(scope, person, message.get("status") or message["code"])
        await send(message)

    return passed_on


def _note(scope: Scope, person: Person | None, status: int) -> None:
    host = scope["client"][0] if scope.get("client") else "nowhere"
    who = person.id if person and person.id else f"a stranger at {host}"
    with contextlib.suppress(PeopleError):  # who floods the server does not flood its log
        _noted.take(who)
        log.warning("Refused: %s asked %s %r: %d", who, scope.get("method", "a websocket"), scope["path"][:100], status)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    wants_page = scope["method"] == "GET" and "text/html" in HTTPConnection(scope).headers.get("accept", "")
    answer: Response = JSONResponse({"error": "This is a class. Join it first."}, 401, FRESH)
    if wants_page:
        answer = RedirectResponse(joining.address("join"), 303, FRESH)
    await answer(scope, receive, send)
