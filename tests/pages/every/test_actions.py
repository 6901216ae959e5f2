"""What can be done on the pages of trainings, without a browser."""

import gzip
import json

import pytest
import scipy.stats
import streamlit as st

from core.data import catalogue
from core.experiments import expected
from core.files import read_json, write_json
from core.queue import paces
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs import changes, cost
from core.runs.store import RunStore
from dashboard import words
from dashboard.widgets import timing
from dashboard.words import in_markdown
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


def test_another_architecture_brings_its_own_settings(store, engine):
    app = open_page("03_train.py")
    app.slider(key="dropout").set_value(0.8).run()
    app.selectbox(key="architecture").select("mlp_dropout").run()
    assert app.slider(key="dropout").value == architectures.get("mlp_dropout").settings["dropout"]
    app.selectbox(key="architecture").select("softmax").run()
    assert "dropout" not in [slider.key for slider in app.slider]


def test_the_slider_and_the_field_of_the_learning_rate_follow_each_other(store, engine):
    app = open_page("03_train.py")
    app.select_slider(key="learning_rate_slider").set_value(0.01).run()
    assert app.number_input(key="learning_rate").value == pytest.approx(0.01)
    app.number_input(key="learning_rate").set_value(0.1).run()
    assert app.select_slider(key="learning_rate_slider").value == 0.1


def test_on_a_phone_the_levers_and_train_stand_in_the_page(store, engine):
    app = open_page("03_train.py")
    app.slider(key="phone_dropout").set_value(0.5).run()
    assert app.slider(key="dropout").value == 0.5
    app.slider(key="dropout").set_value(0.1).run()
    assert app.slider(key="phone_dropout").value == 0.1
    app.button(key="phone_train").click().run()
    (run,) = store.all()
    assert run.config.dropout == 0.1
    assert app.title[0].value == in_markdown(run.meta.name)


def test_train_queues_a_run_and_shows_it(store, engine):
    app = open_page("03_train.py")
    app.button(key="train").click().run()
    (run,) = store.all()
    assert run.state == "queued"
    assert engine.scheduler._wake.is_set()
    assert app.title[0].value == in_markdown(run.meta.name)
    assert app.query_params["run"] == run.id


def test_the_time_is_tried_told_beforehand_and_held_against_what_it_was(store, engine, monkeypatch):
    def tried(store, cells, _ask):
        store.folder.mkdir()
        write_json(store.folder / paces.FILE, {paces.key(cells[0].recipe): {"seconds": 0.01, "memory": 800_000_000}})

    monkeypatch.setattr(timing, "calibrate", tried)
    app = open_page("03_train.py")
    app.button(key="calibrate").click().run()
    assert "calibrate" not in [button.key for button in app.button]
    known = expected.foretold(store, TrainingConfig())
    assert f"about {words.duration(known.seconds)}, going by the size of the networks" in texts(app)
    assert "800.0 MB of memory" in texts(app)
    app.button(key="train").click().run()
    (run,) = store.all()
    assert cost.foretold(run) == known
    run = make_run(store, "finished")
    cost.save(run, known)
    status = read_json(run.folder / "status.json")
    took = 1.5 * known.seconds
    write_json(run.folder / "status.json", {**status, "since": run.attempts[0]["at"] + took})
    lines = [json.loads(line) for line in (run.folder / "events.jsonl").read_text("utf-8").splitlines()]
    told = {"cores": 1.5, "memory": 640_000_000, "gpu_memory": None, "joules": 720}
    used = [line | ({"used": told} if line["event"] == "epoch" else {}) for line in lines]
    (run.folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in used), "utf-8")
    app = open_page("03_train.py", run=run.id)
    assert f"It took {words.duration(took)} with start and test, 50" in texts(app)
    said = "Used while it trained: 1.5 cores, 640.0 MB of memory, 1.20 Wh, of the whole processor"  # six times 720 J
    assert said in texts(app)
    assert "Expected memory: 800.0 MB. At most it had 640.0 MB, 20 % less." in texts(app)


def test_stop_and_resume_are_obeyed(store, engine):
    run = make_run(store, "running")
    app = open_page("03_train.py", run=run.id)
    app.button(key="stop").click().run()
    assert run.stop_asked
    lost = make_run(store, "lost")
    app = open_page("03_train.py", run=lost.id)
    app.button(key="resume").click().run()
    assert lost.state == "queued"


def test_what_is_paused_can_be_changed_before_it_goes_on(store, engine):
    run = make_run(store, "stopped")
    app = open_page("03_train.py", run=run.id)
    app.number_input(key=f"change_early_stopping_patience_{run.id}_0").set_value(7).run()
    app.button(key=f"change_{run.id}").click().run()
    assert changes.asked(run) == [{"early_stopping_patience": 7}]
    assert "Asked for: Patience 7" in texts(app)
    ended = open_page("03_train.py", run=make_run(store, "finished").id)
    assert not [button for button in ended.button if button.key and button.key.startswith("change_")]


def test_a_run_is_starred_renamed_and_annotated(store, engine):
    run = make_run(store, "finished")
    app = open_page("03_train.py", run=run.id)
    app.button(key="star").click().run()
    app.text_input(key=f"name-{run.id}").set_value("my best one").run()
    app.text_area(key=f"notes-{run.id}").set_value("more dropout helped").run()
    assert (run.meta.star, run.meta.name, run.meta.notes) == (True, "my best one", "more dropout helped")
    assert app.title[0].value == "my best one"


