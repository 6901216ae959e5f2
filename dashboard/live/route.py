"""`GET /api/runs/ID/events`: what is new of a run, as a stream of server-sent events or, for those who poll, as JSON.

since  the place up to which the reader knows it, as the last message said; left out: from the beginning
lang   the language of the words around the numbers
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.errors import RunError
from core.runs.history import Place, place
from core.runs.store import RunStore
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem
from dashboard.words import LANGUAGES

if TYPE_CHECKING:
    from dashboard.live.channel import Broadcast

STREAM = "text/event-stream"
UNBUFFERED = {**FRESH, "X-Accel-Buffering": "no"}  # nginx would gather messages until they fill a page of memory


async def _events(request: Request) -> Response:
    from dashboard.live.channel import broadcast, off_the_loop  # late: Streamlit's caches want its server to run

    try:
        run = RunStore().get(request.path_params["run"])
    except RunError as error:
        raise Problem(404, "There is no such run here; GET /api/runs lists them.") from error
    since = place(request.headers.get("last-event-id") or request.query_params.get("since", ""))
    language, followed = language_of(request), broadcast(run)
    if STREAM not in request.headers.get("accept", ""):
        await off_the_loop(followed.channel.look)
        message = await followed.next(since, language)
        return Response(message.body, media_type="application/json", headers=FRESH)
    if request.method == "HEAD":
        return Response(media_type=STREAM, headers=UNBUFFERED)
    return StreamingResponse(_stream(followed, since, language), media_type=STREAM, headers=UNBUFFERED)


def language_of(request: Request) -> str:
    """The language that a question asks for."""
    named = request.query_params.get("lang", "")
    return named if named in LANGUAGES else "en"


async def _stream(followed: "Broadcast", since: Place, language: str) -> AsyncIterator[bytes]:
    async for message in followed.follow(since, language):
        if message is None:
            yield b": quiet\n\n"
        else:
            yield b"id: %s\ndata: %s\n\n" % (str(message.place).encode(), message.body)


route = Route("/api/runs/{run}/events", Address(GET=_events))


def address(run_id: str, language: str, base: str) -> str:
    """Where the browser asks for the events of a run; `base` is the path under which the server is reached."""
    return events_at(f"runs/{run_id}", language, base)


def events_at(what: str, language: str, base: str) -> str:
    """The same of a run or a race, by its path below /api."""
    start = f"/{base.strip('/')}" if base.strip("/") else ""
    return f"{start}/api/{what}/events?lang={language}"
