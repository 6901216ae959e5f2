"""What happened to a training while it went on: somebody changed it, or it was interrupted."""

from core.recipe.config import SETTINGS
from core.runs import changes
from core.runs.history import History
from dashboard.words import _, in_digits


def flags(history: History) -> list[tuple[int, str]]:
    """(the epoch before it, its words), for the curves."""
    said = []
    for epoch, values in history.changes:
        known = {name: value for name, value in values.items() if name in changes.CHANGEABLE}
        said.append((epoch - 1, ", ".join(f"{_(SETTINGS[name].title)} {in_digits(known[name])}" for name in known)))
    return sorted(said + [(epoch, _("interrupted, then gone on")) for epoch in history.pauses])
