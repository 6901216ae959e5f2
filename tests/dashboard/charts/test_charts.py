"""Figures: properties that a reader relies on, checked by Plotly's own schema; never pixels."""

import dataclasses
import re

import numpy as np
import plotly.graph_objects as go
import pytest

from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder
from core.runs.reports import StepsDone
from core.runs.store import RunStore
from dashboard.charts import answers, curves, images
from dashboard.charts.matrix import matrix as draw_matrix
from tests.made.runs import epoch_done, make_run, started_report


def say(text, **values):
    return text.format(**values)


@pytest.fixture
def history(tmp_path):
    return make_run(RunStore(tmp_path), "finished", TrainingConfig(epochs=50)).history


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_training_is_never_drawn_without_validation(name, history):
    figure = curves.curves(history, name, "title", say)
    drawn = {line["name"]: line for line in figure["data"]}
    assert drawn["training"]["y"] == history.column(name)
    assert drawn["validation"]["y"] == history.column(f"val_{name}")


def test_both_are_told_apart_by_dash_shape_and_colour(history):
    figure = curves.curves(history, "loss", "title", say)
    training, validation = (
        next(line for line in figure["data"] if line["name"] == n) for n in ("training", "validation")
    )
    assert (training["line"]["dash"], validation["line"]["dash"]) == ("dash", "solid")
    assert training["marker"]["symbol"] != validation["marker"]["symbol"]
    assert training["line"]["color"] != validation["line"]["color"]


def test_the_axis_is_as_long_as_the_recipe_says(history):
    figure = curves.curves(history, "loss", "title", say)
    assert figure["layout"]["xaxis"]["range"] == [0, 50]


def test_zoom_survives_an_update(history):
    one, other = (curves.curves(history, "loss", title, say)["layout"]["uirevision"] for title in ("a", "b"))
    assert one == other


def test_axes_are_named(history):
    layout = curves.curves(history, "accuracy", "title", say)["layout"]
    assert layout["xaxis"]["title"]["text"] == "epoch"
    assert layout["yaxis"]["title"]["text"] == "accuracy"
    assert "%" in layout["yaxis"]["tickformat"]


def test_the_best_epoch_and_the_waiting_window_are_drawn(history):
    figure = curves.curves(history, "loss", "title", say, patience=4)
    line, window = figure["layout"]["shapes"]
    assert line["x0"] == line["x1"] == history.best["epoch"]
    assert (window["x0"], window["x1"]) == (history.best["epoch"], history.best["epoch"] + 4)


def test_every_figure_is_one_that_plotly_accepts(history):
    figures = [
        curves.curves(history, "loss", "t", say, 3),
        curves.curves(history, "accuracy", "t", say),
        curves.sparkline([3.0, 2.0], [3.1, 2.5], str),
        curves.overlay([("A", history), ("B", history)], "loss", "t", say),
        images.class_bars(["a", "b"], {"train": [3, 4], "test": [1, 1]}, "t", say),
    ]
    for figure in figures:
        go.Figure(data=figure["data"], layout=figure["layout"])  # raises on an unknown property


def learnt(tmp_path, epochs, steps=750):
    """The history of a training whose loss falls as MNIST's does, up and down by a half at each step."""
    run = RunStore(tmp_path).create(TrainingConfig(epochs=10), queue=False)
    recorder = Recorder(run)
    recorder(dataclasses.replace(started_report(run.config, None), steps_per_epoch=steps))
    at = np.arange(1, epochs * steps + 1)
    loss = 2.3 / (1 + at / 30) * np.where(at % 2, 1.5, 0.5)
    for epoch in range(1, epochs + 1):
        told = tuple(loss[(epoch - 1) * steps : epoch * steps].tolist())
        recorder(StepsDone(epoch, steps, 1, told, told, 5000.0))
        scored = 2.3 / (1 + epoch * steps / 30)
        recorder(dataclasses.replace(epoch_done(epoch), loss=scored, val_loss=scored))
    return run.history


@pytest.mark.parametrize("epochs", [1, 2, 10])
def test_the_first_epoch_is_a_falling_curve(tmp_path, epochs):
    figure = curves.curves(learnt(tmp_path, epochs), "loss", "title", say)
    low, high, mean = figure["data"][:3]
    bottom, top = figure["layout"]["yaxis"]["range"]
    seen = [y for x, y in zip(mean["x"], mean["y"], strict=True) if x <= 1 and bottom <= y <= top]
    assert len(seen) >= 8
    assert (np.diff(seen) < 0).all()
    assert seen[0] - seen[-1] > 0.3 * (top - bottom)
    assert all(below < y < above for below, y, above in zip(low["y"], mean["y"], high["y"], strict=True))
    assert high["fill"] == "tonexty"


