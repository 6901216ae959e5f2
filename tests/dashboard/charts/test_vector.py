"""Curves as SVG: each value where it belongs, words as words, whatever they contain."""

import math
from xml.etree import ElementTree

import pytest

from core.runs.history import History
from dashboard.charts import curves
from dashboard.charts.vector import BOTTOM, LEFT, RIGHT, TOP, svg, ticks

SVG = "{http://www.w3.org/2000/svg}"


def figure(y, x=(0, 5, 10), **layout):
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(x),
        "y": y,
        "line": {"color": "#123456", "dash": "dash"},
    }
    axes = {
        "xaxis": {"title": {"text": "epoch"}, "range": [0, 10]},
        "yaxis": {"title": {"text": "loss"}, "range": [0, 2]},
    }
    return {"data": [line], "layout": {**axes, **layout}, "title": "A title", "alt": ""}


def drawn(one):
    return ElementTree.fromstring(svg(one, "{:g}".format, width=1000, height=500))


def points(tree):
    return [tuple(map(float, pair.split(","))) for pair in tree.find(f"{SVG}polyline").get("points").split()]


def test_a_value_lies_at_its_share_of_the_axes():
    width, height = 1000 - LEFT - RIGHT, 500 - TOP - BOTTOM
    expected = [(LEFT, TOP), (LEFT + width / 2, TOP + height / 2), (LEFT + width, TOP + height)]
    for found, wanted in zip(points(drawn(figure([2, 1, 0]))), expected, strict=True):
        assert found == pytest.approx(wanted, abs=0.1)


def test_what_is_no_number_is_left_out_and_what_leaves_the_range_stays_at_its_edge():
    assert len(points(drawn(figure([1, math.nan, None])))) == 1
    assert points(drawn(figure([9, 1, 1])))[0][1] == pytest.approx(TOP)
    assert len(points(drawn(figure([9, 9, 1])))) == 2  # it comes in from the edge, and was not level there


def test_a_band_lies_between_its_two_lines():
    low, high = (figure([1 + by, 1 + by, 1 + by])["data"][0] for by in (-1, 1))
    both = figure([1, 1, 1]) | {"data": [low, {**high, "fill": "tonexty", "fillcolor": "#abcdef"}]}
    band = drawn(both).find(f"{SVG}polygon")
    corners = {tuple(map(float, pair.split(","))) for pair in band.get("points").split()}
    assert {(LEFT, TOP), (LEFT, 500 - BOTTOM), (1000 - RIGHT, TOP), (1000 - RIGHT, 500 - BOTTOM)} <= corners
    assert band.get("fill") == "#abcdef"


def test_an_empty_line_is_a_chart_without_a_line():
    one = figure([], x=())
    del one["layout"]["yaxis"]["range"]
    assert drawn(one).find(f"{SVG}polyline") is None


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.93, 1.0, [0.94, 0.96, 0.98, 1.0]),
        (0, 2.2, [0, 0.5, 1, 1.5, 2]),
        (3, 3, [3]),
    ],
)
def test_ticks_are_round_numbers_within_the_range(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected)


def test_epochs_are_whole():
    assert ticks(0, 3, whole=True) == [0, 1, 2, 3]
    assert ticks(0, 1000, whole=True) == [0, 200, 400, 600, 800, 1000]


def test_words_are_words():
    note = {"x": 1, "y": 1, "text": "<script>&", "font": {"color": "#000000"}}
    words = [one.text for one in drawn(figure([1, 1, 1], annotations=[note])).iter(f"{SVG}text")]
    assert "<script>&" in words
    assert {"epoch", "loss"} <= set(words)


def test_the_curves_of_a_run_are_drawn_with_what_stands_around_them(tmp_path):
    history = History(tmp_path / "events.jsonl")
    history.start = {"epochs": 4}
    history.epochs = [{"epoch": n, "loss": 2 / n, "val_loss": 2.1 / n, "best": n == 3} for n in range(1, 5)]
    tree = drawn(curves.curves(history, "loss", "Loss", str, seen=(2, 4), flags=[(1, "changed")]))
    lines = [len(one.get("points").split()) for one in tree.iter(f"{SVG}polyline")]
    assert lines == [4, 4]
    assert len(list(tree.iter(f"{SVG}rect"))) == 1
    assert {"training", "validation", "best", "⚑"} <= {one.text for one in tree.iter(f"{SVG}text")}
