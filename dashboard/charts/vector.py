"""A figure of curves as a drawing of vectors (SVG), for a page without a script: sharp on paper and on a projector."""

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np

from dashboard.charts.parts import GREY, Figure

INK = "#1B2733"
LEFT, RIGHT, TOP, BOTTOM = 64, 110, 14, 44  # pixels around the curves: numbers, names of the lines, name of the axis
DASHES = {"dash": "9 6", "dot": "2 5"}
TICKS = 5

Word = Callable[[float], str]


def svg(figure: Figure, number: Word, width: int = 620, height: int = 300) -> str:
    """Lines, shapes and words of a figure of `dashboard.charts.curves`, with the axes that Plotly would draw.

    number  how a value on the upright axis is written
    """
    area = _Area(figure, width, height)
    parts = [*area.axes(number)]
    parts += [area.shape(one) for one in figure["layout"].get("shapes", ())]
    lines = [one for one in figure["data"] if one.get("type") == "scatter"]
    for before, one in zip([None, *lines], lines, strict=False):
        parts += [area.band(before, one)] if before and one.get("fill") == "tonexty" else []
        parts += [area.line(one)]
    parts += [area.note(one) for one in figure["layout"].get("annotations", ()) if one.get("visible", True)]
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(figure['alt'] or figure['title'])}</title>{''.join(parts)}</svg>"
    )


class _Area:
    """Where values lie in the drawing."""

    def __init__(self, figure: Figure, width: int, height: int):
        self.layout, self.width, self.height = figure["layout"], width, height
        lines = [one for one in figure["data"] if one.get("type") == "scatter" and len(one["x"])]
        self.low_x: float
        self.high_x: float
        self.low_y: float
        self.high_y: float
        self.low_x, self.high_x = self.layout["xaxis"].get("range") or _extent([one["x"] for one in lines])
        self.low_y, self.high_y = self.layout["yaxis"].get("range") or _extent([one["y"] for one in lines])

    def x(self, value: float) -> float:
        share = (value - self.low_x) / ((self.high_x - self.low_x) or 1)
        return round(LEFT + share * (self.width - LEFT - RIGHT), 1)

    def y(self, value: float, paper: bool = False) -> float:
        share = value if paper else (value - self.low_y) / ((self.high_y - self.low_y) or 1)
        return round(self.height - BOTTOM - share * (self.height - TOP - BOTTOM), 1)

    def axes(self, number: Word) -> list[str]:
        left, right, bottom = self.x(self.low_x), self.x(self.high_x), self.height - BOTTOM
        drawn = []
        for value in ticks(self.low_y, self.high_y):
            at = self.y(value)
            drawn.append(f'<path d="M{left} {at}H{right}" stroke="{GREY}" stroke-opacity=".25"/>')
            drawn.append(_text(left - 8, at + 4, number(value), "end"))
        for value in ticks(self.low_x, self.high_x, whole=True):
            drawn.append(_text(self.x(value), bottom + 18, f"{value:g}", "middle"))
        middle = (left + right) / 2
        drawn.append(_text(middle, self.height - 6, self.layout["xaxis"]["title"]["text"], "middle"))
        upright = f'transform="rotate(-90)" x="{-(TOP + bottom) / 2}" y="14" text-anchor="middle"'
        return [*drawn, f"<text {upright} {_FONT}>{escape(self.layout['yaxis']['title']['text'])}</text>"]

    def band(self, lower: dict[str, Any], upper: dict[str, Any]) -> str:
        """What lies between two lines."""
        edge = " ".join(f"{x},{y}" for x, y in [*self._places(lower), *reversed(self._places(upper))])
        return f'<polygon points="{edge}" fill="{upper["fillcolor"]}"/>' if edge else ""

    def line(self, one: dict[str, Any]) -> str:
        places = self._places(one)
        if not places or not one["line"].get("width", 2):
            return ""
        style, colour = one["line"], one["line"]["color"]
        dash = f' stroke-dasharray="{DASHES[style["dash"]]}"' if style.get("dash") in DASHES else ""
        opacity = f' stroke-opacity="{one["opacity"]}"' if "opacity" in one else ""
        path = " ".join(f"{x},{y}" for x, y in places)
        width = style.get("width", 2)
        drawn = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}{opacity}/>'
        if "markers" in one.get("mode", ""):
            drawn += "".join(f'<circle cx="{x}" cy="{y}" r="{3.5 if dash else 4}" fill="{colour}"/>' for x, y in places)
        return drawn

    def shape(self, one: dict[str, Any]) -> str:
        """A line or a band over the whole height."""
        left, right = self.x(max(one["x0"], self.low_x)), self.x(min(one["x1"], self.high_x))
        top, bottom = self.y(1, True), self.y(0, True)
        if one["type"] == "rect":
            size = f'x="{left}" y="{top}" width="{max(0.0, right - left):.1f}" height="{bottom - top:.1f}"'
            return f'<rect {size} fill="{one["fillcolor"]}" fill-opacity="{one["opacity"]}"/>'
        style = one["line"]
        dash = f' stroke-dasharray="{DASHES[style["dash"]]}"' if style.get("dash") in DASHES else ""
        return f'<path d="M{left} {top}V{bottom}" stroke="{style["color"]}" stroke-width="{style["width"]}"{dash}/>'

    def note(self, one: dict[str, Any]) -> str:
        paper = one.get("yref") == "paper"
        y = self.y(one["y"] if paper else self._within(one["y"]), paper)
        lower = {"top": 12, "bottom": -4}.get(one.get("yanchor", ""), 4)
        anchor = {"left": "start", "right": "end"}.get(one.get("xanchor", ""), "middle")
        return _text(self.x(one["x"]) + one.get("xshift", 0), y + lower, one["text"], anchor, one["font"]["color"])

    def _places(self, one: dict[str, Any]) -> list[tuple[float, float]]:
        """The known points of a line, in the drawing. One that begins outside comes in from the edge."""
        known = [(x, y) for x, y in zip(one["x"], one["y"], strict=True) if _known(y)]
        inside = (place for place, (_x, y) in enumerate(known) if y == self._within(y))
        known = known[max(next(inside, 0) - 1, 0) :]
        return [(self.x(x), self.y(self._within(y))) for x, y in known]

    def _within(self, value: float) -> float:
        return min(max(value, self.low_y), self.high_y)


_FONT = f'font-family="sans-serif" font-size="13" fill="{INK}"'


def ticks(low: float, high: float, whole: bool = False) -> list[float]:
    """About five round numbers within a range: multiples of 1, 2 or 5 times a power of ten."""
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / TICKS))
    step = next(power * one for one in (1, 2, 5, 10) if span / (power * one) <= TICKS)
    step = max(1.0, round(step)) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def _extent(lines: Sequence[Sequence[float]]) -> tuple[float, float]:
    values = np.array([value for line in lines for value in line if _known(value)], float)
    if not len(values):
        return 0.0, 1.0
    edge = max(0.06 * float(np.ptp(values)), 1e-3)
    return float(values.min()) - edge, float(values.max()) + edge


def _known(value: Any) -> bool:
    return value is not None and math.isfinite(value)


def _text(x: float, y: float, words: str, anchor: str, colour: str = INK) -> str:
    font = _FONT.replace(INK, colour)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {font}>{escape(words)}</text>'
