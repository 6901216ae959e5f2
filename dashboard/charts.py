"""Numbers in, Plotly figures out, as plain dictionaries: {data, layout, title, alt}. No Streamlit here.

Validation is always solid blue with diamonds, training always dashed orange with dots: told apart by shape,
by dash and by colour, also by the colour-blind. Lines are labelled at their ends; there is no legend.
"""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from core.history import History
from core.shift import Accuracy

VALIDATION, TRAINING = "#0B6E99", "#D98200"
TRACE = "rgba(217,130,0,0.22)"
BAND = "rgba(11,110,153,0.16)"
GREY = "#7A8794"  # reads on white and on dark alike
TRACE_POINTS = 400  # a line; more than a screen is wide in half a chart

Figure = dict[str, Any]
Say = Callable[..., str]


def curves(history: History, name: str, title: str, say: Say, patience: int = 0) -> Figure:
    """`name` ("loss" or "accuracy") over the epochs, training and validation, best epoch and stopping window marked.

    title  the finding, already in the viewer's language;  say  translates the words in the chart
    """
    share = name == "accuracy"
    epochs = history.column("epoch")
    data = [
        _trace(history, name),
        _line(epochs, history.column(name), TRAINING, say("training"), dashed=True, share=share),
        _line(epochs, history.column(f"val_{name}"), VALIDATION, say("validation"), dashed=False, share=share),
    ]
    total = history.start.get("epochs", 1)
    layout = _layout(say("epoch"), say("accuracy") if share else say("loss"), total, share)
    layout["yaxis"].update(_range(history, name, share))
    layout["shapes"], layout["annotations"] = _best(history, say, patience, total, share)
    layout["annotations"] += _end_labels(history, name, say)
    return {"data": data, "layout": layout, "title": title, "alt": title}


def at_epoch(history: History, name: str, epoch: int, title: str, say: Say) -> Figure:
    """The curves with a cursor at one epoch."""
    figure = curves(history, name, title, say)
    cursor = {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1}
    figure["layout"]["shapes"].append({**cursor, "line": {"color": CURSOR, "width": 2.5}})
    return figure


def track(epochs: list[int], shares: list[float], epoch: int, title: str, say: Say) -> Figure:
    """A probability over the epochs, with a cursor at one of them."""
    line = _line(epochs, shares, VALIDATION, "", dashed=False, share=True)
    layout = _layout(say("epoch"), say("probability"), max(epochs, default=1), True)
    layout["yaxis"].update(range=[0, 1.02])
    cursor = {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1}
    layout["shapes"] = [{**cursor, "line": {"color": CURSOR, "width": 2.5}}]
    layout.update(height=240)
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": [line], "layout": layout, "title": title, "alt": title}


CURSOR = "#7B4EA3"  # neither of the two curves


