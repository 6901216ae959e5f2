"""The gate of a class: without joining it nothing of the server is reached but the page to join on.

Alone on a machine the gate stands open and costs nothing. It is no place for rules: who may change what is decided in
`core/people/acting.py`, for which it says who asks.
"""

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.people import classroom
from core.people.acting import acting_as
from core.people.person import Person
from dashboard.people.asking import COOKIE
from dashboard.server import joining

OPEN = ("/join", "/leave", "/_stcore/health")
POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1


class Gate:
    """Middleware: lets those of the class through, and says who they are."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or classroom.current() is None or _is_open(scope):
            await self.app(scope, receive, send)
            return
        person = asks(HTTPConnection(scope))
        if person is None:
            await _refuse(scope, receive, send)
        elif scope["type"] == "http":
            with acting_as(person):
                await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def asks(connection: HTTPConnection) -> Person | None:
    """Whose browser it is; None for a stranger's."""
    room = classroom.current()
    return room.recognise(connection.cookies.get(COOKIE, "")) if room else None


def _is_open(scope: Scope) -> bool:
    return scope["path"].removeprefix(joining.base()) in OPEN


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    wants_page = scope["method"] == "GET" and "text/html" in HTTPConnection(scope).headers.get("accept", "")
    answer: Response = JSONResponse({"error": "This is a class. Join it first."}, 401, {"Cache-Control": "no-store"})
    if wants_page:
        answer = RedirectResponse(joining.address("join"), 303, {"Cache-Control": "no-store"})
    await answer(scope, receive, send)
