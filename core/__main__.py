"""The command line: `python -m core train --set dataset=mnist`, with the code the dashboard uses."""

import argparse
import json
import os
import sys
from typing import Any, NoReturn

from core.commands import batch, data, evaluate, export, plugins, predict, runs, train
from core.commands.output import complain
from core.errors import FitscopeError

COMMANDS = (train, runs, plugins, data, batch, evaluate, predict, export)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0, 1 when a training failed, 2 for what the user can mend."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal that lacks a letter
    chosen = _parser().parse_args(arguments)
    try:
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

    for module in COMMANDS:
        module.add_to(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
