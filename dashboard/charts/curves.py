"""A training in numbers -> curves over its epochs."""

import math
from collections.abc import Sequence
from typing import Any

from core.runs.history import History
from dashboard.charts.parts import (
    CURSOR,
    GREY,
    TRAINING,
    VALIDATION,
    Figure,
    Say,
    ends_at,
    moved,
    plain_layout,
    plain_line,
)

BAND, MEAN = "rgba(217,130,0,0.14)", "rgba(217,130,0,0.6)"  # of the steps: the orange of training, quiet
COMPARED = ("#7B4EA3", "#2F8F5B", "#C0504D", "#5B6B7A", "#A67C00")  # not the two of training and validation
SETTLED = 0.5  # epochs, after which the steps count for the range
Flags = Sequence[tuple[int, str]]
MARKS = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "cross",
    "x",
    "star",
)  # more than colours: no two runs look alike


def curves(
    history: History,
    name: str,
    title: str,
    say: Say,
    patience: int = 0,
    seen: tuple[int, int] | None = None,
    flags: Flags = (),
) -> Figure:
    """`name` ("loss" or "accuracy") over the epochs, training and validation, best epoch and stopping window marked.

    title  the finding, already in the viewer's language;  say  translates the words in the chart
    seen   the first and the last epoch that the finding rests on, which are shaded
    flags  (epoch, words) of what happened after it
    """
    share = name == "accuracy"
    epochs, columns = history.column("epoch"), (name, f"val_{name}")
    lines = [
        plain_line(epochs, history.column(columns[0]), TRAINING, say("training"), dashed=True, share=share),
        plain_line(epochs, history.column(columns[1]), VALIDATION, say("validation"), dashed=False, share=share),
    ]
    data = [*_steps(history, name), *(line | {"meta": column} for line, column in zip(lines, columns, strict=True))]
    total = history.start.get("epochs", 1)
    layout = plain_layout(say("epoch"), say("accuracy") if share else say("loss"), total, share)
    layout["margin"]["r"] = 20 + 8 * max(len(say("training")), len(say("validation")))  # pixels: the labels fit
    layout = moved(layout, movable(history, name, say, patience, seen, flags))
    return {"data": data, "layout": layout, "title": title, "alt": title}


def expected(figure: Figure, curve: Sequence[tuple[int, float]], say: Say) -> Figure:
    """The same with what was drawn before: dotted, in neither of the two colours."""
    epochs, shares = [epoch for epoch, _share in curve], [share for _epoch, share in curve]
    line = plain_line(epochs, shares, CURSOR, say("your prediction"), dashed=True, share=True)
    line |= {"mode": "lines", "opacity": 0.8}
    line["line"]["dash"] = "dot"
    layout = dict(figure["layout"])
    low, high = layout["yaxis"].get("range", (0, 1))
    layout["yaxis"] = {**layout["yaxis"], "range": [min(low, *shares), max(high, *shares)]}
    return {**figure, "data": [*figure["data"], line], "layout": layout}


def movable(
    history: History,
    name: str,
    say: Say,
    patience: int = 0,
    seen: tuple[int, int] | None = None,
    flags: Flags = (),
) -> dict[str, Any]:
    """The parts of a layout that change while a training goes on: the ranges, shapes and annotations."""
    share, total = name == "accuracy", history.start.get("epochs", 1)
    shapes, annotations = _best(history, say, patience, total, share)
    annotations += _end_labels(history, name, say)
    for epoch, words in flags:
        line = {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1}
        shapes.append({**line, "line": {"color": CURSOR, "width": 1}})
        flag = {"x": epoch, "y": 0.5, "yref": "paper", "xanchor": "left", "text": "⚑", "showarrow": False}
        annotations.append({**flag, "hovertext": words, "font": {"color": CURSOR, "size": 18}})
    if seen:
        shapes.append(_shade(seen[0] - 0.5, seen[1] + 0.5, VALIDATION))
    axes = {"xaxis": ends_at(total), "yaxis": _range(history, name, share)}
    return {**axes, "shapes": shapes, "annotations": annotations}


