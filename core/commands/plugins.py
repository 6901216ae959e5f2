"""The commands that list what there is to train: `python -m core datasets` and `architectures`."""

import argparse
from collections.abc import Callable

from core.commands.output import table
from core.data import catalogue
from core.recipe.architectures import known


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Adds the commands to the parser."""
    for function in (datasets, architectures):
        command(function, function.__name__).add_argument("--json", action="store_true", help="one JSON array")


def datasets(chosen: argparse.Namespace) -> int:
    """Lists the datasets; `available` ones need no network."""
    table(catalogue.describe(), chosen.json)
    return 0


def architectures(chosen: argparse.Namespace) -> int:
    """Lists the architectures."""
    rows = [
        {"name": name, "title": one.title, "about": one.about, "settings": dict(one.settings)}
        for name, one in known().items()
    ]
    table(rows, chosen.json)
    return 0
