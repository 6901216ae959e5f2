"""The learning rate over a training: as it is planned, as it was, and where it was lowered."""

from typing import Any

import numpy as np

from core.recipe.config import TrainingConfig
from core.recipe.learning_rate import events, shares, varies
from core.runs.history import History
from dashboard.charts.parts import CURSOR, GREY, Figure, Say, ends_at, moved, plain_layout, plain_line

POINTS = 300  # of the planned line, about
MOST_MARKS = 40  # lines: more would be a wall, and so many steps read as a slope
LETTER, ROW = 0.036, 0.2  # of the chart, how wide and how high a letter is on a phone


def moves(config: TrainingConfig) -> bool:
    """Whether there is anything to draw."""
    return varies(config) or config.reduce_lr_patience > 0


def over_epochs(config: TrainingConfig, history: History | None, title: str, say: Say, height: int = 190) -> Figure:
    """The planned rate as a grey line, that of each epoch's last step as points, and a mark at each event."""
    planned = {**plain_line(*_planned(config, history), GREY, say("planned"), False, False), "mode": "lines"}
    planned["line"]["width"] = 1.5
    rates = plain_line(
        history.column("epoch") if history else [],
        history.column("learning_rate") if history else [],
        CURSOR,
        say("learning rate"),
        False,
        False,
    )
    rates["meta"] = "learning_rate"  # the column of the news that goes on in it, see plot.js
    layout = plain_layout(say("epoch"), say("learning rate"), _total(config, history), False)
    layout["yaxis"].update(tickformat="~g", rangemode="tozero", nticks=4, exponentformat="power")
    layout.update(height=height)
    layout["margin"] = {"l": 78, "r": 16, "t": 8, "b": 44}
    layout = moved(layout, movable(config, history, say))
    rows = max((round((1 - note["y"]) / ROW) + 1 for note in layout["annotations"]), default=1)
    highest = max([*planned["y"], *rates["y"]])
    layout["yaxis"]["autorangeoptions"] = {"include": highest / (1 - rows * ROW)}  # the words stand above the lines
    return {"data": [planned, rates], "layout": layout, "title": title, "alt": title}


def movable(config: TrainingConfig, history: History | None, say: Say) -> dict[str, Any]:
    """The parts of its layout that change while a training goes on: what the schedule does, and what a plateau did.

    Where somebody asked for more epochs, or for fewer, the schedule goes on as it was planned.
    """
    total = _total(config, history)
    words = {"warmed": say("warmed up"), "step": say("lowered"), "top": say("highest")}
    marked = [(epoch, words[kind]) for epoch, kind in events(config, _steps(config), total)]
    if history:
        marked += [(float(epoch), say("lowered")) for epoch in lowered(config, history)]
    marked = sorted(marked) if len(marked) <= MOST_MARKS else []
    lines, notes = [_line(epoch) for epoch, _word in marked], _notes(marked, total)
    return {"xaxis": ends_at(total), "shapes": lines, "annotations": notes}


def _total(config: TrainingConfig, history: History | None) -> int:
    """How many epochs it is to have, as somebody asked for while it went on."""
    return history.start.get("epochs", config.epochs) if history else config.epochs


def _notes(marked: list[tuple[float, str]], epochs: int) -> list[dict[str, Any]]:
    """One word says it of all its lines, which may stand close; two that would meet stand below each other."""
    first = {word: epoch for epoch, word in reversed(marked)}
    notes: list[dict[str, Any]] = []
    ends = -1.0  # of the row at the top
    for word, epoch in sorted(first.items(), key=lambda one: one[1]):
        at, wide, before = epoch / epochs, LETTER * (len(word) + 1), 2 * epoch > epochs
        meets = (at - wide if before else at) < ends
        notes.append(_note(epoch, word, 1 - ROW if meets else 1.0, before))
        ends = ends if meets else at if before else at + wide
    return notes


def _line(epoch: float) -> dict[str, Any]:
    line = {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1}
    return {**line, "line": {"color": GREY, "width": 1.5, "dash": "dot"}}


def _note(epoch: float, word: str, height: float, before: bool) -> dict[str, Any]:
    """A word beside its line, `before` it where there is no room behind."""
    side = {"xanchor": "right", "xshift": -3} if before else {"xanchor": "left", "xshift": 3}
    place = {"x": epoch, "y": height, "yref": "paper", "yanchor": "top", **side}
    return {**place, "text": word, "showarrow": False, "font": {"color": GREY}}


def lowered(config: TrainingConfig, history: History) -> list[int]:
    """The epochs after which a plateau lowered it: what is left after the schedule's own share is taken out.

    Where somebody set it lower, a flag says so.
    """
    if not config.reduce_lr_patience:
        return []
    somebody = {epoch - 1 for epoch, values in history.changes if "learning_rate" in values}
    steps = history.start.get("steps_per_epoch", 1)
    rates = np.array(history.column("learning_rate"), float)
    epochs = np.array(history.column("epoch"), int)
    own = np.array([shares(config, steps, int(epoch) * steps - 1, 1)[0] for epoch in epochs])
    known = own > 0
    bases = rates[known] / own[known]
    fell = epochs[known][:-1][bases[1:] < bases[:-1] * (1 - 1e-4)]
    return [int(epoch) for epoch in fell if int(epoch) not in somebody]


def _planned(config: TrainingConfig, history: History | None) -> tuple[list[float], list[float]]:
    """(epochs, rates)"""
    steps = _steps(config)
    rates = config.learning_rate * shares(config, steps, 0, _total(config, history) * steps)
    return (np.arange(len(rates)) / steps).round(3).tolist(), [float(f"{rate:.4g}") for rate in rates]


def _steps(config: TrainingConfig) -> int:
    """Points of the planned line in an epoch."""
    return max(2, POINTS // config.epochs)