# Points of cividis (Nuñez, Anderton, Renslow 2018), which reads the same to colour-blind eyes
_CIVIDIS = np.array([[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [253, 234, 69]])


def warm(share: np.ndarray) -> np.ndarray:
    """Numbers 0..1 as colours from dark blue to yellow: (…) -> (…, 3) uint8."""
    places = np.linspace(0, 1, len(_CIVIDIS))
    channels = [np.interp(np.clip(share, 0, 1), places, _CIVIDIS[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)


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
    layout = _layout(x_title, y_title, 1, False)
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
    layout = _layout("", "", 1, False)
    for axis in ("xaxis", "yaxis"):
        layout[axis] = {"showticklabels": False, "zeroline": False, "gridcolor": "rgba(122,135,148,0.22)"}
    layout.update(height=470, hovermode="closest", showlegend=True)
    layout["margin"] = {"l": 16, "r": 16, "t": 8, "b": 16}
    return {"data": data, "layout": layout, "title": title, "alt": title}


# Ten colours of Okabe and Ito and of Tol, told apart by the colour-blind; classes also differ by their shape
TOLD_APART = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#7B4EA3",
    "#999933",
    "#882255",
    "#44AA99",
)


def sparkline(values: list[float], other: list[float]) -> Figure:
    """A curve without axes for a card: training and validation loss."""
    epochs = list(range(1, len(values) + 1))
    data = [_line(epochs, values, TRAINING, "", True, False), _line(epochs, other, VALIDATION, "", False, False)]
    for line in data:
        line["mode"] = "lines"
    layout = _layout("", "", len(values), False)
    layout.update(margin={"l": 4, "r": 4, "t": 4, "b": 4}, height=110)
    for axis in ("xaxis", "yaxis"):
        layout[axis].update(visible=False, fixedrange=True)
    return {"data": data, "layout": layout, "title": "", "alt": ""}


def overlay(runs: list[tuple[str, History]], name: str, title: str, say: Say) -> Figure:
    """Validation curves of several runs in one chart, each labelled at its end and with a dash of its own."""
    share = name.endswith("accuracy")
    data, notes = [], []
    dashes = ("solid", "dash", "dot", "dashdot", "longdash")
    for place, (label, history) in enumerate(runs):
        colour = COMPARED[place % len(COMPARED)]
        line = _line(history.column("epoch"), history.column(name), colour, label, False, share)
        line["line"]["dash"], line["mode"] = dashes[place % len(dashes)], "lines"
        data.append(line)
        if history.epochs:
            notes.append(_label(history.epochs[-1]["epoch"], history.epochs[-1][name], label, colour))
    longest = max((len(history.epochs) for _label_, history in runs), default=1)
    layout = _layout(
        say("epoch"), say("validation loss" if name == "val_loss" else "validation accuracy"), longest, share
    )
    layout["annotations"] = notes
    return {"data": data, "layout": layout, "title": title, "alt": title}


COMPARED = ("#7B4EA3", "#2F8F5B", "#C0504D", "#5B6B7A", "#A67C00")  # not the two of training and validation


def class_bars(classes: list[str], counts: dict[str, list[int]], title: str, say: Say) -> Figure:
    """Images per class and split, as grouped bars."""
    colours = {"train": TRAINING, "validation": VALIDATION, "test": GREY}
    words = {"train": say("training"), "validation": say("validation"), "test": say("test")}
    patterns = {"train": "/", "validation": "", "test": "."}
    data = [
        {
            "type": "bar",
            "name": words[split],
            "x": classes,
            "y": values,
            "marker": {"color": colours[split], "pattern": {"shape": patterns[split], "size": 5}},
            "hovertemplate": f"%{{x}}: %{{y:,}} {say('images')}<extra>{words[split]}</extra>",
        }
        for split, values in counts.items()
    ]
    layout = _layout("", say("images"), 1, False)
    layout.update(barmode="group", height=240, showlegend=True)
    layout["legend"] = {"orientation": "h", "y": 1.12, "x": 0}
    layout["xaxis"] = {"type": "category", "fixedrange": True, "automargin": True}  # names turn on a phone
    layout["margin"] = {"l": 56, "r": 8, "t": 8, "b": 48}
    return {"data": data, "layout": layout, "title": title, "alt": title}


def matrix(values: np.ndarray, counts: np.ndarray, classes: list[str], title: str, say: Say) -> Figure:
    """A confusion matrix: rows true, columns predicted, what is right blue, mistakes orange, each by its own scale.

    values  what is written and coloured, counts or shares;  counts  told at the pointer
    """
    n, shares = len(classes), values.dtype.kind == "f"
    numbers = list(range(n))
    text = [[_cell_text(value, shares) for value in row] for row in values.tolist()]
    right, wrong = np.eye(n, dtype=bool), ~np.eye(n, dtype=bool)
    common = {
        "type": "heatmap",
        "x": numbers,
        "y": numbers,
        "customdata": counts.tolist(),
        "showscale": False,
        "hoverongaps": False,
        "zmin": 0,
        "zmax": 1,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": f"{say('true')}: %{{y}}<br>{say('predicted')}: %{{x}}<br>%{{customdata:,}} {say('images')}"
        "<extra></extra>",
    }
    data = [
        {
            **common,
            **_written(text, where, colour),
            "z": _share_of_largest(values, where),
            "colorscale": [[0, f"rgba({hue},0.04)"], [1, f"rgba({hue},1)"]],
        }
        for where, hue, colour in ((right, "11,110,153", "#FFFFFF"), (wrong, "217,130,0", INK))
    ]
    layout = _layout(say("predicted class"), say("true class"), n, False)
    ticks = {"tickvals": numbers, "ticktext": classes} if n <= LABELLED else {"showticklabels": False}
    side = {"range": [-0.5, n - 0.5], "automargin": True, "constrain": "domain", "nticks": 0, **ticks}
    layout["xaxis"].update(side, tickangle=-45 if max(map(len, classes)) > 3 else 0)
    layout["yaxis"].update(side, range=[n - 0.5, -0.5], showgrid=False)
    layout.update(height=470, hovermode="closest")
    layout["margin"] = {"l": 60, "r": 8, "t": 8, "b": 60}
    return {"data": data, "layout": layout, "title": title, "alt": title}


WRITTEN, LABELLED = 20, 40  # classes up to which a matrix has numbers in its cells, and names at its sides


INK = "#1D2733"  # on orange, whatever the theme: Plotly's own choice does not see that the cells are translucent


def _written(text: list[list[str]], where: np.ndarray, colour: str) -> dict[str, Any]:
    """The numbers in the cells of one kind; none where there are too many classes to read them."""
    if len(text) > WRITTEN:
        return {}
    own = [[one if here else "" for one, here in zip(*both, strict=True)] for both in zip(text, where, strict=True)]
    return {
        "text": own,
        "texttemplate": "%{text}",
        "textfont": {"size": 14 if len(text) <= 12 else 10, "color": colour},
    }


def _share_of_largest(values: np.ndarray, where: np.ndarray) -> list[list[float | None]]:
    """The root of each cell's share of the largest, so that rare mistakes are seen; None outside of `where`."""
    shares = np.sqrt(values / max(values[where].max(initial=0), 1e-9))
    return [
        [float(share) if here else None for share, here in zip(*both, strict=True)]
        for both in zip(shares, where, strict=True)
    ]


def _cell_text(value: float, share: bool) -> str:
    if not value:
        return ""
    return f"{100 * value:.0f} %" if share and value >= 0.005 else "<1 %" if share else f"{value:,}"


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
    layout = _layout(x_title, y_title, 1, True)
    layout["xaxis"].update(range=[0, 1.01], tickformat=".0%")
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
    layout = _layout(say("how sure the network is"), say("how often it is right"), 1, True)
    layout["xaxis"].update(range=[0, 1.02], tickformat=".0%")
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
    layout = _layout(x_title, say("accuracy"), 1, True)
    pad = 0.03 * (x[-1] - x[0])
    layout["xaxis"].update(range=[x[0] - pad, x[-1] + pad], ticksuffix=f" {unit}", nticks=9, fixedrange=True)
    layout["yaxis"].update(range=[0, 1.03], fixedrange=True)
    here = {"type": "line", "x0": strength, "x1": strength, "y0": 0, "y1": 1, "yref": "paper"}
    layout["shapes"] = [{**here, "line": {"color": GREY, "width": 1.5, "dash": "dot"}}]
    layout.update(hovermode="closest", showlegend=False)
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": [band, line], "layout": layout, "title": title, "alt": title}


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
        "text": [f"{share:.1%}" for share in shares],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{x:.2%}<extra></extra>",
    }
    layout = _layout(say("probability"), "", 1, True)
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


def brightness(histogram: np.ndarray, title: str, say: Say) -> Figure:
    """How often each pixel value occurs: (channels, 32) counts in bins of 8 grey levels, as a share of all values."""
    colours = ("#C0504D", "#2F8F5B", "#0B6E99") if len(histogram) == 3 else (GREY,)
    names = (say("red"), say("green"), say("blue")) if len(histogram) == 3 else (say("grey"),)
    dashes = ("solid", "dash", "dot")
    middles = [8 * place + 3.5 for place in range(histogram.shape[1])]
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": middles,
            "y": (counts / max(1, counts.sum())).tolist(),
            "line": {"color": colour, "width": 2.5, "shape": "hvh", "dash": dash},
            "hovertemplate": f"%{{y:.1%}}<extra>{name}</extra>",
        }
        for counts, colour, name, dash in zip(histogram, colours, names, dashes, strict=False)
    ]
    layout = _layout(say("pixel value, 0 dark to 255 bright"), say("share of values"), 255, True)
    layout.update(height=230, showlegend=len(data) > 1)
    layout["yaxis"]["rangemode"] = "tozero"
    layout["legend"] = {"orientation": "h", "y": 1.12, "x": 0}
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": data, "layout": layout, "title": title, "alt": title}


