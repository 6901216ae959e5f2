"""The form of transfer learning: a backbone from a file or from an earlier run, and how much of it goes on learning."""

import pytest

from core.network.classifier import NETWORK
from core.recipe.config import TrainingConfig
from tests.made.pages import open_page, texts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


def test_the_form_offers_backbones_and_runs_that_have_a_network(store, engine):
    earlier, _unfinished = (
        store.create(TrainingConfig(), name=name, queue=False) for name in ("Earlier", "Unfinished")
    )
    (earlier.folder / NETWORK).touch()
    app = open_page("03_train.py", architecture="transfer")
    assert app.selectbox(key="backbone").value == "efficientnet_lite0"
    offered = app.selectbox(key="backbone").options  # each plug-in, then the runs
    assert (offered[0], offered[-1]) == ("EfficientNet-Lite0 (ImageNet)", "Earlier")
    assert "Unfinished" not in offered
    assert "a million photos" in texts(app)
    app.number_input(key="fine_tune_blocks").set_value(2).run()
    assert app.query_params["fine_tune_blocks"] == "2"
    app.selectbox(key="backbone").set_value(earlier.id).run()
    assert app.query_params["backbone"] == earlier.id
    assert "cannot be begun from" in texts(app)  # its file is empty: the plan is refused, with the reason
    assert app.button(key="train").disabled


def test_a_link_to_a_run_of_another_machine_says_that_it_is_not_here(store, engine):
    gone = "20261126-114631-five-transfer-dccf97"
    app = open_page("03_train.py", architecture="transfer", backbone=gone)
    assert app.selectbox(key="backbone").value == gone
    assert f"no run called {gone}" in texts(app)
    assert app.button(key="train").disabled


def test_another_architecture_has_no_backbone(store, engine):
    app = open_page("03_train.py", architecture="transfer")
    app.selectbox(key="architecture").set_value("cnn_small").run()
    assert not [box for box in app.selectbox if box.key == "backbone"]
    assert "backbone" not in app.query_params
    assert not app.exception
