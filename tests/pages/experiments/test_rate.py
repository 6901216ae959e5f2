"""The learning-rate finder on the Experiments page: asked, drawn, taken along; why it could not be."""

import json

import pytest

from tests.made.pages import open_page, texts

PAGE = "05_experiments.py"

pytestmark = pytest.mark.xdist_group("pages")  # they share one worker with Keras


def test_it_is_found_drawn_and_one_press_away_from_a_training(store, engine):
    app = open_page("03_train.py", architecture="softmax")
    app.switch_page(f"../pages/{PAGE}").run()
    app.button(key="find_rate").click().run()
    assert not app.exception
    (chart,) = [json.loads(one.proto.json) for one in app.get("bidi_component") if "rates" in one.proto.id]
    figure = chart["figure"]
    rate = figure["layout"]["shapes"][0]["x0"]
    assert figure["data"][0]["x"][0] < rate < figure["data"][0]["x"][-1]
    assert f"{rate:g}" in figure["title"]
    links = [link.proto.query_string for link in app.get("page_link") if link.proto.label == f"Train with {rate:g}"]
    assert len(links) == 1
    assert "architecture=softmax" in links[0]
    assert f"learning_rate={rate}" in links[0]
    assert store.all() == []


def test_a_network_that_cannot_be_built_is_told(store, engine):
    app = open_page("03_train.py", architecture="cnn_three_blocks")  # digits are 8×8
    app.switch_page(f"../pages/{PAGE}").run()
    app.button(key="find_rate").click().run()
    assert not app.exception
    assert "choose" in texts(app).lower()
    assert not [one for one in app.get("bidi_component") if "rates" in one.proto.id]


def test_without_a_trainer_it_says_so(store, monkeypatch):
    app = open_page(PAGE)
    app.button(key="find_rate").click().run()
    assert "Nobody is training here" in texts(app)
