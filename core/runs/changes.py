"""What is changed while a run trains: asked by anybody, taken up by the training at the beginning of its next epoch.

At no other moment: what was complete before stays as it was, and a training that goes on from a snapshot takes up the
same change at the same place.
"""

import time
from collections.abc import Mapping
from typing import Any

from core.errors import FitscopeError, RunError, SettingError
from core.files import append_json, read_json_lines
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.sent import check_open
from core.recipe.setting import checked
from core.runs.history import History
from core.runs.run import ENDED, Run

FILE = "changes.jsonl"
CHANGEABLE = ("learning_rate", "epochs", "early_stopping_patience")


def ask(run: Run, values: Mapping[str, Any]) -> None:
    """Asks for other values from the next epoch on; raises RunError for one that ended, PeopleError, SettingError,
    StorageError.

    values  by the names of settings, of those that are CHANGEABLE
    """
    run.check_yours()
    check_open(values)
    if run.state in ENDED and run.state != "stopped":
        raise RunError("Run {run} has ended: nothing of it can be changed any more. Train it again.", run=run.id)
    append_json(run.folder / FILE, {"at": time.time(), "values": _checked(values)})
    run.note_change()


def asked(run: Run) -> list[dict[str, Any]]:
    """Everything that was asked for, in its order: setting -> value; what cannot be read changes nothing."""
    found = []
    for line in read_json_lines(run.folder / FILE):
        try:
            found.append(_checked(line["values"]))
        except (FitscopeError, KeyError, TypeError, AttributeError):
            found.append({})  # it keeps its place: those behind it are counted
    return found


def patience(recipe: TrainingConfig, history: History) -> int:
    """The patience of early stopping that counts now: the recipe's, or the last that was asked for and taken up."""
    name = "early_stopping_patience"
    asked_for = [values[name] for _epoch, values in history.changes if name in values]
    return int(asked_for[-1]) if asked_for else recipe.early_stopping_patience


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    for name in values:
        if name not in CHANGEABLE:
            raise SettingError(
                "{name} cannot be changed while a run trains; choose among: {known}.",
                name=name,
                known=", ".join(CHANGEABLE),
            )
    return {name: checked(SETTINGS[name], value) for name, value in values.items()}
