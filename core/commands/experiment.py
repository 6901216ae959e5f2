"""The command `python -m core experiment KIND`: a question that many runs answer; lists, goes on, and says the answer."""

import argparse
import sys
import threading
import time
from typing import Any

from core.commands.output import as_json, table
from core.errors import SettingError
from core.experiments import experiment as experiments
from core.experiments.experiment import Experiment
from core.experiments.kind import Answer, kinds
from core.folders import COMMAND
from core.plugins import pick
from core.processes.interruption import on_ctrl_c
from core.recipe.config import TrainingConfig
from core.recipe.setting import as_text, parse
from core.runs.run import ACTIVE, RESUMABLE
from core.runs.store import RunStore

LOOK_SECONDS = 0.5


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(experiment, "experiment", epilog=_epilog())
    one.add_argument(
        "kind", metavar="KIND", nargs="?", help="what is asked; without one, what there is to ask is listed"
    )
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
        rows = [{"kind": name, "question": one.question, **one.defaults} for name, one in kinds().items()]
        table([{"kind": row["kind"], "question": row["question"]} for row in rows], chosen.json)
        return 0
    kind = pick("experiment", chosen.kind, kinds())
    recipe = TrainingConfig.from_text(_pairs(chosen.set))
    known = {option.name: option for option in kind.options}
    given = _pairs(chosen.options)
    options = {**(kind.cheaper if chosen.cheaper else {}), **dict(given.items())}
    options = {n: parse(known[n], v) if isinstance(v, str) and n in known else v for n, v in options.items()}
    cells = experiments.plan(kind, recipe, options)
    if chosen.look:
        table(
            [{**{name: as_text(value) for name, value in one.at.items()}, "seed": one.recipe.seed} for one in cells],
            chosen.json,
        )
        return 0
    return _work(store, experiments.start(store, kind, recipe, options, chosen.name), chosen.json)


def _known(store: RunStore, named: str) -> Experiment:
    if named != "latest":
        return experiments.experiment(store, named)
    found = experiments.experiments(store)
    if not found:
        raise SettingError("There is no experiment yet. Begin one with: {command} experiment KIND", command=COMMAND)
    return found[0]


def _work(store: RunStore, one: Experiment, in_json: bool) -> int:
    """Trains what is left of it, with the queue of this folder; Ctrl-C pauses it."""
    from core.training.executor import LocalExecutor  # late, with the next: other commands do without
    from core.training.scheduler import Scheduler

    print(f"experiment {one.id}: {len(one.runs)} runs", file=sys.stderr)
    experiments.go_on(store, one)
    ended, executor = threading.Event(), LocalExecutor(store.folder)
    on_ctrl_c(ended.set)
    queue = threading.Thread(target=Scheduler(store, executor).run, args=(ended,), daemon=True)
    queue.start()
    done = -1
    while not ended.is_set() and _left(store, one):
        known = len(experiments.results(store, one))
        if known != done:
            done = known
            print(f"  {done} of {len(one.runs)} are done", file=sys.stderr, flush=True)
        time.sleep(LOOK_SECONDS)
    interrupted = ended.is_set()
    if interrupted:
        experiments.pause(store, one)
    ended.set()
    queue.join()
    executor.close()
    return _say(store, one, in_json, interrupted)


def _left(store: RunStore, one: Experiment) -> bool:
    return any(run and run.state in ACTIVE for run in experiments.runs_of(store, one))


def _say(store: RunStore, one: Experiment, in_json: bool, interrupted: bool) -> int:
    results = experiments.results(store, one)
    answer: Answer | None = one.spec.answer(results)
    broken = [run.id for run in experiments.runs_of(store, one) if run and run.state in RESUMABLE]
    if in_json:
        told = {"experiment": one.id, "kind": one.kind, "runs": len(one.runs), "done": len(results)}
        print(
            as_json(
                {**told, "answer": str(answer) if answer else None, "values": dict(answer.values) if answer else None}
            )
        )
    elif answer:
        print(answer)
    if interrupted or broken:
        print(f"Go on with: {COMMAND} experiment --resume {one.id}", file=sys.stderr)
    return 1 if broken and not interrupted else 0


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise SettingError("{pair} has no value; write NAME=VALUE.", pair=text)
        pairs[name.strip()] = value
    return pairs


def _epilog() -> str:
    lines = ["kinds and their options:"]
    for name, kind in kinds().items():
        lines.append(f"  {name}: {kind.question}")
        lines += [f"      {one.name}={as_text(one.default)}  {one.help}" for one in kind.options]
    return "\n".join(lines)
