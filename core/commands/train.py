"""The commands `python -m core train --set NAME=VALUE …` and `resume RUN`: a training here, in the foreground."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from core.commands.bar import TrainingBar
from core.commands.output import complain
from core.data.catalogue import dataset
from core.errors import SettingError, UnexpectedError
from core.experiments.expected import foretold
from core.files import writing_to
from core.folders import COMMAND
from core.processes.interruption import on_ctrl_c
from core.processes.lean import lean
from core.recipe import architectures
from core.recipe.config import TrainingConfig, settings
from core.recipe.setting import expected
from core.runs import cost
from core.runs.reports import Preparing
from core.runs.run import Run
from core.runs.store import RunStore

TESTING_SECONDS = 300.0  # a run that was stopped still tests its network: seconds, beside other work minutes


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the commands to the parser."""
    one = command(train, "train", epilog=_settings_help())
    one.add_argument("--set", action="append", metavar="NAME=VALUE", help="a setting of the recipe; may be repeated")
    one.add_argument("--name", default="", help="what to call the run")
    again = command(resume, "resume")
    again.add_argument("run", metavar="RUN", help="the id of a run, or latest")
    for parser in (one, again):
        parser.add_argument("--json", action="store_true", help="the last line is one JSON object")


def train(chosen: argparse.Namespace) -> int:
    """Trains a recipe here, in the foreground."""
    config = TrainingConfig.from_text(dict(_name_and_value(pair) for pair in chosen.set or ())).pinned()
    store = RunStore()
    with quiet(Path(os.devnull)) as screen, TrainingBar(screen) as bar:
        _check(config, bar)
    run = store.create(config, name=chosen.name, queue=False, expected=foretold(store, config))
    return _work(run, chosen.json)


def resume(chosen: argparse.Namespace) -> int:
    """Goes on with a stopped, failed or lost run here, in the foreground."""
    run = RunStore().get(chosen.run)
    run.check_resumable()
    with run.held(wait=TESTING_SECONDS):
        run.go_on_here()
        return _work(run, chosen.json)


def _check(config: TrainingConfig, progress: Any) -> None:
    """What data, device and network have to say against a recipe, before there is a run of it."""
    with lean():
        from core.training import loop  # late, with the next: they import Keras
    from core.training.device import device
    from core.training.prepare import prepare

    loop.precision(config, device())
    splits = prepare(dataset(config.dataset), config, lambda what, fraction: progress(Preparing(what, fraction)))
    if not architectures.is_baseline(config.architecture):
        loop.build(config, splits.train.images.shape[1:], len(splits.classes))


def _work(run: Run, as_json: bool) -> int:
    """Trains in this process. Ctrl-C stops after the batch in hand, and keeps the network, as `core stop` does."""
    from core.training.worker import work  # late: TensorFlow must be silent before it is imported

    on_ctrl_c(run.ask_to_stop)
    print(f"run {run.id}", file=sys.stderr)
    with quiet(run.folder / "worker.log") as screen, TrainingBar(screen) as bar:
        code = work(run, bar)
    if code:
        error = run.status.error if run.status else None
        complain(error["template"].format(**error["values"]) if error else "The training failed; see worker.log.")
        return 2 if error and error["kind"] != UnexpectedError.__name__ else code
    _print_result(run, as_json)
    return 0


@contextmanager
def quiet(log: Path) -> Iterator[TextIO]:
    """TensorFlow's C++ parts chat on file descriptor 2 whatever they are told: into a log. Gives the screen instead."""
    sys.stderr.flush()
    screen = os.dup(2)
    with writing_to(log), open(log, "ab") as file:
        os.dup2(file.fileno(), 2)
    try:
        with open(screen, "w", encoding=sys.stderr.encoding, errors="replace", closefd=False) as stream:
            yield stream
    finally:
        sys.stderr.flush()
        os.dup2(screen, 2)
        os.close(screen)


def _print_result(run: Run, as_json: bool) -> None:
    status = run.status
    result = (status.result if status else None) or {}
    names = ("test_accuracy", "test_loss", "n_test", "epochs", "parameters", "seconds")
    if as_json:
        print(json.dumps({"run_id": run.id, "state": run.state, **{name: result.get(name) for name in names}}))
        return
    if not result:
        print(f"Stopped before the first step. Go on with: {COMMAND} resume {run.id}")
        return
    low, high = result["interval"]
    print(
        f"{run.state}: {result['test_accuracy']:.2%} of {result['n_test']:,} test images right "
        f"(95 % interval {low:.2%} to {high:.2%}), loss {result['test_loss']:.4f}, "
        f"network of epoch {result['kept_epoch']} of {result['epochs']}"
    )
    for line in as_expected(run):
        print(line)
    if run.state == "stopped":
        print(f"Go on with: {COMMAND} resume {run.id}")


def as_expected(run: Run) -> list[str]:
    """What a run was expected to take before it began, what it took, and how far off that was; none where unknown."""
    told, seconds, used = cost.foretold(run), cost.took(run), cost.used(run.history)
    if told is None or seconds is None:
        return []
    most = "at most " if told.at_most else ""
    lines = [f"Expected: {most}{told.seconds:.0f} s; it took {seconds:.0f} s ({seconds / told.seconds - 1:+.0%})."]
    if told.memory and used:
        had, off = used.memory / 1e6, used.memory / told.memory - 1
        lines.append(f"Expected memory: {told.memory / 1e6:,.0f} MB; at most it had {had:,.0f} MB ({off:+.0%}).")
    return lines


def _name_and_value(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise SettingError("--set {pair} has no value; write --set name=value, for example --set epochs=10.", pair=pair)
    return name.strip(), value


def _settings_help() -> str:
    lines = ["settings:"]
    for setting in settings():
        default = "the architecture's own" if setting.own else setting.default
        options = "" if setting.kind == "plugin" else f" {expected(setting)};"
        lines.append(f"  {setting.name}\n      {setting.help}{options} default {default}.".replace(".;", ";"))
    return "\n".join(lines)
