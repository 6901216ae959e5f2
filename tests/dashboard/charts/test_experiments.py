"""The figures of an experiment: places on the axis, bands, colours of verdicts that are also written."""

from types import SimpleNamespace

import pytest

from core.fit.rules import MEANINGS
from dashboard.charts.experiments import COLOURS, Place, Square, band, folds, over_values, rates, verdicts
from dashboard.charts.parts import TRAINING, VALIDATION


def say(text):
    return text


def figure(values, measured=None):
    places = [Place(value, 0.9, 0.8, 0.7, 0.85) for value in (values if measured is None else measured)]
    return over_values(values, [str(value) for value in values], places, "Dropout", "a title", say)


def test_validation_is_solid_and_training_dashed_in_the_colours_of_all_charts():
    interval, training, validation = figure([0.1, 0.2])["data"]
    assert (validation["line"]["dash"], validation["line"]["color"]) == ("solid", VALIDATION)
    assert (training["line"]["dash"], training["line"]["color"]) == ("dash", TRAINING)
    assert interval["y"] == [0.7, 0.7, 0.85, 0.85]


@pytest.mark.parametrize(
    ("values", "kind", "x"),
    [
        ([1e-5, 1e-3, 1e-1], "log", [1e-5, 1e-3, 1e-1]),
        ([20, 55, 152, 418, 1150], "log", [20, 55, 152, 418, 1150]),
        ([0.0, 0.45, 0.9], None, [0.0, 0.45, 0.9]),
        ([16, 32, 64], None, [16, 32, 64]),
        ([0.0, 1e-4, 1e-2], None, [0, 1, 2]),  # nothing has no place on a logarithmic axis
        (["adam", "sgd"], None, [0, 1]),
        ([False, True], None, [0, 1]),
        ([(32, 64), (8,)], None, [0, 1]),
        ([5], None, [5]),
    ],
)
def test_numbers_lie_where_they_belong_and_words_side_by_side(values, kind, x):
    made = figure(values)
    axis = made["layout"]["xaxis"]
    assert axis.get("type") == kind
    assert made["data"][2]["x"] == x
    assert axis["ticktext"] == [str(value) for value in values]
    assert axis["tickvals"] == x


def test_the_axis_is_whole_before_the_first_run_has_ended():
    before, after = figure([0.1, 0.5], []), figure([0.1, 0.5])
    assert before["layout"]["xaxis"] == after["layout"]["xaxis"]
    assert before["data"][2]["x"] == []


def test_points_are_joined_in_the_order_of_the_axis_whatever_ended_first():
    assert figure([1, 2, 3], [3, 1])["data"][2]["x"] == [1, 3]


def history(*accuracies):
    return SimpleNamespace(epochs=accuracies, column=lambda name: list(accuracies))


def test_a_band_is_the_lowest_and_highest_of_the_seeds_and_its_line_their_mean():
    made = band([history(0.2, 0.6, 0.8), history(0.4, 0.8)], "accuracy", "a title", say, 10)
    filled, line = made["data"][2:]
    assert line["x"] == [1, 2, 3]
    assert line["y"] == pytest.approx([0.3, 0.7, 0.8])  # the second one stopped early
    assert filled["y"] == [0.2, 0.6, 0.8, 0.8, 0.8, 0.4]
    assert made["layout"]["xaxis"]["range"] == [0, 10]


@pytest.mark.parametrize("histories", [[], [history()]])
def test_a_band_of_nothing_is_empty(histories):
    made = band(histories, "loss", "a title", say, 10)
    assert made["data"][3]["x"] == []
    assert made["layout"]["yaxis"]["range"] == [0, 3]


def test_folds_are_dots_before_the_band_of_their_mean():
    made = folds(["1", "2", "3"], [Place(0, 0.9, 0.8, 0.7, 0.9)], (0.8, 0.7, 0.9), "a title", say)
    assert {line["mode"] for line in made["data"]} == {"markers"}
    assert [line["marker"]["symbol"] for line in made["data"]] == ["circle", "diamond"]
    band_of_mean, mean = made["layout"]["shapes"]
    assert (band_of_mean["y0"], mean["y0"], band_of_mean["y1"]) == (0.7, 0.8, 0.9)
    assert "shapes" not in folds(["1", "2"], [], (0.0, 0.0, 1.0), "a title", say)["layout"]


def test_rates_lie_on_a_logarithmic_axis_with_a_line_at_the_suggestion():
    made = rates([1e-6, 1e-4, 0.3], [2.3, 2.2, 0.5], 0.01, "a title", say)
    axis = made["layout"]["xaxis"]
    assert axis["type"] == "log"
    assert axis["exponentformat"] == "power"
    assert axis["tickvals"] == pytest.approx([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1])
    assert made["layout"]["shapes"][0]["x0"] == made["layout"]["shapes"][0]["x1"] == 0.01


def test_every_verdict_has_a_colour_of_its_own_and_letters_that_can_be_read_on_it():
    assert set(COLOURS) == {*MEANINGS, None}
    told = [colours for finding, colours in COLOURS.items() if finding]
    assert len({paper for paper, _ink in told}) == len(told)
    for paper, ink in told:
        assert contrast(paper, ink) >= 4.5, paper


def contrast(one, other):
    """WCAG 2.1, of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_cell_of_the_map_has_the_colour_of_its_verdict_and_says_it_in_words():
    squares = [Square(1, 0, "overfitting", "Overfitting", 0.99, 0.8)]
    made = verdicts(squares, (("Images", ["20", "400"]), ("Filters", ["×1", "×4"])), "a title", say)
    heat = made["data"][0]
    assert heat["z"][0][1] == list(COLOURS).index("overfitting")
    assert heat["z"][1] == [None, None]
    scale = dict(zip(COLOURS, heat["colorscale"][::2], strict=True))
    assert scale["overfitting"][1] == COLOURS["overfitting"][0]
    (note,) = made["layout"]["annotations"]
    assert (note["x"], note["y"]) == (1, 0)
    assert note["text"] == "Overfitting<br>99 → 80 %<br>+19"
    assert "400 × ×1: Overfitting" in made["alt"]
