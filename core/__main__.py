"""The command line: `python -m core train --set dataset=mnist`, with the code the dashboard uses."""

import argparse
import csv
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TextIO

from core.commands import batch, evaluate, export, predict
from core.commands import data as data_commands
from core.errors import FitscopeError, SettingError, as_words
from core.files import writing_to
from core.interruption import interruptible, on_ctrl_c
from core.recipe.config import TrainingConfig, settings
from core.recipe.setting import expected
from core.runs.reports import EpochDone, Preparing, Report, Started, StepsDone
from core.runs.store import Run, RunStore

STOPPING_SECONDS = 300.0  # one that is starting reads `stop` once Keras is imported: 7 s, beside other work minutes
TESTING_SECONDS = 300.0  # a run that was stopped still tests its network: seconds, beside other work minutes
HISTORY = ("epoch", "loss", "val_loss", "accuracy", "val_accuracy", "n_train", "n_validation", "n_classes")


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0, 1 when a training failed, 2 for what the user can mend."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal that lacks a letter
    chosen = _parser().parse_args(arguments)
    try:
        if not hasattr(chosen, "lines"):
            return chosen.command(chosen)
        with interruptible():  # long work on data, also begun by a page
            return chosen.command(chosen)
    except FitscopeError as error:
        if getattr(chosen, "lines", False):  # the dashboard says it in the viewer's language
            print(json.dumps({"error": error.template, "values": as_words(error.values)}))
        _complain(str(error))
        return 2
    except KeyboardInterrupt:
        _complain("interrupted.")
        return 130
    except BrokenPipeError:  # `… | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def train(chosen: argparse.Namespace) -> int:
    """Trains a recipe here, in the foreground."""
    config = TrainingConfig.from_text(dict(_name_and_value(pair) for pair in chosen.set or ())).pinned()
    store = RunStore()
    with _quiet(Path(os.devnull)) as screen, _Bar(screen) as bar:
        _check(config, bar)
    run = store.create(config, name=chosen.name, queue=False)
    return _work(run, chosen.json)