def test_each_line_that_grows_says_what_it_shows(history):
    figure = curves.expected(curves.curves(history, "loss", "title", say), [(1, 0.5)], say)
    assert [line.get("meta") for line in figure["data"]] == [
        *("steps.low", "steps.high", "steps.mean"),
        *("loss", "val_loss", None),
    ]


def matrix(n, shares=False):
    """A confusion matrix of n classes with some mistakes, as a figure; the counts."""
    counts = np.random.default_rng(0).integers(0, 4, (n, n)) + 20 * np.eye(n, dtype=int)
    values = counts / counts.sum(axis=1, keepdims=True) if shares else counts
    return draw_matrix(values, counts, [f"class {label}" for label in range(n)], "t", say, str), counts


@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize("n", [2, 10, 30, 100])
def test_a_matrix_is_one_that_plotly_accepts(n, shares):
    figure, _counts = matrix(n, shares)
    go.Figure(data=figure["data"], layout=figure["layout"])


def test_each_cell_of_a_matrix_is_drawn_once_mistakes_in_another_colour():
    figure, counts = matrix(10)
    *right, wrong = (~np.isnan(np.array(heat["z"], dtype=float)) for heat in figure["data"])
    np.testing.assert_array_equal(np.sum(right, axis=0), np.eye(10))
    np.testing.assert_array_equal(wrong, ~np.eye(10, dtype=bool))
    assert figure["data"][0]["colorscale"] != figure["data"][-1]["colorscale"]
    assert all(heat["customdata"] == counts.tolist() for heat in figure["data"])


@pytest.mark.parametrize("dark", [False, True])
def test_each_number_of_a_matrix_can_be_read(dark):
    """By the contrast of WCAG 2.2: 3 at least for numbers of this size; what few are right is pale."""
    counts = np.random.default_rng(0).integers(0, 40, (10, 10)) * np.arange(10)[:, None] + np.diag(np.arange(10) ** 2)
    figure = draw_matrix(counts, counts, list("abcdefghij"), "t", say, str, dark)
    contrasts = []
    for heat in figure["data"]:
        pale, full = (np.array(re.findall(r"\d+", colour), float) for _at, colour in heat["colorscale"])
        colour = tuple(int(heat["textfont"]["color"][at : at + 2], 16) for at in (1, 3, 5))
        cells = zip(np.ravel(heat["text"]), np.ravel(np.array(heat["z"], float)), strict=True)
        contrasts += [contrast(colour, pale + share * (full - pale)) for text, share in cells if text]
    assert len(contrasts) == np.count_nonzero(counts)
    assert min(contrasts) >= 3


def contrast(one, other):
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances of two colours 0..255."""

    def luminance(colour):
        parts = np.asarray(colour, float) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_larger_number_has_a_stronger_colour():
    figure, counts = matrix(10)
    wrong = ~np.eye(10, dtype=bool)
    strength = np.array(figure["data"][-1]["z"], dtype=float)[wrong]
    order = np.argsort(counts[wrong], kind="stable")
    assert (np.diff(strength[order]) >= 0).all()
    assert strength.max() == 1


def test_the_first_class_is_at_the_top_left():
    layout = matrix(10)[0]["layout"]
    assert layout["xaxis"]["range"] == [-0.5, 9.5]
    assert layout["yaxis"]["range"] == [9.5, -0.5]


def test_numbers_are_written_only_where_they_can_be_read():
    assert "texttemplate" in matrix(10)[0]["data"][0]
    assert "texttemplate" not in matrix(100)[0]["data"][0]


def test_curves_of_shares_and_reliability_are_ones_that_plotly_accepts():
    x = np.linspace(0, 1, 5)
    n = np.array([0, 2, 3, 0, 9])
    figures = [
        answers.curve(x, x, "x", "y", "t", -1.0),
        answers.curve(x, x, "x", "y", "t", 0.3),
        answers.reliability(x, x, n, "t", say),
    ]
    for figure in figures:
        go.Figure(data=figure["data"], layout=figure["layout"])
    assert figures[2]["data"][0]["x"] == x[n > 0].tolist()  # empty bins are left out
