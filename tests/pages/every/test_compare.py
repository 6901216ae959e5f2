"""Two and more ticked runs beside each other: what differs, their curves, and two of them image by image."""

import pytest
from scipy.stats import binomtest

from core.recipe.config import TrainingConfig
from tests.made.pages import key_of, open_page, texts
from tests.made.runs import answer_wrongly, make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras

PARTS = ("validation", "test")


def ticked(*rows, **query):
    """The Runs page with those rows of its table ticked; the newest run comes first."""
    app = open_page("06_runs.py", **query)
    app.session_state[key_of(app)] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    app.run()
    assert not app.exception, app.exception
    return app


def compared(app):
    return next(table.value for table in app.dataframe if "" in table.value)


@pytest.fixture
def pair(store, engine):
    a = make_run(store, "finished", TrainingConfig(epochs=6, dropout=0.1), answered=PARTS)
    b = make_run(store, "finished", TrainingConfig(epochs=12, dropout=0.5), answered=PARTS)
    make_run(store, "finished", TrainingConfig(epochs=6, learning_rate=0.1))  # not ticked: its rate is no column
    return a, b


def test_the_table_shows_what_differs_among_the_ticked_runs_only(pair):
    frame = compared(ticked(1, 2))
    assert frame[""].to_list() == ["A", "B"]
    assert frame["Dropout"].to_list() == ["0.5", "0.1"]
    assert frame["Epochs"].to_list() == ["12", "6"]
    assert "Learning rate" not in frame
    assert frame["Validation accuracy, best epoch"].str.contains("n = 287").all()
    assert set(frame["Parameters"]) == {"13,706"}


def test_two_runs_are_compared_image_by_image(pair):
    a, b = pair
    answer_wrongly(a, every=4)
    answer_wrongly(b, every=40)
    app = ticked(1, 2)  # the newer is A here
    only_old, only_new = 0, 64  # of 287: each 4th is wrong before, each 40th, which is a 4th too, afterwards
    assert binomtest(only_old, only_old + only_new).pvalue < 0.001
    assert "A is better than B" in texts(app)
    assert "only A 64, only B 0" in texts(app)
    assert "p &lt; 0.001" in texts(app) or "p < 0.001" in texts(app)
    assert [one.label for one in app.expander if "Only" in one.label] == ["Only A has these right: 64"]


def test_equal_runs_are_within_noise(pair):
    for run in pair:
        answer_wrongly(run, every=9)
    assert "within noise" in texts(ticked(1, 2))


def test_of_three_runs_the_viewer_says_which_two_are_compared_image_by_image(pair):
    app = ticked(0, 1, 2)
    assert compared(app)[""].to_list() == ["A", "B", "C"]
    assert "Learning rate" in compared(app)
    pills = next(one for one in app.button_group if one.key == "pair")
    assert pills.options == ["A · B", "A · C", "B · C"]
    assert "older version" in texts(app)  # A has no answers to validation images
    pills.set_value("B · C").run()
    assert "only C" in texts(app)


def test_a_run_that_goes_on_is_compared_by_its_curves(store, engine):
    make_run(store, "finished", answered=PARTS)
    make_run(store, "running", TrainingConfig(epochs=9))
    app = ticked(0, 1)
    assert compared(app)["Test accuracy"].to_list()[0] == ""
    assert "once both have ended" in texts(app)


def test_a_damaged_run_is_left_out(pair, store):
    make_run(store, "damaged")
    rows = range(4)
    assert len(compared(ticked(*rows))) == 3


def test_in_french_too(pair):
    app = ticked(1, 2, lang="fr")
    assert "Époques" in compared(app)
    assert "dans le bruit" in texts(app)


def test_a_run_lists_its_own_recipe_what_differs_first(store, engine):
    run = make_run(store, "finished", TrainingConfig(epochs=12, dropout=0.5, train_images=300))
    app = open_page("03_train.py", run=run.id)
    app.session_state["recipe"] = True  # the expander, as a press opens it
    app.run()
    table = next(one.value for one in app.dataframe if "Name on the command line" in one.value)
    starred = table[table["★"] == "★"]
    assert dict(zip(starred["Name on the command line"], starred["Value"], strict=True)) == {
        "train_images": "300",
        "dropout": "0.5",
        "epochs": "12",
    }
    assert list(table["★"][:3]) == ["★"] * 3
    rest = dict(zip(table["Name on the command line"], table["Value"], strict=True))
    assert rest["learning_rate"] == "0.001"
    assert rest["dense_units"] == "64"  # the architecture's own
