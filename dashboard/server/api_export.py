"""A network taken away over HTTP: prepared in a process of its own, fetched when it is done. See docs/api.md."""

import threading

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from core.errors import RunError
from core.export import offered
from core.people import acting
from core.runs.run import Run
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem
from dashboard.server.api_runs import as_who_asks, run_of, sent_json
from dashboard.server.jobs import Job

REMEMBERED = 200  # that are done, of everybody: for what they failed of
_beginning = threading.Lock()
_begun: dict[str, tuple[str, Job]] = {}  # id of a run -> the id of whoever asked last, and the work


async def take(request: Request) -> Response:
    """The zip of all forms, once it is prepared; whoever may look at a run may take it, as on its page."""
    run = run_of(request)
    made = await as_who_asks(lambda: offered.current(run))
    _whose, job = _begun.get(run.id, ("", None))
    if job and not job.done:
        raise Problem(409, f"Run {run.id} is being prepared ({job.fraction:.0%} done); ask again in a few seconds.")
    if made is None and job and job.error:
        raise Problem(409, f"It could not be prepared: {job.error}")
    if made is None:
        raise Problem(409, f"Nothing is prepared of run {run.id} yet; POST to this address, and ask again in a minute.")
    name = run.id if made.epoch is None else f"{run.id}-epoch-{made.epoch}"
    return FileResponse(run.folder / offered.ZIP, media_type="application/zip", filename=f"{name}.zip", headers=FRESH)


async def prepare(request: Request) -> Response:
    """Begins to prepare it; 202."""
    run = run_of(request)
    await sent_json(request)
    await as_who_asks(lambda: _begin(run))
    return JSONResponse({"id": run.id, "preparing": True}, 202, FRESH)


def _begin(run: Run) -> None:
    """One at a time for each person, since each takes a process with Keras; asked for twice it goes on."""
    offered.check(run)
    who = acting.owner()
    with _beginning:
        at_work = {name: whose for name, (whose, job) in _begun.items() if not job.done}
        if run.id in at_work:
            return
        if who in at_work.values():
            raise RunError("Another run of yours is being prepared. Fetch that first, then ask again.")
        for name in [one for one in _begun if one not in at_work][:-REMEMBERED]:
            del _begun[name]
        _begun.pop(run.id, None)  # the newest last
        _begun[run.id] = who, Job(["export", run.id])


routes = [Route("/api/runs/{run}/export", Address(GET=take, POST=prepare))]
