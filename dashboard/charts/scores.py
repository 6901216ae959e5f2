"""Two scores beside each other, of a classifier that has no epochs: bars with their 95 % intervals."""

from collections.abc import Callable
from typing import Any

from core.evaluation.intervals import wilson
from core.runs.history import History
from dashboard.charts.parts import TRAINING, VALIDATION, Figure, Say, plain_layout


def scores(history: History, title: str, say: Say, percent: Callable[[float], str]) -> Figure:
    """Training accuracy, hatched, and validation accuracy, filled, from 0 to 100 %; `percent` writes a share."""
    epoch, start = history.epochs[-1], history.start
    layout = plain_layout(say("accuracy"), "", 1, True)
    layout["xaxis"].update(range=[0, 1.02], tickformat=".0%", nticks=6)
    layout["yaxis"].update(tickformat="", automargin=True)
    layout.update(height=200, bargap=0.35, hovermode="closest")
    layout["margin"] = {"l": 100, "r": 20, "t": 8, "b": 48}
    bars = [
        _bar(say("validation"), epoch["val_accuracy"], start["n_validation"], VALIDATION, "", percent),
        _bar(say("training"), epoch["accuracy"], start["n_scored"], TRAINING, "/", percent),
    ]
    return {"data": bars, "layout": layout, "title": title, "alt": title}


def _bar(
    words: str, share: float, n: int, colour: str, hatched: str, percent: Callable[[float], str]
) -> dict[str, Any]:
    low, high = wilson(round(share * n), n)
    return {
        "type": "bar",
        "orientation": "h",
        "x": [share],
        "y": [words],
        "marker": {"color": colour, "pattern": {"shape": hatched, "fgopacity": 0.5}},
        "error_x": {"type": "data", "array": [high - share], "arrayminus": [share - low], "thickness": 1.5},
        "text": [percent(share)],
        "textposition": "inside",
        "insidetextanchor": "start",
        "hovertemplate": f"{percent(share)}<br>n = {n}<extra></extra>",
    }
