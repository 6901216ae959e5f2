"""A network taken away over HTTP: prepared in a process of its own, fetched when it is done. See docs/api.md."""

import threading
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from core.errors import RunError
from core.export import offered
from core.network.at_epoch import asked_epoch
from core.people import acting
from core.runs.run import Run
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem
from dashboard.server.api_runs import as_who_asks, run_of, sent_json
from dashboard.server.jobs import Job

REMEMBERED = 200  # that are done, of everybody: for what they failed of
_beginning = threading.Lock()
_begun: dict[str, "Begun"] = {}  # id of a run -> what was asked last


@dataclass(frozen=True)
class Begun:
    """whose   id of whoever asked;  epoch   whose network, None for that which the run keeps"""

    whose: str
    epoch: int | None
    job: Job


async def take(request: Request) -> Response:
    """The zip of all forms, once it is prepared; whoever may look at a run may take it, as on its page."""
    run = run_of(request)
    made = await as_who_asks(lambda: offered.current(run))
    begun = _begun.get(run.id)
    if begun and not begun.job.done:
        share = f"{begun.job.fraction:.0%}"
        raise Problem(409, f"Run {run.id} is being prepared ({share} done); ask again in a few seconds.")
    if begun and begun.job.error and (made is None or made.epoch != begun.epoch):
        raise Problem(409, f"It could not be prepared: {begun.job.error}")
    if made is None:
        raise Problem(409, f"Nothing is prepared of run {run.id} yet; POST to this address, and ask again in a minute.")
    name = run.id if made.epoch is None else f"{run.id}-epoch-{made.epoch}"
    return FileResponse(run.folder / offered.ZIP, media_type="application/zip", filename=f"{name}.zip", headers=FRESH)


async def prepare(request: Request) -> Response:
    """Begins to prepare it, the network of `epoch` where that is sent; 202."""
    run = run_of(request)
    given = await sent_json(request)
    epoch = given.get("epoch")
    if given.keys() - {"epoch"} or not (epoch is None or type(epoch) is int):
        raise Problem(422, 'Send {} or {"epoch": 3}, one of the epochs that were kept.')
    await as_who_asks(lambda: _begin(run, epoch))
    return JSONResponse({"id": run.id, "preparing": True}, 202, FRESH)


def _begin(run: Run, epoch: int | None) -> None:
    """One at a time for each person, since each takes a process with Keras; asked for twice it goes on."""
    epoch = asked_epoch(run, epoch)
    offered.check(run, epoch)
    who = acting.owner()
    with _beginning:
        at_work = {name: begun for name, begun in _begun.items() if not begun.job.done}
        if run.id in at_work:
            if at_work[run.id].epoch == epoch:
                return
            raise RunError(
                "Another epoch of run {run} is being prepared. Fetch that first, then ask again.", run=run.id
            )
        if who in {begun.whose for begun in at_work.values()}:
            raise RunError("Another run of yours is being prepared. Fetch that first, then ask again.")
        for name in [one for one in _begun if one not in at_work][:-REMEMBERED]:
            del _begun[name]
        _begun.pop(run.id, None)  # the newest last
        _begun[run.id] = Begun(who, epoch, Job(["export", run.id, *([] if epoch is None else ["--epoch", str(epoch)])]))


routes = [Route("/api/runs/{run}/export", Address(GET=take, POST=prepare))]
