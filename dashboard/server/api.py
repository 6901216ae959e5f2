"""HTTP beside the pages: networks asked by programs and phones. docs/api.md describes it; every answer is JSON.

Nothing in this file changes anything (`api_runs` does), and no header lets the pages of other sites read an answer.
"""

import asyncio
import functools
import logging
import os
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from core.data.reading.decode import ENDINGS, Refused
from core.errors import FitscopeError, RunError
from core.network.classifier import Classifier
from core.network.predict import LATEST, loaded, predict, run_with_network
from core.people.acting import readable
from core.runs.run import Run
from core.runs.store import RunStore
from dashboard.server import api_form
from dashboard.server.api_form import Problem, Question

FRESH = {"Cache-Control": "no-store"}
DEMO = Path(__file__).with_name("api_demo.html")
DEMO_MAY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src blob:"
)

# Off the event loop, and so few that many large photos at once do not fill the memory (256 MB each at the most).
_hands = ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="api")

Answer = Callable[[Request], Awaitable[Response]]


class Address:
    """What one address answers, by method. OPTIONS says which there are, and so does the refusal of any other."""

    def __init__(self, **answers: Answer):
        self.answers = answers
        if "GET" in answers:
            self.answers["HEAD"] = answers["GET"]
        self.allow = ", ".join(sorted([*self.answers, "OPTIONS"]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": self.allow})
        if request.method not in self.answers:
            text = f"{request.url.path} does not answer {request.method[:20]}; it answers {self.allow}."
            return _told(405, text, {"Allow": self.allow})
        try:
            return await self.answers[request.method](request)
        except Problem as problem:
            return _told(problem.status, problem.text)
        except FitscopeError as error:  # the folder of runs cannot be read, dlib is missing
            return _told(503, str(error))
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it
        except Exception as error:
            logging.getLogger("fitscope").error("%s failed", request.url.path, exc_info=error)
            return _told(500, "Something went wrong here; the server's log says what. Nothing you trained is lost.")


async def _not_found(request: Request) -> Response:
    return _told(404, f"There is nothing at {request.url.path}.")


async def _predict(request: Request) -> Response:
    question = await api_form.read(request)
    return JSONResponse(await off_the_loop(answer, question), headers=FRESH)


async def _demo(_request: Request) -> Response:
    page = await off_the_loop(DEMO.read_text, "utf-8")
    page = page.replace("ENDINGS", ",".join(ENDINGS))  # no browser knows all of them for pictures
    return HTMLResponse(page, headers={"Content-Security-Policy": DEMO_MAY})


def answer(question: Question) -> dict[str, Any]:
    """What the network says; raises Problem with 404 (run), 409 (network) or 415 (picture)."""
    try:
        run = _run(question.run)
    except RunError as error:
        text = f"There is no run called {question.run[:60]!r} here with a network; GET /api/runs?network=1 lists them."
        raise Problem(404, text) from error
    try:
        network = _network(run, question.epoch)
        return predict(network, question.image, question.face, question.top).as_dict(run, question.epoch)
    except Refused as reason:
        raise Problem(415, f"image: {reason}") from reason
    except RunError as error:
        raise Problem(409, str(error)) from error


def _network(run: Run, epoch: int | None) -> Classifier:
    """That of a kept epoch is made ready first, in another process."""
    if epoch is None:
        return loaded(run)
    from dashboard import looking  # late: Streamlit's caches want its server to run

    return looking.asked(run, epoch)


def _run(name: str) -> Run:
    store = RunStore()
    return _newest(store.folder, int(time.monotonic())) if name == LATEST else store.get(name)


@functools.lru_cache(1)
def _newest(folder: Path, _second: int) -> Run:
    """Looked for once a second at most: with a thousand runs it takes longer than asking a network."""
    return run_with_network(RunStore(folder), LATEST)


async def off_the_loop(work: Callable[..., Any], *given: Any) -> Any:
    """Done by one of the few hands."""
    return await asyncio.get_running_loop().run_in_executor(_hands, work, *given)


def _told(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": readable(text)}, status, {**FRESH, **(headers or {})})


class _Nothing(Address):
    """Every other address, by any method."""

    async def _answer(self, request: Request) -> Response:
        return await _not_found(request)


routes = [
    Route("/api/predict", Address(POST=_predict)),
    Route("/api/demo", Address(GET=_demo)),
    Route("/api", _Nothing()),
    Route("/api/{path:path}", _Nothing()),
]
