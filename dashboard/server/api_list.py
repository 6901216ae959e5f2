"""`GET /api/runs`: the runs that whoever asks may look at, the newest first, all or those that are wanted."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.network.classifier import network_file
from core.people import acting, classroom
from core.runs.index import Row, index
from core.runs.run import ACTIVE, ENDED, Run
from core.runs.store import RunStore
from dashboard.server.api import FRESH, off_the_loop
from dashboard.server.api_form import Problem

STATES = (*ACTIVE, *ENDED, "lost", "damaged")
WANTED = 'Ask for ?state=running,finished, ?network=1 or ?mine=1, or leave them out; a state is one of "{states}".'


@dataclass(frozen=True)
class Wanted:
    """Which runs: in one of these states, with a network that can be asked, made by whoever asks; all by default."""

    states: tuple[str, ...] = STATES
    network: bool = False
    mine: bool = False


async def list_runs(request: Request) -> Response:
    wanted, person = wanted_of(request.query_params), acting.acting()
    return JSONResponse(await off_the_loop(runs, wanted, person.id if person else ""), headers=FRESH)


def wanted_of(query: QueryParams) -> Wanted:
    """Raises Problem for what no run can be asked by."""
    states = tuple(query.get("state", ",".join(STATES)).split(","))
    flags = {name: query.get(name, "0") for name in ("network", "mine")}
    unknown = set(query) - {"state", *flags} or set(states) - set(STATES) or set(flags.values()) - {"0", "1"}
    if unknown:
        raise Problem(422, WANTED.format(states=", ".join(STATES)))
    return Wanted(states, flags["network"] == "1", flags["mine"] == "1")


def runs(wanted: Wanted, person: str) -> list[dict[str, Any]]:
    """What is told of each run that is wanted.

    person  the id of whoever asks, "" for the machine itself
    """
    store, names = RunStore(), nicknames()
    there = store.all()
    rows = zip(index(store.folder).rows(there), there, strict=True)
    return [
        _told(row, run, names)
        for row, run in rows
        if row.state in wanted.states
        and (not wanted.mine or row.owner == person)
        and (not wanted.network or _can_be_asked(row, run))
    ]


def nicknames() -> dict[str, str]:
    """id -> nickname, as the table of runs shows it; of nobody where there is no class."""
    room = classroom.current()
    return {person.id: person.name for person in room.people()} if room else {}


def _told(row: Row, run: Run, names: dict[str, str]) -> dict[str, Any]:
    asked = _can_be_asked(row, run)
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "owner": names.get(row.owner),
        "dataset": row.dataset,
        "architecture": row.architecture,
        "recipe": run.config.changes() if row.recipe else None,
        "epochs_done": row.epochs,
        "best_val_accuracy": row.val_accuracy,
        "n_validation": row.n_validation,
        "test_accuracy": row.test_accuracy,
        "n_test": row.n_test,
        "network": asked,
        "classes": _classes(run.folder, (run.folder / "events.jsonl").stat().st_mtime_ns) if asked else [],
    }


def _can_be_asked(row: Row, run: Run) -> bool:
    return row.state != "damaged" and network_file(run) is not None


@functools.lru_cache(1000)
def _classes(folder: Path, _changed: int) -> list[str]:
    return list(Run(folder).history.start.get("classes", ()))
