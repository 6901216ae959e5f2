"""Look inside, without a browser: every explanation on a network that was really trained, at every epoch."""

import io
import re
import shutil

import pytest
import streamlit as st
from PIL import Image

from core.inside.explanation import explanations
from core.recipe.config import TrainingConfig
from core.runs import checkpoints
from core.runs.store import RunStore
from dashboard import looking
from tests.made.pages import open_page, texts
from tests.made.runs import begin_again
from tests.made.workers import PATIENCE, command, start_worker, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("inside")]  # trains once, asks a process that has Keras


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = tmp_path_factory.mktemp("inside") / "runs"
    words = ("--set", "epochs=2", "--set", "train_images=300")
    done = command("train", *words, "--name", "Small", FITSCOPE_RUNS=str(home))
    assert done.returncode == 0, done.stderr
    plain = command("train", *words, "--set", "architecture=softmax", "--name", "Plain", FITSCOPE_RUNS=str(home))
    assert plain.returncode == 0, plain.stderr
    yield home
    looking.explainer().close()
    st.cache_resource.clear()


@pytest.fixture
def store(trained, tmp_path, monkeypatch):
    shutil.copytree(trained, tmp_path / "runs")
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    return RunStore(tmp_path / "runs")


def small(store):
    return next(run for run in store.all() if run.meta.name == "Small")


def open_on(run, name, **query):
    """The page with a run and an explanation in view."""
    app = open_page("13_look_inside.py", run=run.id, **query)
    app.selectbox(key="inside_explanation").select(name).run(timeout=PATIENCE)
    assert not app.exception
    return app


@pytest.mark.parametrize("name", explanations())
def test_every_explanation_opens_on_a_trained_network(store, name):
    app = open_on(small(store), name)
    assert not app.info
    assert not app.warning
    assert "What it does not show" in texts(app)


@pytest.mark.parametrize("name", explanations())
def test_a_network_without_a_convolution_is_answered_plainly(store, name):
    run = next(run for run in store.all() if run.meta.name == "Plain")
    app = open_on(run, name)
    assert all("network" in info.value or "layer" in info.value for info in app.info)


def test_every_epoch_can_be_opened_and_answers_differently(store):
    run = small(store)
    app = open_on(run, "feature_maps")
    for epoch in (0, 1, 2):
        app.select_slider(key=f"inside_epoch_{run.id}").set_value(epoch).run(timeout=PATIENCE)
        assert not app.exception
    before, after = (looking.explainer().ask(run, "filters", epoch=epoch).arrays for epoch in (0, 2))
    assert before.keys() == after.keys()
    assert all((before[name] != after[name]).any() for name in before)


def test_a_picture_of_ones_own_is_looked_at(store):
    app = open_on(small(store), "grad_cam")
    app.segmented_control(key="inside_source").set_value("upload").run(timeout=PATIENCE)
    assert "Choose a picture first" in texts(app)
    file = io.BytesIO()
    Image.new("L", (40, 30), 200).save(file, "PNG")
    app.file_uploader[0].upload("mine.png", file.getvalue(), "image/png").run(timeout=PATIENCE)
    assert not app.exception
    assert "Grad-CAM" in [one.value for one in app.subheader]


def test_a_file_that_is_no_picture_is_refused(store):
    app = open_on(small(store), "saliency")
    app.segmented_control(key="inside_source").set_value("upload").run(timeout=PATIENCE)
    app.file_uploader[0].upload("mine.png", b"no picture", "image/png").run(timeout=PATIENCE)
    assert "mine.png: it is not a picture" in app.error[0].value


def test_a_damaged_epoch_is_told(store):
    run = small(store)
    (run.checkpoints / "epoch-0001.npz").write_bytes(b"PK")
    app = open_on(run, "filters")
    app.select_slider(key=f"inside_epoch_{run.id}").set_value(1).run(timeout=PATIENCE)
    assert "epoch 1 was not kept" in app.info[0].value


def test_before_anything_was_trained_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "none"))
    assert "No network is trained yet" in open_page("13_look_inside.py").info[0].value


def test_another_layer_can_be_asked(store):
    app = open_on(small(store), "activation_maximisation")
    layers = app.selectbox(key="inside_option_layer").options
    assert len(layers) == 2
    app.selectbox(key="inside_option_layer").select(layers[0]).run(timeout=PATIENCE)
    assert f"Layer {layers[0]}, filter 1 of 16" in texts(app)


def another_epoch(run, epoch):
    """The training comes to the end of one more epoch."""
    shutil.copy(run.checkpoints / "epoch-0001.npz", run.checkpoints / f"epoch-{epoch:04d}.npz")


def test_a_training_is_followed_until_the_viewer_chooses_an_epoch(store):
    run = small(store)
    begin_again(run)
    app = open_on(run, "saliency")
    assert "Small · training" in app.selectbox(key="picked_run").options
    assert "epoch 2 is the last one kept, epoch 2 is shown" in texts(app)
    assert "of the validation set" in app.segmented_control(key="inside_source").options[0]
    image = f"inside_validation_{run.id}"
    picture = app.number_input(key=image).value
    another_epoch(run, 3)
    app.run(timeout=PATIENCE)
    assert not app.exception
    assert "epoch 3 is the last one kept, epoch 3 is shown" in texts(app)
    assert app.number_input(key=image).value == picture
    assert app.select_slider(key=f"inside_epoch_{run.id}").value == 3
    app.select_slider(key=f"inside_epoch_{run.id}").set_value(1).run(timeout=PATIENCE)
    another_epoch(run, 4)
    app.run(timeout=PATIENCE)
    assert "epoch 4 is the last one kept, epoch 1 is shown" in texts(app)
    switch = next(one for one in app.toggle if one.label == "Follow the training")
    assert not switch.value
    switch.set_value(True).run(timeout=PATIENCE)
    assert "epoch 4 is the last one kept, epoch 4 is shown" in texts(app)
    assert not app.exception


def test_many_pictures_of_a_training_are_those_of_validation(store):
    run = small(store)
    begin_again(run)
    app = open_on(run, "dead_units")
    assert "The pictures are of the validation set; the test set is asked at the end." in texts(app)
    assert not app.info


@pytest.mark.parametrize("page", ["13_look_inside.py", "15_time_machine.py"])
def test_where_epochs_come_faster_than_they_are_drawn_the_page_still_shows_new_ones(tmp_path, monkeypatch, page):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("FITSCOPE_CHECKPOINT_MB", "0")  # each makes room as soon as the next is there
    config = TrainingConfig(dataset="digits", architecture="softmax", epochs=1000, train_images=300)
    run = RunStore(tmp_path / "runs").create(config, queue=False)
    worker = start_worker(run)
    try:
        wait_until(lambda: len(run.history.epochs) > 2)
        app = open_page(page, run=run.id)
        seen = [shown(app)]
        for _again in range(30):  # the newest may have made room by the time that it is read: then the last one stays
            wait_until(lambda: checkpoints.epochs(run.checkpoints)[-1] > seen[-1])
            app.run(timeout=PATIENCE)
            assert not app.exception
            assert not app.warning
            assert not app.info
            seen.append(shown(app))
            if len(set(seen)) == 4:
                break
        assert seen == sorted(seen)
        assert len(set(seen)) == 4
        assert run.state == "running"
    finally:
        worker.kill()
        worker.wait()


def shown(app):
    return int(re.search(r"epoch (\d+) is shown", texts(app))[1])
