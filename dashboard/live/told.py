"""What the pages of a class are told as it changes: as a stream or, for those who poll, as JSON."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboard.live.route import STREAM, UNBUFFERED
from dashboard.server.api import FRESH

LOOK_SECONDS = 0.5  # between two looks, for all readers
QUIET_SECONDS = 15.0  # without a word a proxy takes a connection for dead

Look = Callable[[], tuple[bytes, str]]
"""The message, which is JSON, and a mark that changes with it."""


async def answer(request: Request, look: Look, goes_on: Callable[[], bool]) -> Response:
    """Tells the message whenever its mark is another than `since`, until the reader goes or it does not go on."""
    from dashboard.live.channel import off_the_loop  # late: Streamlit's caches want its server to run

    if STREAM not in request.headers.get("accept", ""):
        body, _mark = await off_the_loop(look)
        return Response(body, media_type="application/json", headers=FRESH)
    if request.method == "HEAD":
        return Response(media_type=STREAM, headers=UNBUFFERED)
    since = request.query_params.get("since", "")
    return StreamingResponse(_stream(look, goes_on, since), media_type=STREAM, headers=UNBUFFERED)


async def _stream(look: Look, goes_on: Callable[[], bool], since: str) -> AsyncIterator[bytes]:
    from dashboard.live.channel import off_the_loop  # late, as above

    spoke = time.monotonic()
    while goes_on():
        body, mark = await off_the_loop(look)
        if mark != since:
            since, spoke = mark, time.monotonic()
            yield b"data: %s\n\n" % body
        elif time.monotonic() - spoke > QUIET_SECONDS:
            spoke = time.monotonic()
            yield b": quiet\n\n"
        await asyncio.sleep(LOOK_SECONDS)
