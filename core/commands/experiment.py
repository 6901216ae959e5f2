"""The command `python -m core experiment KIND`: a question that many runs answer; begins, goes on, says the answer."""

import argparse
import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from core.commands.output import as_json, table
from core.commands.pairs import pairs
from core.errors import SettingError
from core.experiments import experiment as experiments
from core.experiments.expected import OFF, calibrate, expected
from core.experiments.experiment import Experiment
from core.experiments.growing import Growing
from core.experiments.kind import Cell, Kind, kinds
from core.folders import COMMAND
from core.plugins import pick
from core.processes.interruption import on_ctrl_c
from core.recipe.config import TrainingConfig
from core.recipe.setting import as_text, parse
from core.runs.store import RunStore

LOOK_SECONDS = 0.5


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(experiment, "experiment", epilog=_epilog())
    one.add_argument("kind", metavar="KIND", nargs="?", help="what is asked; without it, the questions are listed")
    one.add_argument("--set", action="append", metavar="NAME=VALUE", help="a setting of the recipe; may be repeated")
    one.add_argument("--with", action="append", dest="options", metavar="NAME=VALUE", help="an option of the kind")
    one.add_argument("--cheaper", action="store_true", help="the same question with fewer runs")
    one.add_argument("--name", default="", help="what to call it")
    one.add_argument("--look", action="store_true", help="say which runs it would be, and begin nothing")
    one.add_argument("--resume", metavar="ID", help="go on with one that was interrupted; latest is the newest")
    one.add_argument("--json", action="store_true", help="the last line is one JSON object")


def experiment(chosen: argparse.Namespace) -> int:
    """Asks a question that many runs answer: trains them here, and says the answer in one sentence."""
    store = RunStore()
    if chosen.resume:
        return _work(store, _known(store, chosen.resume), chosen.json)
    if not chosen.kind:
        table([{"kind": name, "question": one.question} for name, one in kinds().items()], chosen.json)
        return 0
    kind = pick("experiment", chosen.kind, kinds())
    recipe, options = TrainingConfig.from_text(pairs(chosen.set)), _options(kind, chosen)
    if chosen.look:
        return _look(store, kind.cells(recipe, options), chosen.json)
    return _work(store, experiments.start(store, kind, recipe, options, chosen.name), chosen.json)


def _options(kind: Kind, chosen: argparse.Namespace) -> dict[str, Any]:
    known = {option.name: option for option in kind.options}
    given = {name: parse(known[name], text) if name in known else text for name, text in pairs(chosen.options).items()}
    return {**(kind.cheaper if chosen.cheaper else {}), **given}


def _look(store: RunStore, cells: list[Cell], in_json: bool) -> int:
    """Which runs it would be, and how long they will take; networks that were never trained here are tried first."""
    found = expected(store, cells)
    if found.seconds is None:
        print("Trying how fast this machine is, about 20 s …", file=sys.stderr)
        with _workers(store) as executor:
            calibrate(store, cells, executor.ask)
        found = expected(store, cells)
    table([_row(cell) for cell in cells], in_json)
    assert found.seconds is not None
    about = f"{'at most' if found.at_most else 'about'} {found.seconds / 60:.1f} minutes"
    doubt = f", by multiply-adds and a short try: ±{OFF:.0%}" if found.predicted else ""
    print(f"{found.runs} runs, {about}{doubt}", file=sys.stderr)
    return 0


@contextlib.contextmanager
def _workers(store: RunStore) -> Iterator[Any]:
    from core.queue.executor import LocalExecutor  # late: other commands do without

    executor = LocalExecutor(store.folder)
    try:
        yield executor
    finally:
        executor.close()


def _row(cell: Cell) -> dict[str, str]:
    settings = {name: as_text(value) for name, value in cell.at.items()}
    return {**settings, "epochs": str(cell.recipe.epochs), "seed": str(cell.recipe.seed)}


def _known(store: RunStore, named: str) -> Experiment:
    if named != "latest":
        return experiments.experiment(store, named)
    found = experiments.experiments(store)
    if not found:
        raise SettingError("There is no experiment yet. Begin one with: {command} experiment KIND", command=COMMAND)
    return found[0]


def _work(store: RunStore, one: Experiment, in_json: bool) -> int:
    """Trains what is left of it, with the queue of this folder; Ctrl-C pauses it."""
    from core.queue.scheduler import Scheduler  # late: other commands do without

    print(f"experiment {one.id}: {one.total} runs", file=sys.stderr)
    experiments.go_on(store, one)
    asked, ended = threading.Event(), threading.Event()
    on_ctrl_c(asked.set)
    with _workers(store) as executor:
        scheduler = Scheduler(store, executor, Growing(store))
        queue = threading.Thread(target=scheduler.run, args=(ended,), daemon=True)
        queue.start()
        _watch(store, one, asked)
        if asked.is_set():
            experiments.pause(store, one)
        ended.set()
        queue.join()
    return _say(store, one, in_json)


def _watch(store: RunStore, one: Experiment, asked: threading.Event) -> None:
    """Until no run is left, or somebody asks for an end; says how many are done."""
    said = ""
    while not asked.is_set():
        one = experiments.experiment(store, one.id)  # it may have grown
        going = experiments.goes_on(store, one)
        if (words := _done(store, one)) != said:
            print(f"  {words}", file=sys.stderr, flush=True)
            said = words
        if not going:
            return
        time.sleep(LOOK_SECONDS)


def _done(store: RunStore, one: Experiment) -> str:
    pruned = _pruned(store, one)
    early = f", {pruned} were stopped early" if pruned else ""
    return f"{len(experiments.results(store, one))} of {one.total} are done{early}"


def _pruned(store: RunStore, one: Experiment) -> int:
    return sum(one.was_pruned(run) for _at, run in experiments.runs_of(store, one))


def _say(store: RunStore, one: Experiment, in_json: bool) -> int:
    """The answer so far, and how to go on; 1 where something is left to do."""
    one = experiments.experiment(store, one.id)
    results, left = experiments.results(store, one), experiments.interrupted(store, one)
    answer = one.spec.answer(results)
    if in_json:
        told = {"experiment": one.id, "kind": one.kind, "runs": one.total, "done": len(results)}
        pruned = {"pruned": _pruned(store, one)} if one.grows else {}
        print(as_json({**told, **pruned, "answer": str(answer) if answer else None}))
    elif answer:
        print(answer)
    if left or one.paused or experiments.goes_on(store, one):
        print(f"Go on with: {COMMAND} experiment --resume {one.id}", file=sys.stderr)
        return 1
    return 0


def _epilog() -> str:
    lines = ["kinds and their options:"]
    for name, kind in kinds().items():
        lines.append(f"  {name}: {kind.question}")
        lines += [f"      {one.name}={as_text(one.default)}  {one.help}" for one in kind.options]
    return "\n".join(lines)
