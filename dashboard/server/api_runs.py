"""Runs over HTTP, for programs: begin one, look at it, stop it, go on. docs/api.md describes it.

What is not yours in a class is refused as it is on the pages, by the core. A page of another site cannot ask: what
changes something is JSON, which a browser asks about beforehand, and comes from an origin of this server or from none.
"""

import asyncio
import contextlib
import ipaddress
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import FitscopeError, RunError, SettingError, StorageError
from core.experiments.expected import foretold
from core.people import acting, classroom
from core.people.acting import acting_as
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem
from dashboard.server.api_list import list_runs, nicknames
from dashboard.server.engine import engine

MOST_BYTES = 65_536  # of a recipe
STATUS = {PeopleError: 403, SettingError: 422, StorageError: 503}  # of a refusal; 409 is that of any other


async def begin(request: Request) -> Response:
    """`POST /api/runs`: queues a run; 201 with what `GET /api/runs/ID` says of it."""
    given = await sent_json(request)
    unknown = given.keys() - {"recipe", "name"}
    recipe, name = given.get("recipe", {}), given.get("name", "")
    if unknown or not isinstance(recipe, dict) or not isinstance(name, str):
        raise Problem(422, 'Send {"recipe": {"dataset": "digits", …}, "name": "…"}; both may be left out.')

    def work() -> dict[str, Any]:
        store, config = RunStore(), TrainingConfig.from_dict(recipe)
        run = store.create(config, name.strip(), expected=foretold(store, config))
        _wake()
        return told(run)

    return JSONResponse(await as_who_asks(work), 201, FRESH)


async def look(request: Request) -> Response:
    run = run_of(request)
    return JSONResponse(await as_who_asks(lambda: told(run)), headers=FRESH)


async def stop(request: Request) -> Response:
    """Asks the training to stop, or takes a waiting run out of the queue; 202, it takes until its batch is done."""
    run = run_of(request)
    await sent_json(request)
    await as_who_asks(run.ask_to_stop)
    return JSONResponse(await as_who_asks(lambda: told(run)), 202, FRESH)


async def resume(request: Request) -> Response:
    run = run_of(request)
    await sent_json(request)
    await as_who_asks(run.ask_to_start)
    _wake()
    return JSONResponse(await as_who_asks(lambda: told(run)), 202, FRESH)


def told(run: Run) -> dict[str, Any]:
    """What is said of a run: its state, how far it is, its last figures, each with how many images it is of."""
    history, status = run.history, run.status
    result = (status.result if status else None) or {}
    last = history.epochs[-1] if history.epochs else {}
    return {
        "id": run.id,
        "name": run.meta.name,
        "state": run.state,
        "owner": nicknames().get(run.meta.owner),
        "recipe": run.config.changes(),
        "epochs_done": len(history.epochs),
        "epochs": history.start.get("epochs") or run.config.epochs,
        "loss": last.get("loss"),
        "val_loss": last.get("val_loss"),
        "val_accuracy": last.get("val_accuracy"),
        "n_validation": history.start.get("n_validation"),
        "test_accuracy": result.get("test_accuracy"),
        "n_test": result.get("n_test"),
        "error": acting.readable(str(run.failure)) if run.failure else None,
    }


def run_of(request: Request) -> Run:
    """The run that an address names; raises Problem."""
    try:
        run = RunStore().get(request.path_params["run"])
    except RunError as error:
        raise Problem(404, "There is no such run here; GET /api/runs lists them.") from error
    if run.damage:
        raise Problem(409, str(run.damage))
    return run


async def sent_json(request: Request) -> dict[str, Any]:
    """The object that was sent, {} for nothing; raises Problem for what a page of another site could have sent."""
    check_origin(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise Problem(413, f"The request has more than {MOST_BYTES // 1024} kB.")
    if kind != "application/json":
        raise Problem(415, "Send JSON, with the header Content-Type: application/json")
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Problem(400, "The body is no JSON that can be read.") from error
    if not isinstance(value, dict):
        raise Problem(422, "The body is no JSON object; send {} where there is nothing to say.")
    return value


def check_origin(request: Request) -> None:
    """Raises Problem for a page of another site, also for one whose name was made to lead to this machine."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    name = urlsplit(f"//{host}").hostname or ""
    alone = classroom.current() is None  # a class has tokens, and may be behind a server on the same machine
    here = alone and request.client is not None and _is_loopback(request.client.host)
    if (origin is not None and urlsplit(origin).netloc != host) or (here and not _is_loopback(name)):
        raise Problem(403, "A page of another site may not ask for that.")


def _is_loopback(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name).is_loopback
    return name == "localhost"


async def as_who_asks(work: Callable[[], Any]) -> Any:
    """Done off the event loop, by whoever asked; raises Problem for what is refused."""
    person = acting.acting()

    def acted() -> Any:
        with acting_as(person) if person else contextlib.nullcontext():
            return work()

    try:
        return await asyncio.to_thread(acted)
    except FitscopeError as error:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 409)
        raise Problem(status, str(error)) from error


def _wake() -> None:
    if trainer := engine():
        trainer.scheduler.wake()


routes = [
    Route("/api/runs", Address(GET=list_runs, POST=begin)),
    Route("/api/runs/{run}", Address(GET=look)),
    Route("/api/runs/{run}/stop", Address(POST=stop)),
    Route("/api/runs/{run}/resume", Address(POST=resume)),
]
