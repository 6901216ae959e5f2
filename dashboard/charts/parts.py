"""What all charts share: colours, axes, lines. A figure is a dictionary, {data, layout, title, alt}; no Streamlit here.

Validation is always solid blue with diamonds, training always dashed orange with dots: told apart by shape,
by dash and by colour, also by the colour-blind. Lines are labelled at their ends; there is no legend.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

VALIDATION, TRAINING = "#0B6E99", "#D98200"
GREY = "#7A8794"  # reads on white and on dark alike
CURSOR = "#7B4EA3"  # neither of the two curves
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
# Points of cividis (Nuñez, Anderton, Renslow 2018), which reads the same to colour-blind eyes
_CIVIDIS = np.array([[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [253, 234, 69]])
Figure = dict[str, Any]
Say = Callable[..., str]


def warm(share: np.ndarray) -> np.ndarray:
    """Numbers 0..1 as colours from dark blue to yellow: (…) -> (…, 3) uint8."""
    places = np.linspace(0, 1, len(_CIVIDIS))
    channels = [np.interp(np.clip(share, 0, 1), places, _CIVIDIS[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)


def plain_line(x: list, y: list, colour: str, name: str, dashed: bool, share: bool) -> dict[str, Any]:
    """A line through dots: training's where it is dashed, else validation's; `share` writes its values as percent."""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 3, "dash": "dash" if dashed else "solid"},
        "marker": {"symbol": "circle" if dashed else "diamond", "size": marker_size(len(x)), "color": colour},
        "hovertemplate": f"%{{y:{'.1%' if share else '.4f'}}}<extra>{name}</extra>",
    }


def marker_size(points: int) -> int:
    """The size of the dots of a line, in pixels: many are smaller."""
    return 8 if points < 40 else 5


def ends_at(epochs: int) -> dict[str, Any]:
    """The part of the horizontal axis that changes where somebody changes how many epochs a training is to have."""
    return {"range": [0, epochs], "nticks": min(6, epochs + 1)}


def moved(layout: Figure, moving: Mapping[str, Any]) -> Figure:
    """A layout with the parts that change while a training goes on; of its axes only what is said, as in plot.js."""
    axes = {axis: {**layout[axis], **moving[axis]} for axis in ("xaxis", "yaxis") if axis in moving}
    return {**layout, **moving, **axes}


def plain_layout(x_title: str, y_title: str, epochs: int, share: bool) -> dict[str, Any]:
    """The axes every chart begins with, the horizontal one from 0 to `epochs`; zoom survives what is drawn anew."""
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
            "showgrid": False,
            "zeroline": False,
            "tickformat": "d",
            **ends_at(epochs),
        },
        "yaxis": {
            "title": {"text": y_title},
            "gridcolor": grid,
            "zeroline": False,
            "tickformat": ".0%" if share else "",
            "nticks": 6,
        },
    }
