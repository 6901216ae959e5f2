"""The runs of an experiment as figures: over the values of a setting, as a band of seeds, as a map of verdicts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.fit.rules import Finding
from core.runs.history import History
from dashboard.charts.parts import CURSOR, TRAINING, VALIDATION, Figure, Say, plain_layout, plain_line

BAND = {VALIDATION: "rgba(11,110,153,0.16)", TRAINING: "rgba(217,130,0,0.16)"}
WIDE = 20  # times the smallest value, from which an axis is logarithmic
# By verdict, of Okabe and Ito's colours for the colour-blind and greys; each is also written in its cell
COLOURS: dict[Finding | None, tuple[str, str]] = {
    "good_fit": ("#0B6E99", "#FFFFFF"),
    "still_improving": ("#7FB6D3", "#101A24"),
    "overfitting": ("#D98200", "#101A24"),
    "memorising_noise": ("#A65E00", "#FFFFFF"),
    "underfitting": ("#CC9FBF", "#101A24"),
    "not_learning": ("#8C5A7D", "#FFFFFF"),
    "diverged": ("#5B6B7A", "#FFFFFF"),
    "too_few_images": ("#D5DADF", "#101A24"),
    None: ("#D5DADF", "#101A24"),
}


@dataclass(frozen=True)
class Place:
    """One value of the setting that varies: mean accuracies 0..1, the validation's interval."""

    value: Any
    training: float
    validation: float
    low: float
    high: float


@dataclass(frozen=True)
class Square:
    """One cell of the map: where it lies, its verdict and that in words, accuracies 0..1."""

    column: int
    row: int
    finding: Finding | None
    word: str
    training: float
    validation: float


def over_values(
    values: Sequence[Any], words: Sequence[str], places: Sequence[Place], x_title: str, title: str, say: Say
) -> Figure:
    """Accuracy over the values of a setting, all of which have their place from the beginning.

    words  the values as they are read
    """
    axis, at = _axis(values, words)
    shown = sorted((at(one.value), one) for one in places) if places else []
    x = [place for place, _one in shown]
    validation = [one.validation for _place, one in shown]
    data = [
        _filled(x, [one.low for _p, one in shown], [one.high for _p, one in shown], VALIDATION),
        plain_line(x, [one.training for _p, one in shown], TRAINING, say("training"), dashed=True, share=True),
        plain_line(x, validation, VALIDATION, say("validation"), dashed=False, share=True),
    ]
    layout = plain_layout(x_title, say("accuracy"), 1, True)
    layout["xaxis"] = {"title": {"text": x_title}, "showgrid": False, "zeroline": False, **axis}
    layout["height"] = 380
    layout["margin"]["r"] = 20 + 8 * max(len(say("training")), len(say("validation")))  # pixels: the labels fit
    if shown:
        last = shown[-1][1]
        end = math.log10(x[-1]) if axis.get("type") == "log" else x[-1]
        layout["annotations"] = _ends(end, last.training, last.validation, say)
    else:
        layout["yaxis"]["range"] = [0, 1]  # until there is something to fit it to
    return {"data": data, "layout": layout, "title": title, "alt": title}


def band(histories: Sequence[History], name: str, title: str, say: Say, total: int) -> Figure:
    """`name` ("loss" or "accuracy") over the epochs: the mean of several trainings, and how far they lie apart.

    total  epochs that each is to have
    """
    share = name == "accuracy"
    data, last = [], {}
    for column, colour, dashed in ((name, TRAINING, True), (f"val_{name}", VALIDATION, False)):
        epochs, low, mean, high = _spread([history.column(column) for history in histories])
        data.append(_filled(epochs, low, high, colour))
        words = say("training") if dashed else say("validation")
        data.append(plain_line(epochs, mean, colour, words, dashed, share))
        last[column] = mean[-1] if mean else 0.0
    longest = max((len(history.epochs) for history in histories), default=0)
    layout = plain_layout(say("epoch"), say("accuracy") if share else say("loss"), total, share)
    layout["margin"]["r"] = 20 + 8 * max(len(say("training")), len(say("validation")))
    if longest:
        layout["annotations"] = _ends(longest, last[name], last[f"val_{name}"], say)
    else:
        layout["yaxis"]["range"] = [0, 1] if share else [0, 3]  # until there is something to fit it to
    return {"data": data, "layout": layout, "title": title, "alt": title}


