"""The confusion matrix as a figure: rows true, columns predicted; what is right blue, mistakes orange."""

from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np

from dashboard.charts.parts import Figure, Say, plain_layout

WRITTEN, LABELLED = 20, 40  # classes up to which a matrix has numbers in its cells, and names at its sides
LONGEST = 18  # characters of a class name beside the matrix; longer ones leave it no room on a phone
BRIGHTEST = 0.75  # of a colour on a dark page, so that white numbers can be read on orange
BLUE, ORANGE = (11, 110, 153), (217, 130, 0)
WHITE, INK = "#FFFFFF", "#101A24"
PALE = 0.78  # of blue on white, below which dark numbers are read better than white ones
PAPER = {"light": (255, 255, 255), "dark": (18, 24, 31)}  # the page's background, as in .streamlit/


def matrix(
    values: np.ndarray,
    counts: np.ndarray,
    classes: list[str],
    title: str,
    say: Say,
    number: Callable[[float], str],
    dark: bool = False,
) -> Figure:
    """A confusion matrix: rows true, columns predicted, what is right blue, mistakes orange, each by its own scale.

    values   what is written and coloured, counts or shares
    counts   told at the pointer
    classes  their names; long ones are shortened
    number   writes a count
    dark     the page's theme: its background is mixed into the colours, since through alpha Plotly does not see how
             dark a cell is, and writes dark numbers into it
    """
    classes = [_short(name) for name in classes]
    paper = PAPER["dark" if dark else "light"]
    n, shares = len(classes), values.dtype.kind == "f"
    numbers = list(range(n))
    text = [[_cell_text(value, shares, number) for value in row] for row in values.tolist()]
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
        "xgap": 1 if n <= LABELLED else 0,  # as wide as the cells of very many classes
        "ygap": 1 if n <= LABELLED else 0,
        "hovertemplate": f"{say('true')}: %{{y}}<br>{say('predicted')}: %{{x}}<br>%{{customdata:,}} {say('images')}"
        "<extra></extra>",
    }
    strength = np.where(right, _share_of_largest(values, right), _share_of_largest(values, wrong))
    pale = right & (strength < PALE) & (not dark)
    kinds = ((right & ~pale, BLUE, WHITE), (right & pale, BLUE, INK), (wrong, ORANGE, WHITE if dark else INK))
    data = [
        {
            **common,
            **_written(text, where, colour),
            "z": _within(where, strength),
            "colorscale": [[0, _mixed(hue, 0.04, paper)], [1, _mixed(hue, BRIGHTEST if dark else 1.0, paper)]],
        }
        for where, hue, colour in kinds
        if where.any()
    ]
    layout = plain_layout(say("predicted class"), say("true class"), n, False)
    ticks = {"tickvals": numbers, "ticktext": classes, "ticks": "" if n > LABELLED else None}
    ticks |= {"showticklabels": n <= LABELLED}  # names at the pointer only
    side = {"range": [-0.5, n - 0.5], "automargin": True, "constrain": "domain", "nticks": 0, **ticks}
    layout["xaxis"].update(side, tickangle=-45 if max(map(len, classes)) > 3 else 0)
    layout["yaxis"].update(side, range=[n - 0.5, -0.5], showgrid=False)
    layout.update(height=470, hovermode="closest")
    layout["margin"] = {"l": 60, "r": 8, "t": 8, "b": 60}
    return {"data": data, "layout": layout, "title": title, "alt": title}


def _mixed(hue: tuple[int, int, int], share: float, paper: tuple[int, int, int]) -> str:
    """A share 0..1 of a colour over a background, without alpha."""
    red, green, blue = (round(share * top + (1 - share) * below) for top, below in zip(hue, paper, strict=True))
    return f"rgb({red},{green},{blue})"


def _short(name: str) -> str:
    """A class name at the side of the matrix, its middle left out where it is long; Plotly reads a text as HTML."""
    half = LONGEST // 2
    return escape(name if len(name) <= LONGEST else f"{name[:half]}…{name[1 - half :]}", quote=False)


def _written(text: list[list[str]], where: np.ndarray, colour: str) -> dict[str, Any]:
    """The numbers in the cells of one kind; none where there are too many classes to read them."""
    if len(text) > WRITTEN:
        return {}
    own = [[one if inside else "" for one, inside in zip(*both, strict=True)] for both in zip(text, where, strict=True)]
    return {
        "text": own,
        "texttemplate": "%{text}",
        "textfont": {"size": 14 if len(text) <= 12 else 10, "color": colour},
    }


def _share_of_largest(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The root of each cell's share of the largest of `where`, so that rare mistakes are seen."""
    return np.sqrt(values / max(values[where].max(initial=0), 1e-9))


def _within(where: np.ndarray, shares: np.ndarray) -> list[list[float | None]]:
    """Those of some cells; None for the others, which this map leaves out."""
    return [
        [float(share) if inside else None for share, inside in zip(*both, strict=True)]
        for both in zip(shares, where, strict=True)
    ]


def _cell_text(value: float, share: bool, number: Callable[[float], str]) -> str:
    if not value:
        return ""
    return f"{100 * value:.0f} %" if share and value >= 0.005 else "<1 %" if share else number(value)
