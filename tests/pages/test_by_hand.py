"""Everything by hand, in every state, without a browser."""

import json

import numpy as np
import pytest
from sklearn.metrics import precision_score

from core.evaluation.evaluation import read
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    return RunStore(tmp_path / "runs")


@pytest.mark.parametrize("kernel", ["sharpen", "edges", "blur", "sobel_x", "sobel_y", "identity", "network"])
def test_every_kernel_can_be_taken(store, kernel):
    app = open_page("14_by_hand.py")
    app.selectbox(key="by_hand_kernel").select(kernel).run()
    assert not app.exception


def test_a_network_without_a_convolution_is_told(store):
    make_run(store, "finished", TrainingConfig(architecture="softmax"))
    app = open_page("14_by_hand.py")
    app.selectbox(key="by_hand_kernel").select("network").run()
    assert "no convolution" in app.info[0].value


@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize("channels", [2, 3])
def test_kernels_of_every_size_and_several_channels(store, size, channels):
    app = open_page("14_by_hand.py")
    app.number_input(key="by_hand_rows").set_value(8)
    app.number_input(key="by_hand_columns").set_value(8)
    app.number_input(key="by_hand_size").set_value(size)
    app.segmented_control(key="by_hand_channels").set_value(channels).run()
    assert not app.exception
    assert not app.error
    assert len(app.tabs) == 2 * channels
    (shown,) = (json.loads(one.proto.json) for one in app.get("bidi_component") if "convolution" in one.proto.id)
    assert np.shape(shown["padded"]) == (channels, 8, 8)
    assert np.shape(shown["kernel"]) == (channels, size, size)
    assert np.shape(shown["output"]) == (9 - size, 9 - size)


def test_a_subject_that_is_none_is_told(store):
    app = open_page("14_by_hand.py", subject="algebra")
    assert "subject=algebra is unknown; choose one of: convolution, neuron" in app.warning[0].value
    assert app.segmented_control(key="by_hand").value == "convolution"


def test_a_window_that_does_not_fit_is_told(store):
    app = open_page("14_by_hand.py")
    app.number_input(key="by_hand_rows").set_value(2).run()
    assert "does not fit into an image of 2×5" in app.error[0].value
    app.segmented_control(key="by_hand_padding").set_value("same").run()
    assert not app.error


@pytest.mark.parametrize("text", ["", "1", "a; b", "1; nan", "1;" * 11])
def test_scores_that_are_none_are_told(store, text):
    app = open_page("14_by_hand.py", subject="loss")
    app.text_input(key="by_hand_scores").set_value(text).run()
    assert "2 to 10 numbers" in app.warning[0].value


def test_softmax_is_written_out(store):
    app = open_page("14_by_hand.py", subject="loss")
    app.text_input(key="by_hand_scores").set_value("0; 0").run()
    assert "−ln 0.500 = **0.693**" in texts(app)
    assert app.table[0].value["Label y (one-hot)"].tolist() == ["1", "0"]


@pytest.fixture
def probabilities(store):
    app = open_page("14_by_hand.py", subject="loss")
    return app.segmented_control(key="by_hand_source").set_value("probabilities").run()


@pytest.mark.parametrize(("text", "loss"), [("0.2", "1.609"), ("0,2; 0,8", "1.609"), ("1; 0", "0"), ("0; 1", "∞")])
def test_the_loss_of_probabilities_that_are_typed(probabilities, text, loss):
    probabilities.text_input(key="by_hand_probabilities").set_value(text).run()
    assert f"= **{loss}**" in texts(probabilities)
    assert not probabilities.info


def test_a_probability_that_is_nearly_none_is_a_power_of_ten(probabilities):
    probabilities.text_input(key="by_hand_probabilities").set_value("0.000025; 0.999975").run()
    assert "−ln 2.5 · 10⁻⁵ = **10.597**" in texts(probabilities)  # ln 40,000


@pytest.mark.parametrize("text", ["", "a", "1.2; 0", "-0.5; 1.5"])
def test_probabilities_that_are_none_are_told(probabilities, text):
    probabilities.text_input(key="by_hand_probabilities").set_value(text).run()
    assert "1 to 10 numbers from 0 to 1" in probabilities.warning[0].value


def test_probabilities_that_do_not_add_up_are_told_and_counted(probabilities):
    probabilities.text_input(key="by_hand_probabilities").set_value("0.2; 0.3").run()
    assert "They add up to 0.500" in probabilities.info[0].value
    assert "= **1.609**" in texts(probabilities)


def test_the_loss_of_a_networks_answer(store):
    app = open_page("14_by_hand.py", subject="loss")
    app.segmented_control(key="by_hand_source").set_value("network").run()
    assert "No network was tested yet" in app.info[0].value
    run = make_run(store, "finished")
    evaluation = read(run, "test")
    app = open_page("14_by_hand.py", subject="loss")
    app.segmented_control(key="by_hand_source").set_value("network").run()
    for right, loss in ((True, "0"), (False, "∞")):  # made answers are certain
        position = int(np.flatnonzero((evaluation.predicted == evaluation.labels) == right)[0])
        app.number_input(key="by_hand_image_number").set_value(position + 1).run()
        assert f"= **{loss}**" in texts(app)


def test_a_neuron_is_written_out(store):
    app = open_page("14_by_hand.py", subject="neuron")
    assert "z = 0.5 · 0.8 + (−1) · 0.4 + 2 · (−0.3) + 0.1" in texts(app)
    assert "= **−0.5**" in texts(app)
    assert "a = ReLU(z) = **0**" in texts(app)
    assert "z = 0,5 · 0,8 + (−1) · 0,4" in texts(open_page("14_by_hand.py", subject="neuron", lang="fr"))
    app.selectbox(key="by_hand_beginning").select("and").run()
    assert "= 10 + 10 + (−15) = **5**" in texts(app)
    app.number_input(key="by_hand_inputs_and").set_value(6).run()
    assert not app.exception


def test_batches_of_an_epoch_are_counted(store):
    app = open_page("14_by_hand.py", subject="batches")
    assert "20 images / 4 a step = **5 steps an epoch**" in texts(app)
    app.number_input(key="by_hand_batch_size").set_value(6).run()
    assert "**4 steps an epoch**" in texts(app)
    assert "The last step has only 2 images." in texts(app)
    (shown,) = (json.loads(one.proto.json) for one in app.get("bidi_component") if "batches" in one.proto.id)
    assert all(sorted(order) == list(range(20)) for order in shown["orders"])
    assert len({tuple(order) for order in shown["orders"]}) == len(shown["orders"])  # shuffled anew


def test_the_four_fields_of_a_class_are_worked_out(store):
    app = open_page("14_by_hand.py", subject="one_class")
    assert "No network was tested yet" in app.info[0].value
    app.segmented_control(key="by_hand_fields_source").set_value("own").run()
    assert "(8 + 86) / 100 = 94 / 100 = **94.0" in texts(app)
    assert "8 / (8 + 2) = **80.0" in texts(app)
    assert "8 / (8 + 4) = **66.7" in texts(app)
    for key in ("tp", "fp"):
        app.number_input(key=f"by_hand_{key}").set_value(0)
    app.run()
    assert "0 / (0 + 0) = no value: 0 / 0\n" in texts(app)


def test_the_four_fields_of_a_network(store):
    run = make_run(store, "finished")
    labels, predicted = read(run, "test").labels, read(run, "test").predicted
    app = open_page("14_by_hand.py", subject="one_class")
    app.selectbox(key="by_hand_class").select(3).run()
    precision = precision_score(labels == 3, predicted == 3)
    assert f"= **{100 * precision:.1f}" in texts(app)