def folds(
    words: Sequence[str], places: Sequence[Place], mean: tuple[float, float, float], title: str, say: Say
) -> Figure:
    """Accuracy of each fold, and their mean with its interval behind them.

    words  of all folds;  places  their value is the place of a fold, from 0
    mean   (mean, low, high)
    """
    x = [one.value for one in places]
    data = [
        plain_line(x, [one.training for one in places], TRAINING, say("training"), dashed=True, share=True),
        plain_line(x, [one.validation for one in places], VALIDATION, say("validation"), dashed=False, share=True),
    ]
    for line in data:
        line["mode"] = "markers"  # a fold is not between two others
        line["marker"]["size"] = 12
    layout = plain_layout(say("fold held back"), say("accuracy"), len(words), True)
    ticks = {"tickvals": list(range(len(words))), "ticktext": list(words), "range": [-0.5, len(words) - 0.5]}
    layout["xaxis"].update(ticks)
    layout["yaxis"]["tickformat"] = ".1%"  # folds lie close together
    layout["margin"]["r"] = 20 + 8 * max(len(say("training")), len(say("validation")))
    if places:
        average, low, high = mean
        across = {"xref": "paper", "x0": 0, "x1": 1}
        layout["shapes"] = [
            {"type": "rect", **across, "y0": low, "y1": high, "fillcolor": BAND[VALIDATION], "line": {"width": 0}},
            {"type": "line", **across, "y0": average, "y1": average, "line": {"color": VALIDATION, "width": 2}},
        ]
        end = len(words) - 0.5
        layout["annotations"] = _ends(end, places[-1].training, average, say)
    else:
        layout["yaxis"]["range"] = [0, 1]  # until there is something to fit it to
    return {"data": data, "layout": layout, "title": title, "alt": title}


def verdicts(
    squares: Sequence[Square],
    axes: tuple[tuple[str, Sequence[str]], tuple[str, Sequence[str]]],
    title: str,
    say: Say,
) -> Figure:
    """A map of trainings, each in the colour of its verdict, which is also written in it.

    axes  of the columns and of the rows: (title, values in words)
    """
    (x_title, columns), (y_title, rows) = axes
    kinds = list(COLOURS)
    z: list[list[int | None]] = [[None] * len(columns) for _row in rows]
    notes = []
    for one in squares:
        z[one.row][one.column] = kinds.index(one.finding)
        figures = f"{100 * one.training:.0f} → {100 * one.validation:.0f} %"
        gap = round(100 * (one.training - one.validation))
        notes.append(
            {
                "x": one.column,
                "y": one.row,
                "text": f"{one.word.replace(' ', '<br>')}<br>{figures}<br>{gap:+d}",
                "showarrow": False,
                "font": {"color": COLOURS[one.finding][1], "size": 12},  # pixels: three cells fit on a phone
            }
        )
    steps = [[edge / len(kinds), COLOURS[kind][0]] for at, kind in enumerate(kinds) for edge in (at, at + 1)]
    heat = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "z": z,
        "zmin": -0.5,
        "zmax": len(kinds) - 0.5,
        "colorscale": steps,
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
        "hoverongaps": False,
        "hovertemplate": f"{x_title}: %{{x}}<br>{y_title}: %{{y}}<extra></extra>",
    }
    layout = plain_layout(x_title, y_title, len(columns), False)
    for side, words in (("xaxis", columns), ("yaxis", rows)):
        ticks = {"tickvals": list(range(len(words))), "ticktext": list(words), "range": [-0.5, len(words) - 0.5]}
        layout[side].update(ticks, showgrid=False, nticks=0, automargin=True)
    layout.update(height=120 + 90 * len(rows), hovermode="closest", annotations=notes)
    layout["margin"] = {"l": 50, "r": 8, "t": 8, "b": 60}
    told = ", ".join(f"{columns[one.column]} × {rows[one.row]}: {one.word}" for one in squares)
    return {"data": [heat], "layout": layout, "title": title, "alt": f"{title}. {told}"}


