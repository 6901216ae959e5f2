"""Convolution by hand in every state, without a browser."""

import pytest

from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made.pages import open_page, texts
from tests.made.runs import make_run


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
    assert "no 3×3 convolution" in app.info[0].value


def test_a_window_that_does_not_fit_is_told(store):
    app = open_page("14_by_hand.py")
    app.number_input(key="by_hand_rows").set_value(2).run()
    assert "does not fit into an image of 2×5" in app.error[0].value
    app.segmented_control(key="by_hand_padding").set_value("same").run()
    assert not app.error


@pytest.mark.parametrize("text", ["", "1", "a; b", "1; nan", "1;" * 11])
def test_scores_that_are_none_are_told(store, text):
    app = open_page("14_by_hand.py")
    app.text_input(key="by_hand_scores").set_value(text).run()
    assert "2 to 10 numbers" in app.warning[0].value


def test_softmax_is_written_out(store):
    app = open_page("14_by_hand.py")
    app.text_input(key="by_hand_scores").set_value("0; 0").run()
    assert "−ln 0.500 = **0.693**" in texts(app)
