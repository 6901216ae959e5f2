"""The command line: `python -m core train --set dataset=mnist`, with the code the dashboard uses.

Where Fitscope is installed it is called `fitscope`, which also starts the dashboard (`fitscope/__main__.py`).
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from core.commands.output import complain
from core.errors import FitscopeError
from core.folders import COMMAND, settle
from core.people import acting, classroom
from core.processes.interruption import interruptible

COMMANDS = {
    "train": ("train", "resume"),
    "runs": ("runs", "stop", "history", "schedule", "carry", "open"),
    "verdict": ("verdict",),
    "lessons": ("lessons",),
    "experiment": ("experiment",),
    "rate": ("learning-rate",),
    "plugins": ("architectures", "datasets"),
    "data": ("import", "check"),
    "batch": ("batch",),
    "evaluate": ("evaluate", "diary"),
    "predict": ("predict",),
    "export": ("export",),
}
"""Module of `core/commands` -> the commands that it adds. Only the one that is asked is imported: all take 0.5 s."""


def main(arguments: list[str] | None = None) -> int:
    return obey(parser(COMMAND, asked=sys.argv[1:] if arguments is None else arguments), arguments)


def obey(commands: argparse.ArgumentParser, arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0, 1 when a training failed, 2 for what the user can mend."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal that lacks a letter
    chosen = commands.parse_args(arguments)
    try:
        settle(chosen.data, chosen.runs)
        if os.environ.get(classroom.PERSON):  # a page of a class began this
            acting.recognise_by(classroom.named)
        if not hasattr(chosen, "lines"):
            return chosen.command(chosen)
        with interruptible():  # long work on data, also begun by a page
            return chosen.command(chosen)
    except FitscopeError as error:
        if getattr(chosen, "lines", False):  # the dashboard says it in the viewer's language
            print(json.dumps(error.as_json()))
        complain(str(error))
        return 2
    except KeyboardInterrupt:
        complain("interrupted.")
        return 130
    except BrokenPipeError:  # `… | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


class _Parser(argparse.ArgumentParser):
    """One clear line and exit code 2, without the usage text in front."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message}. See: {self.prog} --help")
        self.exit(2)


def parser(prog: str, more: Sequence[Any] = (), asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    """All commands; without one of them it complains, unless the caller gives it something else to do.

    more   further modules that add commands
    asked  the arguments: where they begin with a command, the others are left out
    """
    parser = _Parser(prog=prog, description="Fitscope without its dashboard.")
    parser.set_defaults(command=lambda _chosen: parser.error("the following arguments are required: COMMAND"))
    _add_folders(parser, None)
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(function: Any, name: str, epilog: str = "") -> argparse.ArgumentParser:
        style = argparse.RawDescriptionHelpFormatter
        added = commands.add_parser(
            name, help=function.__doc__, description=function.__doc__, epilog=epilog, formatter_class=style
        )
        added.set_defaults(command=function)
        _add_folders(added, argparse.SUPPRESS)  # what stands before the command counts unless it is said again
        return added

    for module in _modules(asked):
        importlib.import_module(f"core.commands.{module}").add_to(command)
    for module in more:
        module.add_to(command)
    return parser


def _modules(asked: Sequence[str]) -> Iterable[str]:
    """Those that the arguments need."""
    needed = [module for module, names in COMMANDS.items() if asked and asked[0] in names]
    return needed or COMMANDS


def _add_folders(parser: argparse.ArgumentParser, default: Any) -> None:
    folders = parser.add_argument_group("folders")
    about = f"the folder of datasets, several with {os.pathsep} between them; as FITSCOPE_DATA"
    folders.add_argument("--data", metavar="FOLDER", default=default, help=about)
    folders.add_argument("--runs", metavar="FOLDER", default=default, help="the folder of runs; as FITSCOPE_RUNS")


if __name__ == "__main__":
    sys.exit(main())
