"""Answers of a network in numbers -> bars and curves of how sure and how right it is."""

from collections.abc import Callable

import numpy as np

from core.evaluation.robustness import Accuracy
from dashboard.charts.parts import GREY, TOLD_APART, VALIDATION, Figure, Say, plain_layout

BAND = "rgba(11,110,153,0.16)"


def answer_bars(classes: list[str], shares: list[float], title: str, say: Say, least: float = 0.0) -> Figure:
    """The probability of each class as a lying bar; its value is written beside it, the largest has the colour.

    least  below it no class counts as an answer: a dashed line, 0 for none
    """
    best = max(shares, default=0.0)
    colours = [VALIDATION if share == best >= least else GREY for share in shares]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": shares,
        "y": [f"{place}" for place in range(len(classes))],  # two classes may have the same name in a language
        "marker": {"color": colours},
        "texttemplate": "%{x:.1%}",
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{x:.2%}<extra></extra>",
    }
    layout = plain_layout(say("probability"), "", 1, True)
    layout["xaxis"].update(range=[0, 1.12], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1], fixedrange=True)
    layout["yaxis"] = {
        "autorange": "reversed",
        "tickvals": [f"{place}" for place in range(len(classes))],
        "ticktext": classes,
        "automargin": True,
        "fixedrange": True,
        "type": "category",
    }
    layout.update(height=90 + 30 * len(classes), hovermode="closest", bargap=0.35)
    layout["margin"] = {"l": 8, "r": 16, "t": 8, "b": 48}
    if least:
        line = {"type": "line", "x0": least, "x1": least, "y0": 0, "y1": 1, "yref": "paper"}
        layout["shapes"] = [{**line, "line": {"color": GREY, "dash": "dash", "width": 1.5}}]
    return {"data": [bars], "layout": layout, "title": title, "alt": title}


def curve(x: np.ndarray, y: np.ndarray, x_title: str, y_title: str, title: str, chance: float | None) -> Figure:
    """One curve of shares over shares, such as a ROC curve; `chance` draws what guessing gives."""
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": x.tolist(),
        "y": y.tolist(),
        "line": {"color": VALIDATION, "width": 3},
        "hovertemplate": f"{x_title} %{{x:.1%}}<br>{y_title} %{{y:.1%}}<extra></extra>",
    }
    layout = plain_layout(x_title, y_title, 1, True)
    layout["xaxis"].update(range=[0, 1.01], tickformat=".0%", dtick=0.2)
    layout["yaxis"].update(range=[0, 1.02])
    layout.update(hovermode="closest")
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    if chance is not None:
        ends = {"x0": 0, "x1": 1, "y0": 0 if chance < 0 else chance, "y1": 1 if chance < 0 else chance}
        layout["shapes"] = [{"type": "line", **ends, "line": {"color": GREY, "width": 1.5, "dash": "dot"}}]
    return {"data": [line], "layout": layout, "title": title, "alt": title}


