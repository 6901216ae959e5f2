"""What is played once more: `GET /api/runs/ID/replay`, of a run; `GET /api/lessons/NAME/replay`, of a recording.

lang   the language of the words around the numbers
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import DataError, RunError
from core.lessons import recording
from core.lessons.lesson import lessons
from core.runs.store import RunStore
from dashboard.live.route import language_of
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem


async def _run(request: Request) -> Response:
    from dashboard.live import replay, state_words  # late: Streamlit's caches want its server to run
    from dashboard.live.channel import off_the_loop

    try:
        run = RunStore().get(request.path_params["run"])
    except RunError as error:
        raise Problem(404, "There is no such run here; GET /api/runs lists them.") from error
    if state_words.at_work(run, run.state):
        raise Problem(409, "This run still goes on: its news are at /events.")
    return _answer(await off_the_loop(replay.of_runs, [run], language_of(request)))


async def _lesson(request: Request) -> Response:
    from dashboard.live import replay  # late, as above
    from dashboard.live.channel import off_the_loop

    name = request.path_params["lesson"]
    try:
        runs = recording.laid_out(name) if name in lessons() else []
    except DataError as error:
        raise Problem(404, str(error)) from error
    if not runs:
        raise Problem(404, "There is no such lesson here with a recording.")
    return _answer(await off_the_loop(replay.of_runs, runs, language_of(request)))


def _answer(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers=FRESH)


routes = [
    Route("/api/runs/{run}/replay", Address(GET=_run)),
    Route("/api/lessons/{lesson}/replay", Address(GET=_lesson)),
]


def address(what: str, language: str, base: str) -> str:
    """Where the browser asks for it.  what  "runs/ID" or "lessons/NAME";  base  the path of the server"""
    start = f"/{base.strip('/')}" if base.strip("/") else ""
    return f"{start}/api/{what}/replay?lang={language}"
