"""The learning rate over a training: as it is planned, as it was, and where it was lowered."""

from typing import Any

import numpy as np

from core.recipe.config import TrainingConfig
from core.recipe.learning_rate import shares, varies
from core.runs.history import History
from dashboard.charts.parts import CURSOR, GREY, Figure, Say, plain_layout, plain_line

POINTS = 300  # of the planned line, about


def moves(config: TrainingConfig) -> bool:
    """Whether there is anything to draw."""
    return varies(config) or config.reduce_lr_patience > 0


def over_epochs(config: TrainingConfig, history: History | None, title: str, say: Say, height: int = 190) -> Figure:
    """The planned rate as a grey line, that of each epoch's last step as points, and marks where it was lowered."""
    planned = {**plain_line(*_planned(config), GREY, say("planned"), False, False), "mode": "lines"}
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
    layout = plain_layout(say("epoch"), say("learning rate"), config.epochs, False)
    layout["yaxis"].update(tickformat="~g", rangemode="tozero", nticks=4, exponentformat="power")
    layout.update(height=height)
    layout["margin"] = {"l": 78, "r": 16, "t": 8, "b": 44}
    if history:
        layout |= movable(config, history, say)
    return {"data": [planned, rates], "layout": layout, "title": title, "alt": title}


def movable(config: TrainingConfig, history: History, say: Say) -> dict[str, Any]:
    """The parts of its layout that change while a training goes on."""
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for epoch in lowered(config, history):
        line = {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1}
        shapes.append({**line, "line": {"color": GREY, "width": 1.5, "dash": "dot"}})
        note = {"x": epoch, "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "left", "xshift": 3}
        if not notes:  # one word says it of all lines, which may stand close
            notes.append({**note, "text": say("lowered"), "showarrow": False, "font": {"color": GREY}})
    return {"shapes": shapes, "annotations": notes}


def lowered(config: TrainingConfig, history: History) -> list[int]:
    """The epochs after which a plateau lowered it: what is left after the schedule's own share is taken out."""
    steps = history.start.get("steps_per_epoch", 1)
    rates = np.array(history.column("learning_rate"), float)
    epochs = np.array(history.column("epoch"), int)
    own = np.array([shares(config, steps, int(epoch) * steps - 1, 1)[0] for epoch in epochs])
    known = own > 0
    bases = rates[known] / own[known]
    return [int(epoch) for epoch in epochs[known][:-1][bases[1:] < bases[:-1] * (1 - 1e-4)]]


def _planned(config: TrainingConfig) -> tuple[list[float], list[float]]:
    """(epochs, rates)"""
    steps = max(2, POINTS // config.epochs)
    rates = config.learning_rate * shares(config, steps, 0, config.epochs * steps)
    return (np.arange(len(rates)) / steps).round(3).tolist(), [float(f"{rate:.4g}") for rate in rates]
