"""The commands about runs: `python -m core runs`, `stop`, `history`, and `schedule`, which trains what is queued."""

import argparse
import csv
import signal
import sys
import threading
import time
from collections.abc import Callable

from core.commands.output import complain, table
from core.fit.curves import COLUMNS
from core.folders import COMMAND
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


def schedule(_chosen: argparse.Namespace) -> int:
    """Trains the queued runs until Ctrl-C, without a dashboard."""
    from core.experiments.growing import Growing  # late, with the next: other commands do without
    from core.training.executor import LocalExecutor
    from core.training.scheduler import Scheduler

    store, ended = RunStore(), threading.Event()
    executor = LocalExecutor(store.folder)
    on_ctrl_c(ended.set)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    print(f"Training what is queued in {store.folder}; Ctrl-C ends this, trainings go on.")
    Scheduler(store, executor, Growing(store)).run(ended)
    executor.close()
    return 0
