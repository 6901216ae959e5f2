"""The figures of a search: the best so far, what lies beyond the edge, lines across the settings, shares."""

import pytest

from dashboard.charts.parts import VALIDATION
from dashboard.charts.search import Axis, Tried, history, importances, parallel

AXES = [Axis("Learning rate", [(0, "0.001"), (1, "0.1")]), Axis("Dropout", [(0, "0"), (1, "0.6")])]


def say(text):
    return text


def tried(*values, pruned=()):
    return [Tried(n, value, n in pruned, (0.2, 0.8), f"place {n}") for n, value in enumerate(values, 1)]


def test_the_best_so_far_climbs_with_accuracy_and_falls_with_loss():
    values = (0.8, 0.7, 0.9, 0.85)
    best, _pruned, done = history(tried(*values), 6, True, "accuracy", "a title", say)["data"]
    assert (best["x"], best["y"]) == ([1, 2, 3, 4, 6], [0.8, 0.8, 0.9, 0.9, 0.9])
    assert done["y"] == list(values)
    assert history(tried(*values), 6, False, "loss", "a title", say)["data"][0]["y"] == [0.8, 0.7, 0.7, 0.7, 0.7]


def test_a_pruned_one_far_below_lies_on_the_edge_and_says_its_value():
    figure = history(tried(0.9, 0.1, 0.95, None, pruned=(2, 4)), 4, True, "accuracy", "a title", say)
    _best, pruned, _done = figure["data"]
    low, high = figure["layout"]["yaxis"]["range"]
    assert 0.85 < low < 0.9 < 0.95 < high
    assert pruned["x"] == [2]
    assert low < pruned["y"][0] < 0.9
    assert (pruned["customdata"], pruned["text"]) == ([0.1], ["place 2"])
    assert pruned["hovertemplate"].startswith("%{customdata:.1%}<br>")
    assert "0.1" not in str(figure["data"][0])


def test_the_best_line_is_bold_and_last_and_pruned_ones_are_dotted():
    figure = parallel(tried(0.9, 0.1, 0.95, 0.5, 0.6, pruned=(2,)), AXES, True, "a title", say)
    widths = [(line["line"]["width"], line["text"][0]) for line in figure["data"]]
    assert widths[-1] == (5, "place 3")
    assert [line["text"][0] for line in figure["data"] if line["line"].get("dash") == "dot"] == ["place 2"]
    assert figure["alt"] == "a title. place 3"
    lowest = parallel(tried(0.9, 0.1, 0.95), AXES, False, "a title", say)["data"][-1]
    assert lowest["text"][0] == "place 2"


def test_every_axis_has_its_title_and_ticks():
    notes = parallel([], AXES, True, "a title", say)["layout"]["annotations"]
    assert [note["text"] for note in notes if note["x"] == 1] == ["<b>Dropout</b>", "0", "0.6"]


def test_shares_are_written_at_their_bars_the_largest_on_top():
    (bar,) = importances([("Learning rate", 0.7), ("Dropout", 0.1)], 0.2, "share", "a title", say)["data"]
    assert bar["y"] == ["several together", "Dropout", "Learning rate"]
    assert bar["x"] == pytest.approx([0.2, 0.1, 0.7])
    assert bar["texttemplate"] == "%{x:.0%}"
    assert bar["marker"]["color"][1:] == [VALIDATION] * 2
