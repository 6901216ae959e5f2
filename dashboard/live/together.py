"""`GET /api/races/ID/events`: what is new of all runs of a race, over one connection: a browser has six for a server.

since  the places up to which the reader knows each run, as the last message said; left out: from the beginning
lang   the language of the words around the numbers
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.errors import RunError
from core.runs import race as races
from core.runs.history import Place, place
from core.runs.run import Run
from core.runs.store import RunStore
from dashboard.live.route import STREAM, UNBUFFERED, events_at, language_of
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem

if TYPE_CHECKING:
    from dashboard.live.channel import Broadcast

LOOK_SECONDS = 0.4  # between two looks at the runs
QUIET_SECONDS = 15.0  # without a word a proxy takes a connection for dead
BETWEEN = "~"  # the places of two runs


class Together:
    """The runs of a race, followed by one reader."""

    def __init__(self, runs: list[Run], since: str, language: str):
        from dashboard.live.channel import broadcast  # late: Streamlit's caches want its server to run

        self.followed: list[Broadcast] = [broadcast(run) for run in runs]
        written = since.split(BETWEEN)
        self.places: list[Place] = [place(written[at] if at < len(written) else "") for at in range(len(runs))]
        self.revisions = [-1] * len(runs)
        self.ended = [False] * len(runs)
        self.language = language

    async def news(self) -> bytes | None:
        """One message with what is new of each run; None where nothing is."""
        from dashboard.live.channel import off_the_loop  # late, as above

        told: list[bytes] = []
        for at, followed in enumerate(self.followed):
            await off_the_loop(followed.channel.look)
            if self.revisions[at] == followed.channel.revision:
                continue
            message = await followed.next(self.places[at], self.language)
            self.places[at], self.revisions[at], self.ended[at] = message.place, message.revision, message.last
            told.append(b'"%d":%s' % (at, message.body))  # encoded once for all readers
        if not told:
            return None
        place = BETWEEN.join(map(str, self.places)).encode()
        phase = b"ended" if all(self.ended) else b"curves"
        return b'{"place":"%s","phase":"%s","runs":{%s}}' % (place, phase, b",".join(told))

    async def stream(self) -> AsyncIterator[bytes]:
        """Server-sent events until all runs have ended."""
        spoke = time.monotonic()
        for followed in self.followed:
            followed.viewers += 1
        try:
            while not all(self.ended):
                message = await self.news()
                if message:
                    yield b"data: %s\n\n" % message
                elif time.monotonic() - spoke > QUIET_SECONDS:
                    yield b": quiet\n\n"
                else:
                    await asyncio.sleep(LOOK_SECONDS)
                    continue
                spoke = time.monotonic()
        finally:
            for followed in self.followed:
                followed.viewers -= 1
                followed.left = time.monotonic()


async def events(request: Request) -> Response:
    """As a stream, or as JSON for those who poll; raises Problem."""
    store = RunStore()
    try:
        runs = races.runs_of(store, races.race(store, request.path_params["race"]))
    except RunError as error:
        raise Problem(404, "There is no such race here.") from error
    together = Together(list(runs.values()), request.query_params.get("since", ""), language_of(request))
    if STREAM not in request.headers.get("accept", ""):
        body = await together.news() or b'{"runs":{}}'
        return Response(body, media_type="application/json", headers=FRESH)
    if request.method == "HEAD":
        return Response(media_type=STREAM, headers=UNBUFFERED)
    return StreamingResponse(together.stream(), media_type=STREAM, headers=UNBUFFERED)


route = Route("/api/races/{race}/events", Address(GET=events))


def address(race_id: str, language: str, base: str) -> str:
    """Where the browser asks for the events of a race; `base` is the path under which the server is reached."""
    return events_at(f"races/{race_id}", language, base)