def at_epoch(history: History, name: str, epoch: int, title: str, say: Say) -> Figure:
    """The curves with a cursor at one epoch."""
    figure = curves(history, name, title, say)
    cursor = {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1}
    figure["layout"]["shapes"].append({**cursor, "line": {"color": CURSOR, "width": 2.5}})
    return figure


def track(epochs: list[int], shares: list[float], epoch: int, title: str, say: Say) -> Figure:
    """A probability over the epochs, with a cursor at one of them."""
    line = plain_line(epochs, shares, VALIDATION, "", dashed=False, share=True)
    layout = plain_layout(say("epoch"), say("probability"), max(epochs, default=1), True)
    layout["yaxis"].update(range=[0, 1.02])
    cursor = {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1}
    layout["shapes"] = [{**cursor, "line": {"color": CURSOR, "width": 2.5}}]
    layout.update(height=240)
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": [line], "layout": layout, "title": title, "alt": title}


def sparkline(values: list[float], other: list[float], say: Say) -> Figure:
    """A curve without axes for a card: training and validation loss."""
    epochs = list(range(1, len(values) + 1))
    data = [
        plain_line(epochs, values, TRAINING, say("training"), True, False),
        plain_line(epochs, other, VALIDATION, say("validation"), False, False),
    ]
    for line in data:
        line["mode"] = "lines"
    layout = plain_layout("", "", len(values), False)
    layout.update(margin={"l": 4, "r": 4, "t": 4, "b": 4}, height=110)
    for axis in ("xaxis", "yaxis"):
        layout[axis].update(visible=False, fixedrange=True)
    return {"data": data, "layout": layout, "title": "", "alt": say("loss")}


def overlay(runs: list[tuple[str, History]], name: str, title: str, say: Say, total: int = 0) -> Figure:
    """`name` ("loss" or "accuracy") of several runs: validation solid, training dashed and thin. Each run has a
    colour and a mark of its own, and its letter at the end of its line.

    runs   (letter, history)
    total  epochs that the longest of them is to have, while they go on
    """
    share = name == "accuracy"
    longest = max(total, *(len(history.epochs) for _letter, history in runs), 1)
    data, notes = [], []
    for place, (letter, history) in enumerate(runs):
        colour, mark = COMPARED[place % len(COMPARED)], MARKS[place % len(MARKS)]
        for column, dashed in ((name, True), (f"val_{name}", False)):
            words = f"{letter} {say('training') if dashed else say('validation')}"
            line = plain_line(history.column("epoch"), history.column(column), colour, words, dashed, share)
            line["marker"]["symbol"] = mark
            if history.start.get("at_once"):
                line = level(line, longest)
            if dashed:
                line |= {"mode": "lines", "opacity": 0.6}
                line["line"]["width"] = 1.5
            data.append(line)
        last = history.epochs[-1] if history.epochs else {"epoch": 0, f"val_{name}": 0}
        end = longest if history.start.get("at_once") else last["epoch"]
        note = _label(end, last[f"val_{name}"], letter, colour)
        note["xshift"] += 14 * place  # pixels: two lines that end on each other keep their letters
        notes.append({**note, "visible": bool(history.epochs)})
    layout = plain_layout(say("epoch"), say("accuracy") if share else say("loss"), longest, share)
    layout["margin"]["r"] = 28 + 14 * len(runs)
    layout["annotations"] = notes
    if not any(history.epochs for _letter, history in runs):
        layout["yaxis"]["range"] = [0, 1] if share else [0, 3]  # until there is something to fit it to
    return {"data": data, "layout": layout, "title": title, "alt": title}


def level(line: dict[str, Any], longest: int) -> dict[str, Any]:
    """A baseline has no epochs: its one value goes through all of them."""
    return {**line, "x": [0, longest], "y": [*line["y"][-1:]] * 2, "mode": "lines"}