def reliability(confidence: np.ndarray, accuracy: np.ndarray, n: np.ndarray, title: str, say: Say) -> Figure:
    """How often a network is right where it is so sure. Dots on the dotted line are honest; larger: more images."""
    there = n > 0
    dots = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": confidence[there].tolist(),
        "y": accuracy[there].tolist(),
        "customdata": n[there].tolist(),
        "line": {"color": VALIDATION, "width": 1.5},
        "marker": {"size": (6 + 16 * np.sqrt(n[there] / max(1, n.max()))).tolist(), "color": VALIDATION},
        "hovertemplate": f"{say('sure')} %{{x:.1%}}, {say('right')} %{{y:.1%}}<br>%{{customdata:,}} {say('images')}"
        "<extra></extra>",
    }
    layout = plain_layout(say("how sure the network is"), say("how often it is right"), 1, True)
    layout["xaxis"].update(range=[0, 1.02], tickformat=".0%", dtick=0.2)
    layout["yaxis"].update(range=[0, 1.05])
    layout.update(hovermode="closest")
    layout["shapes"] = [
        {"type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 1, "line": {"color": GREY, "width": 1.5, "dash": "dot"}}
    ]
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": [dots], "layout": layout, "title": title, "alt": title}


def robustness(points: list[Accuracy], strength: float, unit: str, title: str, x_title: str, say: Say) -> Figure:
    """Accuracy at each strength of a change, with its 95 % interval as a band; a line where the slider stands."""
    x = [point.strength for point in points]
    low, high = zip(*(point.interval for point in points), strict=True)
    band = {
        "type": "scatter",
        "mode": "lines",
        "x": [*x, *reversed(x)],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": BAND,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": [point.share for point in points],
        "customdata": [[*point.interval, point.n] for point in points],
        "line": {"color": VALIDATION, "width": 3},
        "marker": {"size": 7},
        "hovertemplate": f"%{{x:g}} {unit}: %{{y:.1%}} (%{{customdata[0]:.1%}}–%{{customdata[1]:.1%}}, "
        "n = %{customdata[2]:,})<extra></extra>",
    }
    layout = plain_layout(x_title, say("accuracy"), 1, True)
    pad = 0.03 * (x[-1] - x[0])
    layout["xaxis"].update(range=[x[0] - pad, x[-1] + pad], ticksuffix=f" {unit}", nticks=5, fixedrange=True)
    layout["yaxis"].update(range=[0, 1.03], fixedrange=True)
    cursor = {"type": "line", "x0": strength, "x1": strength, "y0": 0, "y1": 1, "yref": "paper"}
    layout["shapes"] = [{**cursor, "line": {"color": GREY, "width": 1.5, "dash": "dot"}}]
    layout.update(hovermode="closest", showlegend=False)
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": [band, line], "layout": layout, "title": title, "alt": title}


def bins(edges: np.ndarray, counts: np.ndarray, x_title: str, y_title: str, title: str) -> Figure:
    """Bars between edges, (n + 1,) and (n,)."""
    bars = {
        "type": "bar",
        "x": ((edges[:-1] + edges[1:]) / 2).tolist(),
        "y": counts.tolist(),
        "width": np.diff(edges).tolist(),
        "marker": {"color": VALIDATION},
        "hovertemplate": "%{x:.3g}: %{y:,}<extra></extra>",
    }
    layout = plain_layout(x_title, y_title, 1, False)
    layout["xaxis"].pop("range")
    layout["xaxis"].pop("tickformat")
    layout.update(height=250, hovermode="closest", bargap=0.02)
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": [bars], "layout": layout, "title": title, "alt": title}


def scatter(points: np.ndarray, labels: np.ndarray, classes: list[str], title: str, say: Say) -> Figure:
    """Dots (n, 2) coloured and shaped by class, one line of the legend each."""
    symbols = ("circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "star")
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": classes[label],
            "x": points[labels == label, 0].tolist(),
            "y": points[labels == label, 1].tolist(),
            "marker": {
                "color": TOLD_APART[place % len(TOLD_APART)],
                "symbol": symbols[place % len(symbols)],
                "size": 8,
                "opacity": 0.8,
            },
            "hovertemplate": f"{classes[label]}<extra></extra>",
        }
        for place, label in enumerate(np.unique(labels))
    ]
    layout = plain_layout("", "", 1, False)
    for axis in ("xaxis", "yaxis"):
        layout[axis] = {"showticklabels": False, "zeroline": False, "gridcolor": "rgba(122,135,148,0.22)"}
    layout.update(height=470, hovermode="closest", showlegend=True)
    layout["margin"] = {"l": 16, "r": 16, "t": 8, "b": 16}
    return {"data": data, "layout": layout, "title": title, "alt": title}


def activation_curve(
    x: np.ndarray, y: np.ndarray, point: tuple[float, float], title: str, say: Say, plain: Callable[[float], str]
) -> Figure:
    """What an activation makes of each sum, and where one neuron stands on it."""
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": x.tolist(),
        "y": y.tolist(),
        "line": {"color": GREY, "width": 3},
        "hovertemplate": "z %{x:.2f}<br>a %{y:.2f}<extra></extra>",
    }
    place = {
        "type": "scatter",
        "mode": "markers",
        "x": [point[0]],
        "y": [point[1]],
        "marker": {"symbol": "diamond", "size": 14, "color": VALIDATION},
        "hovertemplate": "z %{x:.3f}<br>a %{y:.3f}<extra></extra>",
    }
    layout = plain_layout(say("Sum z"), say("Output a"), 1, False)
    layout["xaxis"].update(
        range=[float(x[0]), float(x[-1])], tickformat="", nticks=9, zeroline=True, zerolinecolor=GREY
    )
    layout["yaxis"].update(rangemode="normal", zeroline=True, zerolinecolor=GREY)
    layout.update(hovermode="closest", uirevision=title)
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    alt = say("{activation}: z = {z}, a = {a}", activation=title, z=plain(point[0]), a=plain(point[1]))
    return {"data": [line, place], "layout": layout, "title": title, "alt": alt}
