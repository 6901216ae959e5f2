"""What a network learns by heart, over its epochs: images with right labels, with changed ones, and validation."""

from typing import Any

from core.evaluation.memorisation import Memorised
from core.runs.history import History
from dashboard.charts.parts import TRAINING, VALIDATION, Figure, Say, ends_at, moved, plain_layout, plain_line

COLUMNS = ("kept", "by_heart", "true")  # of `Memorised`; names of columns in the news, see plot.js
BY_HEART = "#A8549F"  # reads on white (4.7 to 1) and on dark (3.8), and has squares
TRUE = "#009E73"  # of Okabe and Ito: told apart from the other three by the colour-blind, and by its triangles
HEIGHT = 310
APART = 0.075  # between the names of two lines, as a share of the upright axis: 18 pixels


def over_epochs(found: Memorised | None, history: History, total: int, title: str, say: Say) -> Figure:
    """Four lines in 0..1: of the training images those with a right label, those with a changed one against the wrong
    label they were given and against the true one; and validation. As many epochs as the history has; None of a
    training that has not begun.

    total  epochs that it is to have
    """
    epochs = history.column("epoch") if found else []
    data = []
    for name, colour, words, symbol in _lines(say):
        dashed = name != "val_accuracy"
        column = getattr(found, name).tolist() if dashed and found else history.column("val_accuracy")
        values = column[: len(epochs)]
        line = plain_line(epochs[: len(values)], values, colour, words, dashed, share=True)
        line["meta"] = name  # the column of the news that goes on in it, see plot.js
        line["marker"]["symbol"] = symbol
        data.append(line)
    layout = plain_layout(say("epoch"), say("share of the images"), total, True)
    layout["yaxis"]["range"] = [-0.02, 1.02]
    layout["height"] = HEIGHT
    layout["margin"]["r"] = 20 + 8 * max(len(line["name"]) for line in data)  # pixels: the names fit
    layout = moved(layout, movable(found, history, say))
    return {"data": data, "layout": layout, "title": title, "alt": title}


def movable(found: Memorised | None, history: History, say: Say) -> dict[str, Any]:
    """The parts of its layout that change while a training goes on: its range, the names at the ends of the lines."""
    n = min(len(history.epochs), len(found.kept)) if found else 0
    if not found or not n:
        return {"annotations": []}
    ends = {name: float(getattr(found, name)[n - 1]) for name in COLUMNS}
    ends["val_accuracy"] = history.epochs[n - 1]["val_accuracy"]
    places = apart(ends)
    return {
        "xaxis": ends_at(history.start["epochs"]),
        "annotations": [
            {
                "x": n,
                "y": places[name],
                "xanchor": "left",
                "xshift": 8,
                "showarrow": False,
                "text": words,
                "font": {"color": colour, "size": 15},
            }
            for name, colour, words, _symbol in _lines(say)
        ],
    }


def apart(ends: dict[str, float], distance: float = APART) -> dict[str, float]:
    """Where the names of lines are written that end at these values in 0..1: in their order, none on another."""
    places: dict[str, float] = {}
    above = 1 + distance
    for left, (name, value) in zip(range(len(ends) - 1, -1, -1), _from_above(ends), strict=True):
        above = places[name] = min(max(value, left * distance), above - distance)
    return places


def _from_above(ends: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(ends.items(), key=lambda end: -end[1])


def _lines(say: Say) -> tuple[tuple[str, str, str, str], ...]:
    """(column, colour, words, mark) of each line."""
    return (
        ("kept", TRAINING, say("right label"), "circle"),
        ("by_heart", BY_HEART, say("by heart"), "square"),
        ("true", TRUE, say("true label"), "triangle-up"),
        ("val_accuracy", VALIDATION, say("validation"), "diamond"),
    )