def sizes(widths: np.ndarray, heights: np.ndarray, title: str, say: Say) -> Figure:
    """Widths and heights of pictures as they were found, one dot a size, larger where more have it."""
    pairs, counts = np.unique(np.stack([widths, heights], axis=1), axis=0, return_counts=True)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": pairs[:, 0].tolist(),
        "y": pairs[:, 1].tolist(),
        "customdata": counts.tolist(),
        "marker": {"size": (6 + 14 * np.sqrt(counts / counts.max())).tolist(), "color": GREY, "opacity": 0.7},
        "hovertemplate": f"%{{x}} × %{{y}}: %{{customdata:,}} {say('images')}<extra></extra>",
    }
    layout = _layout(say("width in pixels"), say("height in pixels"), 1, False)
    layout["xaxis"].pop("range")
    layout["xaxis"]["rangemode"] = layout["yaxis"]["rangemode"] = "tozero"
    layout.update(height=230, hovermode="closest")
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": [dots], "layout": layout, "title": title, "alt": title}


def thin(x: list[float], y: list[float], points: int = TRACE_POINTS) -> tuple[list[float], list[float]]:
    """At most about `points` points of a long line that keep every bucket's lowest and highest, and the last."""
    if len(x) <= points:
        return x, y
    values = np.asarray(y)
    edges = np.linspace(0, len(x), points // 2 + 1).astype(int)
    kept = {len(x) - 1}
    for low, high in itertools.pairwise(edges):
        kept.update((low + int(values[low:high].argmin()), low + int(values[low:high].argmax())))
    chosen = sorted(kept)
    return [x[i] for i in chosen], [y[i] for i in chosen]


def _trace(history: History, name: str) -> dict[str, Any]:
    x, y = thin(history.trace.x, getattr(history.trace, name))
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "batch",
        "x": x,
        "y": y,
        "line": {"color": TRACE, "width": 1},
        "hoverinfo": "skip",
    }