def rates(tried: Sequence[float], losses: Sequence[float], suggestion: float, title: str, say: Say) -> Figure:
    """The training loss over longer and longer steps, and a line at the rate to begin with."""
    line = plain_line(list(tried), list(losses), TRAINING, say("training"), dashed=True, share=False)
    line["mode"] = "lines"
    layout = plain_layout(say("learning rate"), say("loss"), 1, False)
    low, high = math.log10(tried[0]), math.log10(tried[-1])
    powers = [10.0**power for power in range(round(low), math.floor(high) + 1)]
    ticks = {"tickvals": powers, "tickformat": "", "exponentformat": "power"}
    layout["xaxis"] = {**layout["xaxis"], "type": "log", "range": [low, high], **ticks, "nticks": 0}
    layout["shapes"] = [
        {
            "type": "line",
            "x0": suggestion,
            "x1": suggestion,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "line": {"color": CURSOR, "width": 2.5},
        }
    ]
    layout["margin"]["r"] = 16
    return {"data": [line], "layout": layout, "title": title, "alt": title}


def _axis(values: Sequence[Any], words: Sequence[str]) -> tuple[dict[str, Any], Any]:
    """(how the axis is drawn, value -> its place on it): numbers where they belong, words side by side."""
    ticks = {"ticktext": list(words)}
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if not numbers or (min(values) <= 0 and _is_wide([value for value in values if value > 0])):
        places = {repr(value): place for place, value in enumerate(values)}
        side = {"tickvals": list(range(len(values))), "range": [-0.3, len(values) - 0.7]}
        return {**ticks, **side}, lambda value: places[repr(value)]
    low, high = min(values), max(values)
    if low > 0 and _is_wide(values):
        edge = 0.05 * math.log10(high / low)
        around = [math.log10(low) - edge, math.log10(high) + edge]
        return {**ticks, "tickvals": list(values), "type": "log", "range": around}, float
    edge = 0.05 * (high - low)
    return {**ticks, "tickvals": list(values), "range": [low - edge, high + edge]}, float


def _is_wide(values: Sequence[float]) -> bool:
    return len(values) > 1 and max(values) >= WIDE * min(values)


def _filled(x: list, low: list, high: list, colour: str) -> dict[str, Any]:
    """A band behind a line."""
    shape = {"type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": BAND[colour], "line": {"width": 0}}
    return {**shape, "x": [*x, *reversed(x)], "y": [*low, *reversed(high)], "hoverinfo": "skip"}


def _spread(columns: Sequence[Sequence[float]]) -> tuple[list[int], list[float], list[float], list[float]]:
    """(epochs, lowest, mean, highest) of several curves; where one stopped early, of those that went on."""
    longest = max(map(len, columns), default=0)
    values = [np.array([column[at] for column in columns if at < len(column)]) for at in range(longest)]
    edges = [[float(figure(one)) for one in values] for figure in (np.min, np.mean, np.max)]
    return list(range(1, longest + 1)), edges[0], edges[1], edges[2]


def _ends(x: float, training: float, validation: float, say: Say) -> list[dict[str, Any]]:
    """Names at the ends of the two lines, pushed apart where they end close together."""
    common = {"x": x, "xanchor": "left", "xshift": 10, "showarrow": False}
    above, below = ("bottom", "top") if training >= validation else ("top", "bottom")
    return [
        {**common, "y": y, "text": text, "yanchor": anchor, "font": {"color": colour, "size": 15}}
        for y, text, anchor, colour in (
            (training, say("training"), above, TRAINING),
            (validation, say("validation"), below, VALIDATION),
        )
    ]
