"""A search as figures: each trial's value and the best so far, all trials across their settings, what mattered."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.parts import GREY, VALIDATION, Figure, Say, marker_size, plain_layout

ORDER = ("pruned", "others", "best quarter", "best")  # of the lines, the last on top


@dataclass(frozen=True)
class Tried:
    """One trial.

    number  1, 2, 3 …, in the order in which they were begun
    value   of a pruned one as far as it came; None where there is none
    places  0..1 on each axis of the parallel coordinates;  words  what they read there
    """

    number: int
    value: float | None
    pruned: bool
    places: Sequence[float]
    words: str


@dataclass(frozen=True)
class Axis:
    """One setting of the parallel coordinates: its title, and (place 0..1, word) of each tick."""

    title: str
    ticks: Sequence[tuple[float, str]]


def history(trials: Sequence[Tried], total: int, share: bool, y_title: str, title: str, say: Say) -> Figure:
    """The value of each trial, and the best so far as a line.

    share  whether the value is an accuracy, of which more is better; else a loss
    """
    done = [one for one in trials if one.value is not None and not one.pruned]
    pruned = [one for one in trials if one.value is not None and one.pruned]
    best, x = list[float](), [one.number for one in done]
    for one in done:
        assert one.value is not None
        best.append((max if share else min)([*best[-1:], one.value]))
    edges = _edges([one.value or 0.0 for one in done or pruned])
    height = edges[1] - edges[0]
    diamond = {"symbol": "diamond", "size": marker_size(len(done)) + 3, "color": VALIDATION}
    cross = {"symbol": "x-thin", "size": 11, "color": GREY, "line": {"width": 2.5, "color": GREY}}
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": say("best so far"),
            "x": [*x, total] if x else [],
            "y": [*best, *best[-1:]],
            "line": {"color": VALIDATION, "width": 2.5, "shape": "hv"},
            "hoverinfo": "skip",
        },
        _dots(pruned, say("pruned"), cross, share, edges),
        _dots(done, say("trained to its end"), diamond, share, edges),
    ]
    layout = plain_layout(say("trial"), y_title, total, share)
    layout.update(height=360, hovermode="closest")
    layout["margin"]["r"] = 16
    layout["xaxis"]["range"] = [0.5, total + 0.5]
    layout["yaxis"].update(
        {"tickformat": ".1%"} if share else {}, range=[edges[0] - 0.06 * height, edges[1] + 0.06 * height]
    )
    if best:
        name = {"text": say("best so far"), "font": {"color": VALIDATION, "size": 15}}
        layout["annotations"] = [
            {"x": total, "y": best[-1], "xanchor": "right", "yshift": 14 if share else -14, "showarrow": False, **name}
        ]
    return {"data": data, "layout": layout, "title": title, "alt": title}


def parallel(trials: Sequence[Tried], axes: Sequence[Axis], share: bool, title: str, say: Say) -> Figure:
    """A line for each trial across one axis for each setting: the best bold, the best quarter blue, the others grey."""
    done = [one for one in trials if one.value is not None and not one.pruned]
    ranked = sorted(done, key=lambda one: one.value or 0.0, reverse=share)
    good = ranked[: max(1, len(ranked) // 4)]
    drawn = {
        ORDER[0]: [one for one in trials if one.pruned],
        ORDER[1]: [one for one in ranked if one not in good],
        ORDER[2]: good[1:],
        ORDER[3]: good[:1],
    }
    looks = {
        ORDER[0]: {"color": GREY, "width": 1, "dash": "dot"},
        ORDER[1]: {"color": "rgba(122,135,148,0.6)", "width": 1.5},
        ORDER[2]: {"color": VALIDATION, "width": 2},
        ORDER[3]: {"color": VALIDATION, "width": 5},
    }
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": list(range(len(axes))),
            "y": list(one.places),
            "line": looks[name],
            "marker": {"size": 9 if name == ORDER[3] else 5, "color": looks[name]["color"], "symbol": "diamond"},
            "text": [one.words] * len(axes),
            "hovertemplate": "%{text}<extra></extra>",
        }
        for name, several in drawn.items()
        for one in several
    ]
    layout = plain_layout("", "", 1, False)
    layout.update(height=380, hovermode="closest")
    layout["margin"] = {"l": 34, "r": 60, "t": 62, "b": 24}
    layout["xaxis"] = {"visible": False, "range": [-0.08, len(axes) - 1 + 0.32], "fixedrange": True}
    layout["yaxis"] = {"visible": False, "range": [-0.06, 1.06], "fixedrange": True}
    layout["shapes"] = [
        {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "layer": "below", "line": {"color": GREY, "width": 1.5}}
        for at in range(len(axes))
    ]
    layout["annotations"] = [note for at, axis in enumerate(axes) for note in _axis(at, axis, len(axes))]
    told = [one.words for one in good[:1]]
    return {"data": data, "layout": layout, "title": title, "alt": ". ".join([title, *told])}


def importances(shares: Sequence[tuple[str, float]], together: float, x_title: str, title: str, say: Say) -> Figure:
    """How much of the variation each setting explains alone, and what only several explain together; all 0..1."""
    names = [*(name for name, _share in shares), say("several together")]
    values = [*(share for _name, share in shares), together]
    colours = [VALIDATION] * len(shares) + [GREY]
    bar = {
        "type": "bar",
        "orientation": "h",
        "y": names[::-1],
        "x": values[::-1],
        "marker": {"color": colours[::-1]},
        "texttemplate": "%{x:.0%}",
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    layout = plain_layout(x_title, "", 1, True)
    layout.update(height=110 + 44 * len(names))
    layout["margin"] = {"l": 8, "r": 56, "t": 8, "b": 52}
    layout["xaxis"].update(range=[0, 1], tickformat=".0%", nticks=6)
    layout["yaxis"] = {"automargin": True, "showgrid": False, "ticksuffix": "  "}
    return {"data": [bar], "layout": layout, "title": title, "alt": title}


def _edges(values: Sequence[float]) -> tuple[float, float]:
    """Of the vertical axis: around the trials that were trained to their end, which lie close together."""
    if not values:
        return 0.0, 1.0  # until there is something to fit it to
    space = max(0.2 * (max(values) - min(values)), 0.005)
    return min(values) - space, max(values) + space / 2


def _dots(trials: Sequence[Tried], name: str, marker: dict, share: bool, edges: tuple[float, float]) -> dict:
    """Those beyond an edge lie on it, and say what they are."""
    values = [one.value or 0.0 for one in trials]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [one.number for one in trials],
        "y": [min(edges[1], max(edges[0], value)) for value in values],
        "marker": marker,
        "cliponaxis": False,
        "customdata": values,
        "text": [one.words for one in trials],
        "hovertemplate": f"%{{customdata:{'.1%' if share else '.4f'}}}<br>%{{text}}<extra>{name}</extra>",
    }


def _axis(at: int, axis: Axis, n: int) -> list[dict]:
    """Its title and its ticks. Of neighbours one title stands higher, and the outer ones begin and end at the edge."""
    common = {"x": at, "showarrow": False}
    anchor = {0: ("left", -28), n - 1: ("right", 56)}.get(at, ("center", 0))
    where = {"y": 1, "yshift": 42 if at % 2 else 24, "xanchor": anchor[0], "xshift": anchor[1]}
    title = {**common, **where, "text": f"<b>{axis.title}</b>", "font": {"size": 14}}
    ticks = [
        {**common, "y": place, "text": word, "xanchor": "left", "xshift": 7, "font": {"size": 12}}
        for place, word in axis.ticks
    ]
    return [title, *ticks]