def _line(x: list, y: list, colour: str, name: str, dashed: bool, share: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 3, "dash": "dash" if dashed else "solid"},
        "marker": {"symbol": "circle" if dashed else "diamond", "size": 8 if len(x) < 40 else 5, "color": colour},
        "hovertemplate": f"%{{y:{'.1%' if share else '.4f'}}}<extra>{name}</extra>",
    }


def _layout(x_title: str, y_title: str, epochs: int, share: bool) -> dict[str, Any]:
    grid = "rgba(122,135,148,0.22)"
    return {
        "uirevision": "constant",  # zoom and selection survive every update
        "height": 310,
        "margin": {"l": 62, "r": 92, "t": 18, "b": 48},
        "showlegend": False,
        "hovermode": "x unified",
        "font": {"size": 14},
        "xaxis": {
            "title": {"text": x_title},
            "range": [0, epochs],
            "showgrid": False,
            "zeroline": False,
            "tickformat": "d",
            "nticks": min(6, epochs + 1),
        },
        "yaxis": {
            "title": {"text": y_title},
            "gridcolor": grid,
            "zeroline": False,
            "tickformat": ".0%" if share else "",
            "nticks": 6,
        },
    }


def _range(history: History, name: str, share: bool) -> dict[str, Any]:
    """The points decide the range, not the trace's first batches: a loss of 9 in batch 1 would flatten the rest."""
    values = [*history.column(name), *history.column(f"val_{name}")]
    values += getattr(history.trace, name)[-50:] if len(history.epochs) < 2 else []
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
        window = {"type": "rect", "x0": at, "x1": at + patience, "yref": "paper", "y0": 0, "y1": 1}
        shapes.append({**window, "fillcolor": GREY, "opacity": 0.1, "line": {"width": 0}, "layer": "below"})
    word = {"x": at, "yref": "paper", "text": say("best"), "showarrow": False, "font": {"color": GREY}}
    late = at > 0.7 * total  # at the right edge the word would run into the names of the lines
    side = {"xanchor": "right", "xshift": -3} if late else {"xanchor": "left", "xshift": 3}
    place = {"y": 0, "yanchor": "bottom"} if share else {"y": 1, "yanchor": "top"}  # where the curves are not
    return shapes, [{**word, **side, **place}]


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