def resume(chosen: argparse.Namespace) -> int:
    """Goes on with a stopped, failed or lost run here, in the foreground."""
    from core.training.worker import alone

    run = RunStore().get(chosen.run)
    run.check_resumable()
    with alone(run, wait=TESTING_SECONDS):
        run.go_on_here()
        return _work(run, chosen.json)


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
    table = csv.DictWriter(sys.stdout, HISTORY, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    for epoch in curves.epochs:
        table.writerow({**curves.start, **epoch})
    return 0


def runs(chosen: argparse.Namespace) -> int:
    """Lists all runs, newest first; damaged ones say why on the error output."""
    rows = []
    for run in RunStore().all():
        damage = run.damage
        if damage:
            _complain(str(damage))
        last = run.history.epochs[-1:]
        rows.append(
            {
                "id": run.id,
                "name": run.meta.name,
                "state": run.state,
                "epoch": last[0]["epoch"] if last else 0,
                "dataset": None if damage else run.config.dataset,
                "architecture": None if damage else run.config.architecture,
            }
        )
    _table(rows, chosen.json, empty="No run yet. Start one with: python -m core train")
    return 0


def datasets(chosen: argparse.Namespace) -> int:
    """Lists the datasets; `available` ones need no network."""
    from core.training import prepare

    _table(prepare.describe(), chosen.json)
    return 0


def architectures(chosen: argparse.Namespace) -> int:
    """Lists the architectures."""
    from core.data import catalogue

    known = catalogue.architectures().items()
    rows = [
        {"name": name, "title": one.title, "about": one.about, "settings": dict(one.settings)} for name, one in known
    ]
    _table(rows, chosen.json)
    return 0


def schedule(_chosen: argparse.Namespace) -> int:
    """Trains the queued runs until Ctrl-C, without a dashboard."""
    from core.training.executor import LocalExecutor
    from core.training.scheduler import Scheduler

    store, ended = RunStore(), threading.Event()
    executor = LocalExecutor(store.folder)
    on_ctrl_c(ended.set)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    print(f"Training what is queued in {store.folder}; Ctrl-C ends this, trainings go on.")
    Scheduler(store, executor).run(ended)
    executor.close()
    return 0


def _check(config: TrainingConfig, progress: Any) -> None:
    """What data, device and network have to say against a recipe, before there is a run of it."""
    from core.training import loop, prepare
    from core.training.device import device

    loop.precision(config, device())
    splits = prepare.prepare(
        config.dataset,
        **config.data_settings(),
        progress=lambda what, fraction: progress(Preparing(what, fraction)),
    )
    loop.build(config, splits.train.images.shape[1:], len(splits.classes))


def _work(run: Run, as_json: bool) -> int:
    """Trains in this process. Ctrl-C stops after the batch in hand, and keeps the network, as `core stop` does."""
    from core.training.worker import work

    on_ctrl_c(run.ask_to_stop)
    print(f"run {run.id}", file=sys.stderr)
    with _quiet(run.folder / "worker.log") as screen, _Bar(screen) as bar:
        code = work(run, bar)
    if code:
        error = run.status.error if run.status else None
        _complain(error["template"].format(**error["values"]) if error else "The training failed; see worker.log.")
        return 2 if error and "{error}" not in error["template"] else code
    _print_result(run, as_json)
    return 0


@contextmanager
def _quiet(log: Path) -> Iterator[TextIO]:
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
        print(f"Stopped before the first step. Go on with: python -m core resume {run.id}")
        return
    low, high = result["interval"]
    print(
        f"{run.state}: {result['test_accuracy']:.2%} of {result['n_test']:,} test images right "
        f"(95 % interval {low:.2%} to {high:.2%}), loss {result['test_loss']:.4f}, "
        f"network of epoch {result['kept_epoch']} of {result['epochs']}"
    )
    if run.state == "stopped":
        print(f"Go on with: python -m core resume {run.id}")


class _Bar:
    """The progress bar on the error output; stdout stays clean for results."""

    def __init__(self, screen: TextIO):
        self.screen = screen

    def __enter__(self) -> "_Bar":
        from tqdm import tqdm

        self.bar = tqdm(file=self.screen, unit="img", unit_scale=True, dynamic_ncols=True, disable=None, leave=False)
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def __call__(self, report: Report) -> None:
        match report:
            case Preparing(what, fraction):
                self.bar.set_description_str(f"{what} {fraction:.0%}")
            case Started():
                self.n_train, self.steps = report.n_train, report.steps_per_epoch
                self.bar.reset(total=report.epochs * report.n_train)
                self.bar.n = (report.first_epoch - 1) * report.n_train
                self.bar.set_description_str(report.device)
            case StepsDone(epoch, step):
                images = (epoch - 1 + step / self.steps) * self.n_train
                self.bar.update(int(images) - self.bar.n)
            case EpochDone():
                told = f"epoch {report.epoch}: loss {report.loss:.4f}, val_loss {report.val_loss:.4f}, "
                self.bar.write(
                    f"{told}accuracy {report.accuracy:.4f}, val_accuracy {report.val_accuracy:.4f}", self.screen
                )
                self.screen.flush()


def _table(rows: list[dict[str, Any]], as_json: bool, empty: str = "") -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        print(empty)
        return
    texts = [{name: _short(value) for name, value in row.items() if not isinstance(value, dict)} for row in rows]
    widths = {name: max(len(name), *(len(row[name]) for row in texts)) for name in texts[0]}
    for row in [{name: name for name in widths}, *texts]:
        print("  ".join(row[name].ljust(width) for name, width in widths.items()).rstrip())


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _name_and_value(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise SettingError("--set {pair} has no value; write --set name=value, for example --set epochs=10.", pair=pair)
    return name.strip(), value


def _complain(text: str) -> None:
    """One line, whatever was typed."""
    print("fitscope:", " ".join(text.split()), file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    """One clear line and exit code 2, without the usage text in front."""

    def error(self, message: str) -> NoReturn:
        _complain(f"{message}. See: {self.prog} --help")
        self.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="Fitscope without its dashboard.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(function: Any, name: str, epilog: str = "") -> argparse.ArgumentParser:
        style = argparse.RawDescriptionHelpFormatter
        added = commands.add_parser(
            name, help=function.__doc__, description=function.__doc__, epilog=epilog, formatter_class=style
        )
        added.set_defaults(command=function)
        return added

    one = command(train, "train", epilog=_settings_help())
    one.add_argument("--set", action="append", metavar="NAME=VALUE", help="a setting of the recipe; may be repeated")
    one.add_argument("--name", default="", help="what to call the run")
    one.add_argument("--json", action="store_true", help="the last line is one JSON object")
    for function, name in ((resume, "resume"), (stop, "stop"), (history, "history")):
        one = command(function, name)
        one.add_argument("run", metavar="RUN", help="the id of a run, or latest")
        if function is resume:
            one.add_argument("--json", action="store_true", help="the last line is one JSON object")
    for function in (runs, datasets, architectures):
        command(function, function.__name__).add_argument("--json", action="store_true", help="one JSON array")
    data_commands.add_to(command)
    batch.add_to(command)
    evaluate.add_to(command)
    predict.add_to(command)
    export.add_to(command)
    command(schedule, "schedule")
    return parser


def _settings_help() -> str:
    lines = ["settings:"]
    for one in settings():
        default = "the architecture's own" if one.own else one.default
        options = "" if one.kind == "plugin" else f" {expected(one)};"
        lines.append(f"  {one.name}\n      {one.help}{options} default {default}.".replace(".;", ";"))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