def test_a_deleted_run_comes_back_with_undo(store, engine):
    run = make_run(store, "finished")
    app = open_page("03_train.py", run=run.id)
    app.button(key="delete").click().run()
    assert store.all() == []
    app.button(key="undo").click().run()
    assert [one.id for one in store.all()] == [run.id]


def test_an_active_run_is_not_deleted(store, engine):
    run = make_run(store, "running")
    app = open_page("03_train.py", run=run.id)
    app.button(key="delete").click().run()
    assert [one.id for one in store.all()] == [run.id]


def test_a_clone_is_queued_with_the_same_recipe(store, engine):
    run = make_run(store, "finished")
    app = open_page("03_train.py", run=run.id)
    app.button(key="clone").click().run()
    assert [one.config for one in store.all()] == [run.config, run.config]
    assert store.all()[0].state == "queued"


def test_a_full_disk_is_told_and_nothing_is_lost(store, engine, monkeypatch):
    from core.errors import StorageError

    def full(*_args, **_kwargs):
        raise StorageError("The disk is full: {path} could not be written. Free some space, then go on.", path="runs")

    app = open_page("03_train.py", epochs="9")
    monkeypatch.setattr(RunStore, "create", full)
    app.button(key="train").click().run()
    assert "The disk is full" in app.error[0].value
    assert app.number_input(key="epochs").value == 9


def test_an_unknown_run_in_a_link_is_told(store, engine):
    app = open_page("03_train.py", run="../../etc")
    assert "There is no run called" in app.warning[0].value


def test_a_finished_run_shows_its_test_figures_with_n_and_interval(store, engine):
    run = make_run(store, "finished")
    shown = texts(open_page("03_train.py", run=run.id))
    assert "Test: 88.89 % of 360 images right" in shown
    wilson = scipy.stats.binomtest(320, 360).proportion_ci(method="wilson")
    assert f"95 % interval {wilson.low:.2%} to {wilson.high:.2%}".replace("%", " %").replace("95  %", "95 %") in shown


def test_the_first_button_trains_the_default_recipe(store, engine):
    app = open_page("01_start.py")
    app.button(key="start").click().run()
    assert store.all()[0].config == TrainingConfig()


def test_the_language_follows_the_link_and_can_be_switched(store, engine):
    app = open_page("01_start.py", lang="fr")
    french = app.title[0].value
    app.segmented_control(key="lang").set_value("en").run()
    assert app.title[0].value == "See a network learn"
    assert french != app.title[0].value


def test_the_images_page_counts_each_class(store, engine):
    app = open_page("07_images.py")
    app.selectbox(key="images_dataset").select("digits").run()
    assert not app.exception
    assert any("digits" in str(one.value).lower() or "Digits" in str(one.value) for one in app.title)


@pytest.fixture
def damaged_mnist(own_data_folder):
    """MNIST's four files, each of them cut short."""
    st.cache_resource.clear()
    for file in catalogue.dataset("mnist").files:
        path = own_data_folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(b"\0\0\x08\x03")[:-4])
    yield own_data_folder
    st.cache_resource.clear()


def test_a_damaged_data_file_is_told_and_another_dataset_can_be_chosen(store, engine, damaged_mnist):
    app = open_page("03_train.py", dataset="mnist", epochs="9")
    assert any("ubyte.gz" in error.value for error in app.error)
    app.selectbox(key="dataset").select("digits").run()
    assert not app.error
    assert app.number_input(key="epochs").value == 9
    assert not app.button(key="train").disabled


def test_the_images_page_tells_of_a_damaged_data_file(store, engine, damaged_mnist):
    app = open_page("07_images.py")
    app.selectbox(key="images_dataset").select("mnist").run()
    assert any("ubyte.gz" in error.value for error in app.error)
    app.selectbox(key="images_dataset").select("digits").run()
    assert not app.error


def test_a_dataset_that_is_not_here_is_offered_for_download(store, engine, own_data_folder):
    st.cache_resource.clear()
    app = open_page("07_images.py")
    app.selectbox(key="images_dataset").select("mnist").run()
    assert app.button(key="download")
    assert "MB to download" in app.info[0].value
    app = open_page("03_train.py", dataset="mnist")
    assert "needs an internet connection" in texts(app)
    assert not app.button(key="train").disabled


def test_figures_stay_when_the_images_of_a_run_are_gone(store, engine, own_data_folder):
    run = make_run(store, "finished")
    (run.folder / "config.json").write_text(json.dumps({**run.config.as_dict(), "dataset": "mnist"}), "utf-8")
    st.cache_resource.clear()
    app = open_page("03_train.py", run=run.id)
    assert "Test: 88.89 % of 360 images right" in texts(app)
    assert any("are not on this machine" in warning.value for warning in app.warning)


def test_a_waiting_run_says_its_place(store, engine):
    st.cache_data.clear()
    first, second = make_run(store, "queued"), make_run(store, "queued")
    assert "next in the queue" in texts(open_page("03_train.py", run=first.id))
    assert "place 2 in the queue" in texts(open_page("03_train.py", run=second.id))


@pytest.mark.parametrize("name", ["12_mistakes.py", "15_time_machine.py"])
def test_a_link_to_another_run_wins_over_the_one_chosen_before(name, store, engine):
    first, second = make_run(store, "finished"), make_run(store, "finished")
    app = open_page(name, run=first.id)
    assert app.selectbox(key="picked_run").value == first.id
    app.query_params["run"] = second.id
    app.run()
    assert app.selectbox(key="picked_run").value == second.id
    app.selectbox(key="picked_run").select(first.id).run()
    assert app.selectbox(key="picked_run").value == first.id
    assert app.query_params["run"] == first.id
