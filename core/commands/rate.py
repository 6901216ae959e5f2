"""The command `python -m core learning-rate`: a learning rate to begin with, in ten seconds and without a run."""

import argparse
from typing import Any

from core.commands.output import as_json, table
from core.commands.pairs import pairs
from core.recipe.config import TrainingConfig
from core.training.trials.rate_finder import sweep

SHOWN = 12  # lines of the curve


def add_to(command: Any) -> None:
    """Adds the command to the parser; `command` makes one of a function and a name."""
    one = command(learning_rate, "learning-rate")
    one.add_argument("--set", action="append", metavar="NAME=VALUE", help="a setting of the recipe; may be repeated")
    one.add_argument("--json", action="store_true", help="one JSON object with the whole curve")


def learning_rate(chosen: argparse.Namespace) -> int:
    """Finds a learning rate to begin with: steps that grow longer and longer, until the loss gets worse."""
    found = sweep(TrainingConfig.from_text(pairs(chosen.set)))
    if chosen.json:
        print(as_json(vars(found)))
        return 0
    every = max(1, len(found.rates) // SHOWN)
    curve = zip(found.rates[::every], found.losses[::every], strict=True)
    table([{"learning rate": f"{rate:.1e}", "loss": f"{loss:.3f}"} for rate, loss in curve], False)
    print(f"Begin with: --set learning_rate={found.suggestion:g}")
    return 0
