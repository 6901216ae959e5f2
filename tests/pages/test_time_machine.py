"""Back in time, without a browser: every epoch says what it said during the training."""

import shutil

import numpy as np
import pytest
import streamlit as st

from core.evaluation import evaluation
from core.runs import checkpoints
from core.runs.store import RunStore
from tests.made.pages import open_page, texts
from tests.made.runs import begin_again, make_run
from tests.made.workers import command

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("time")]  # trains once, in a process of its own

SETTINGS = ("--set", "epochs=5", "--set", "train_images=300", "--set", "learning_rate=0.005", "--set", "seed=3")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = tmp_path_factory.mktemp("time") / "runs"
    done = command("train", *SETTINGS, "--name", "Traveller", FITSCOPE_RUNS=str(home))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def store(trained, tmp_path, monkeypatch):
    """A copy of that run, which a test may harm."""
    shutil.copytree(trained, tmp_path / "runs")
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    st.cache_resource.clear()
    st.cache_data.clear()
    return RunStore(tmp_path / "runs")


def test_an_epoch_of_a_link_is_shown_and_one_that_was_not_kept_is_told_with_those_that_were(store):
    run = store.get("latest")
    (run.checkpoints / "epoch-0003.npz").unlink()
    for page, key in (("15_time_machine.py", f"time_epoch_{run.id}"), ("13_look_inside.py", f"inside_epoch_{run.id}")):
        app = open_page(page, run=run.id, epoch="2")
        assert app.select_slider(key=key).value == 2
        assert not app.warning
        app = open_page(page, run=run.id, epoch="99")
        (told,) = app.warning
        first = 1 if "time" in page else 0
        assert told.value == f"Epoch 99 was not kept; this is the nearest one that was: 5. Kept: {first}–2, 4–5."
        app.select_slider(key=key).set_value(4).run()
        assert not app.warning
    (told,) = open_page("09_classify.py", run=run.id, epoch="99").warning
    assert told.value == "Epoch 99 was not kept; this is the network that the run keeps. Kept: 0–2, 4–5."


def test_every_epoch_is_kept_with_the_answers_that_were_scored(store):
    run = store.get("latest")
    assert checkpoints.epochs(run.checkpoints) == list(range(6))
    labels = evaluation.read(run, "validation").labels
    for epoch in run.history.epochs:
        answers = checkpoints.answers(run.checkpoints, epoch["epoch"])
        assert np.mean(answers.argmax(1) == labels) == pytest.approx(epoch["val_accuracy"], abs=0.01)  # float16 ties


def test_the_slider_shows_each_epoch(store):
    app = open_page("15_time_machine.py")
    run = store.get("latest")
    labels = evaluation.read(run, "validation").labels
    for epoch in (1, 3, 5):
        app.select_slider(key=f"time_epoch_{run.id}").set_value(epoch).run()
        accuracy = np.mean(checkpoints.answers(run.checkpoints, epoch).argmax(1) == labels)
        assert f"Epoch {epoch}: **{100 * accuracy:.2f}" in texts(app)
        assert not app.exception


def test_best_and_last_stand_side_by_side(store):
    app = open_page("15_time_machine.py")
    app.toggle(key="time_pair").set_value(True).run()
    assert texts(app).count("validation images right") == 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_image_is_followed(store, language):
    run = store.get("latest")
    app = open_page("15_time_machine.py", lang=language)
    app.number_input(key=f"time_image_{run.id}").set_value(7).run()
    assert not app.exception


def test_an_epoch_that_is_damaged_is_told(store):
    run = store.get("latest")
    (run.checkpoints / "epoch-0003.npz").write_bytes(b"PK")
    app = open_page("15_time_machine.py")
    app.select_slider(key=f"time_epoch_{run.id}").set_value(3).run()
    assert "answers of epoch 3 were not kept" in app.info[0].value


def test_before_anything_was_trained_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "none"))
    assert "then come back" in open_page("15_time_machine.py").info[0].value


def test_a_run_without_kept_epochs_is_not_offered(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "other"))
    store = RunStore(tmp_path / "other")
    run = make_run(store, "finished")
    for path in run.checkpoints.glob("epoch-*.npz"):
        path.unlink()
    assert "then come back" in open_page("15_time_machine.py").info[0].value


def test_the_mistakes_of_an_epoch_are_those_of_its_answers(store):
    run = store.get("latest")
    app = open_page("12_mistakes.py", run=run.id)
    app.segmented_control(key="mistakes_split").set_value("validation").run()
    app.select_slider(key=f"mistakes_epoch_{run.id}").set_value(1).run()
    labels = evaluation.read(run, "validation").labels
    accuracy = np.mean(checkpoints.answers(run.checkpoints, 1).argmax(1) == labels)
    assert f"**{100 * accuracy:.2f}" in texts(app)
    (run.checkpoints / "epoch-0001.npz").write_bytes(b"PK")
    assert "answers of epoch 1 were not kept" in app.run().warning[0].value


def test_a_training_shows_its_last_kept_epoch_and_goes_on_with_it(store):
    run = store.get("latest")
    labels = evaluation.read(run, "validation").labels
    begin_again(run)
    app = open_page("15_time_machine.py", run=run.id)
    accuracy = np.mean(checkpoints.answers(run.checkpoints, 5).argmax(1) == labels)
    assert f"Epoch 5: **{100 * accuracy:.2f}" in texts(app)
    shutil.copy(run.checkpoints / "epoch-0001.npz", run.checkpoints / "epoch-0006.npz")
    app.run()
    accuracy = np.mean(checkpoints.answers(run.checkpoints, 1).argmax(1) == labels)
    assert f"Epoch 6: **{100 * accuracy:.2f}" in texts(app)
    assert "test" not in texts(app).lower().replace("latest", "")
    assert not app.exception
