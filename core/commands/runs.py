"""The commands about runs: `runs`, `stop`, `history`, `carry` and `open`, and `schedule`, which trains the queue."""

import argparse
import csv
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.carry.manifest import SUFFIX, Contents
from core.commands.bar import json_options, telling
from core.commands.output import as_json, complain, table
from core.data import drafts
from core.files import must_exist
from core.fit.curves import COLUMNS
from core.folders import COMMAND
from core.people import acting
from core.processes.interruption import on_ctrl_c
from core.runs.index import index
from core.runs.store import RunStore

STOPPING_SECONDS = 300.0  # one that is starting reads `stop` once Keras is imported: 7 s, beside other work minutes


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the commands to the parser."""
    for function in (stop, history):
        command(function, function.__name__).add_argument("run", metavar="RUN", help="the id of a run, or latest")
    command(runs, "runs").add_argument("--json", action="store_true", help="one JSON array")
    command(schedule, "schedule")
    one = command(carry, "carry")
    one.add_argument("names", metavar="RUN", nargs="*", help="the ids of runs, or latest; with --project all of them")
    one.add_argument(
        "--project", action="store_true", help="races and experiments too; without RUN, all that has ended"
    )
    one.add_argument("--images", action="store_true", help="the images of imported datasets too")
    one.add_argument("--epochs", action="store_true", help="every kept epoch too, to look back at")
    one.add_argument("-o", "--to", type=Path, metavar="FILE", help="where it is written; by default beside you")
    json_options(one)
    one = command(open_file, "open")
    one.add_argument("file", type=Path, metavar="FILE", help=f"a file that was written by: {COMMAND} carry")
    one.add_argument("--look", action="store_true", help="only says what is in it")
    json_options(one)


def runs(chosen: argparse.Namespace) -> int:
    """Lists all runs, newest first; damaged ones say why on the error output."""
    store = RunStore()
    everything, listed = store.all(), index(store.folder)
    rows = []
    for run, row in zip(everything, listed.rows(everything), strict=True):
        if row.state == "damaged":
            complain(str(run.damage))
        about = {"id": row.id, "name": row.name, "state": row.state, "epoch": row.epochs}
        rows.append({**about, "dataset": row.dataset, "architecture": row.architecture})
    listed.save(everything)
    table(rows, chosen.json, empty=f"No run yet. Start one with: {COMMAND} train")
    return 0


def stop(chosen: argparse.Namespace) -> int:
    """Asks a run to stop, wherever it is trained, and waits until it has."""
    run = RunStore().get(chosen.run)
    if run.state not in ("queued", "starting", "running"):
        print(f"Run {run.id} is {run.state}; there is nothing to stop.")
        return 0
    run.ask_to_stop()
    deadline = time.monotonic() + STOPPING_SECONDS
    while run.state in ("queued", "starting", "running") and time.monotonic() < deadline:
        time.sleep(0.05)
    print(f"Run {run.id} is {run.state}.")
    return 0 if run.state not in ("starting", "running") else 1


def history(chosen: argparse.Namespace) -> int:
    """Prints the curves of a run as CSV."""
    run = RunStore().get(chosen.run)
    curves = run.history
    writer = csv.DictWriter(sys.stdout, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for epoch in curves.epochs:
        writer.writerow({**curves.start, **epoch})
    return 0


def carry(chosen: argparse.Namespace) -> int:
    """Puts runs into one file, to be opened on another machine."""
    from core.carry.packed import pack, packable  # late: listing runs needs none of what it reads

    store = RunStore()
    runs = [store.get(name) for name in dict.fromkeys(chosen.names)] or (
        packable(store.all()) if chosen.project else []
    )
    path = chosen.to or Path(f"{runs[0].id if len(runs) == 1 else 'project'}{SUFFIX}")
    acting.check_reach(path, drafts.brought())
    with telling(chosen) as progress:
        found = pack(store, runs, path, chosen.images, chosen.epochs, chosen.project, progress)
    _tell(chosen, {"file": str(path), "bytes": path.stat().st_size, **_listed(found)})
    return 0


def open_file(chosen: argparse.Namespace) -> int:
    """Opens a file of runs that came from another machine; says first what is in it."""
    from core.carry.opened import open_file as put_in_place  # late, with the next: as above
    from core.carry.unpacked import look

    acting.check_reach(chosen.file, drafts.brought())
    must_exist(chosen.file)
    found = _listed(look(chosen.file))
    if chosen.look:
        _tell(chosen, found)
        return 0
    if not (chosen.lines or chosen.json):
        _tell(chosen, found)
    with telling(chosen) as progress:
        done = put_in_place(chosen.file, RunStore(), progress)
    _tell(chosen, done.as_dict())
    for run, error in done.networks.items():
        complain(f"{run}: {error}")
    return 0


def _listed(found: Contents) -> dict[str, Any]:
    """What is in a file, in a few lines."""
    return {
        "release": found.release,
        "runs": list(found.runs),
        "datasets": list(found.datasets),
        "with_images": found.with_images,
        "races": found.races,
        "experiments": found.experiments,
        "unpacked": found.size,
    }


def _tell(chosen: argparse.Namespace, told: dict[str, Any]) -> None:
    if chosen.lines:
        print(json.dumps({"result": told}), flush=True)
    elif chosen.json:
        print(as_json(told))
    else:
        for name, value in told.items():
            if value:
                print(f"{name}: {', '.join(map(str, value)) if isinstance(value, list | dict) else value}")


def schedule(_chosen: argparse.Namespace) -> int:
    """Trains the queued runs until Ctrl-C, without a dashboard."""
    from core.experiments.growing import Growing  # late, with the next: other commands do without
    from core.queue.executor import LocalExecutor
    from core.queue.scheduler import Scheduler

    store, ended = RunStore(), threading.Event()
    executor = LocalExecutor(store.folder)
    on_ctrl_c(ended.set)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    print(f"Training what is queued in {store.folder}; Ctrl-C ends this, trainings go on.")
    Scheduler(store, executor, Growing(store)).run(ended)
    executor.close()
    return 0
