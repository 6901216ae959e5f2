"""What a training with label noise learns by heart, as its page is told of it: shares of each epoch, the finding."""

import functools
from pathlib import Path
from typing import Any

from core.evaluation.memorisation import Memorised, memorised
from core.runs import diary
from core.runs.run import Run
from dashboard import resources
from dashboard.charts.memorisation import COLUMNS
from dashboard.words import _, number, percent

CHART = "memorisation"


def shares(run: Run) -> Memorised | None:
    """Of all epochs so far; None where no label was changed, the run keeps no diary, or has not begun."""
    recipe = resources.recipe(run)
    if recipe is None or not recipe.label_noise:
        return None
    size = diary.size(run.folder)
    return _shares(run.folder, size) if size else _counted(run)


@functools.lru_cache(maxsize=50)
def _shares(folder: Path, _size: int) -> Memorised | None:
    return _counted(Run(folder))


def _counted(run: Run) -> Memorised | None:
    read = diary.read(run)
    found = memorised(read) if read else None
    return found if found and found.n_changed else None


def columns(run: Run, epochs: list[dict[str, Any]]) -> dict[str, list[float]]:
    """The shares of those epochs, in columns as the others of the news; {} where there are none."""
    found = shares(run)
    if found is None or not epochs:
        return {}
    part = slice(epochs[0]["epoch"] - 1, epochs[-1]["epoch"])
    return {name: getattr(found, name)[part].round(4).tolist() for name in COLUMNS}


def title(found: Memorised | None) -> str:
    """The finding after the last epoch."""
    if found is None or not len(found.by_heart):
        return _("What it learns by heart")
    return _(
        "Wrong labels that it knows by heart after epoch {epoch}: {share} of {n}",
        epoch=number(len(found.by_heart)),
        share=percent(float(found.by_heart[-1]), 0),
        n=number(found.n_changed),
    )