def held_against(figure: Figure, baselines: Sequence[tuple[str, str, float]], longest: int) -> Figure:
    """The same accuracies with a dotted level for each baseline: (its mark, its name, its validation accuracy)."""
    lines = []
    for place, (mark, words, share) in enumerate(baselines):  # marks side by side: levels may lie on each other
        at = [0, longest * (0.04 + 0.07 * place), longest]
        line = plain_line(at, [share] * 3, GREY, words, dashed=True, share=True)
        line |= {"mode": "lines+text", "text": ["", mark, ""], "textposition": "bottom center"}
        lines.append({**line, "line": {"color": GREY, "width": 1.5, "dash": "dot"}})
    layout = dict(figure["layout"])
    low, high = layout["yaxis"].get("range", (0, 1))
    shares = [share for _mark, _words, share in baselines]
    room = 0.1 * (high - min(low, *shares))  # below a level, for its mark
    low, high = min(low, *(share - room for share in shares)), max(high, *(share + 0.01 for share in shares))
    layout["yaxis"] = {**layout["yaxis"], "range": [low, high]}
    return {**figure, "data": [*figure["data"], *lines], "layout": layout}


def _steps(history: History, name: str) -> list[dict[str, Any]]:
    """What it was while it learnt: the band in which most steps lie, and their running mean."""
    seen = history.windows(name)
    edge = {"type": "scatter", "mode": "lines", "x": seen.x, "hoverinfo": "skip", "line": {"color": BAND, "width": 0}}
    return [
        {**edge, "name": "low", "meta": "steps.low", "y": seen.low},
        {**edge, "name": "high", "meta": "steps.high", "y": seen.high, "fill": "tonexty", "fillcolor": BAND},
        {**edge, "name": "mean", "meta": "steps.mean", "y": seen.mean, "line": {"color": MEAN, "width": 1.5}},
    ]


def _range(history: History, name: str, share: bool) -> dict[str, Any]:
    """The points decide the range, and of the steps what has settled: a loss of 9 in batch 1 would flatten the rest.

    Before there are two points it is all of the running mean, whose fall is what there is to see.
    """
    values = [*history.column(name), *history.column(f"val_{name}")]
    seen, settled = history.windows(name), SETTLED if len(history.epochs) > 1 else 0
    values += [mean for x, mean in zip(seen.x, seen.mean, strict=True) if x >= settled and math.isfinite(mean)]
    if not values:
        return {}
    low, high = min(values), max(values)
    edge = max(0.06 * (high - low), 1e-3)
    return {"range": [max(0.0, low - edge), min(1.0, high + edge) if share else high + edge]}


def _best(history: History, say: Say, patience: int, total: int, share: bool) -> tuple[list[dict], list[dict]]:
    """A dotted line at the best epoch, and the window in which early stopping waits for a better one."""
    best = history.best
    if not best:
        return [], []
    at = best["epoch"]
    line = {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1}
    shapes: list[dict] = [{**line, "line": {"color": GREY, "width": 1.5, "dash": "dot"}}]
    if patience:
        shapes.append(_shade(at, at + patience, GREY))
    word = {"x": at, "yref": "paper", "text": say("best"), "showarrow": False, "font": {"color": GREY}}
    late = at > 0.7 * total  # at the right edge the word would run into the names of the lines
    side = {"xanchor": "right", "xshift": -3} if late else {"xanchor": "left", "xshift": 3}
    place = {"y": 0, "yanchor": "bottom"} if share else {"y": 1, "yanchor": "top"}  # where the curves are not
    return shapes, [{**word, **side, **place}]


def _shade(start: float, end: float, colour: str) -> dict[str, Any]:
    """A band behind the curves."""
    band = {"type": "rect", "x0": start, "x1": end, "yref": "paper", "y0": 0, "y1": 1}
    return {**band, "fillcolor": colour, "opacity": 0.1, "line": {"width": 0}, "layer": "below"}


def _end_labels(history: History, name: str, say: Say) -> list[dict]:
    """Names at the ends of the lines, pushed apart where the lines end close together."""
    if not history.epochs:
        return []
    last = history.epochs[-1]
    labels = [
        _label(last["epoch"], last[name], say("training"), TRAINING),
        _label(last["epoch"], last[f"val_{name}"], say("validation"), VALIDATION),
    ]
    higher = 0 if last[name] >= last[f"val_{name}"] else 1
    labels[higher]["yanchor"], labels[1 - higher]["yanchor"] = "bottom", "top"
    return labels


def _label(x: float, y: float, text: str, colour: str) -> dict:
    place = {"x": x, "y": y, "xanchor": "left", "xshift": 8, "showarrow": False}
    return {**place, "text": text, "font": {"color": colour, "size": 15}}
