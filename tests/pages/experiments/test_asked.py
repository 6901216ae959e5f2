"""The Experiments page before anything trains: each question, its options, what it would cost, a start that fails."""

import pytest

from core.errors import StorageError
from core.experiments import experiment as experiments
from core.experiments.kind import kinds
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from dashboard.words import speaking
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

PAGE = "05_experiments.py"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


def keys(app):
    return [button.key for button in app.button]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", list(kinds()))
def test_every_question_is_asked_from_a_link_and_begun(store, engine, name, language):
    with speaking(language):  # in which the test, too, finds the options of a page
        app = open_page(PAGE, ask=name, lang=language)
        assert app.radio(key="ask").value == name
        app.button(key="start_experiment").click().run()
    assert not app.exception
    (made,) = experiments.experiments(store)
    assert made.kind == name
    assert app.query_params["experiment"] == made.id
    assert made.total == len(kinds()[name].cells(TrainingConfig(), {}))
    assert len(made.runs) == (1 if made.grows else made.total)
    assert {run.state for run in store.all()} == {"queued"}
    assert "pause_experiment" in keys(app)


def test_it_begins_with_the_recipe_of_the_form(store, engine):
    app = open_page("03_train.py", architecture="softmax", epochs="3")
    app.switch_page(f"../pages/{PAGE}").run()
    assert "Softmax" in texts(app)
    app.button(key="start_experiment").click().run()
    assert {(run.config.architecture, run.config.epochs) for run in store.all()} == {("softmax", 3)}


def test_a_setting_that_the_network_does_not_have_is_not_offered(store, engine):
    app = open_page("03_train.py", architecture="softmax")
    app.switch_page(f"../pages/{PAGE}").run()
    app.radio(key="ask").set_value("validation_curve").run()
    offered = app.selectbox(key="ask_validation_curve_setting").options
    assert "Learning rate" in offered
    assert not {"Dropout", "Seed", "Dataset"} & set(offered)


def test_values_can_be_written_and_what_is_none_is_told(store, engine):
    app = open_page(PAGE, ask="validation_curve")
    app.text_input(key="ask_validation_curve_values").set_value("0.1, 0.01").run()
    app.button(key="start_experiment").click().run()
    assert {run.config.learning_rate for run in store.all()} == {0.1, 0.01}
    app = open_page(PAGE, ask="validation_curve")
    app.text_input(key="ask_validation_curve_values").set_value("much").run()
    assert "learning_rate=much" in texts(app)
    assert "start_experiment" not in keys(app)


def test_the_values_that_are_tried_by_themselves_stand_in_the_field(store, engine):
    app = open_page(PAGE, ask="grid")
    assert app.text_input(key="ask_grid_first_values").placeholder == "32, 64, 128"
    app.number_input(key="ask_grid_points").set_value(2).run()
    assert app.text_input(key="ask_grid_second_values").placeholder == "0.0001, 0.001"


def test_a_question_that_this_network_cannot_answer_says_so(store, engine):
    app = open_page("03_train.py", architecture="softmax")
    app.switch_page(f"../pages/{PAGE}").run()
    app.radio(key="ask").set_value("capacity_map").run()
    assert "softmax has no setting filter_multiplier" in texts(app)
    assert "start_experiment" not in keys(app)


def test_the_same_settings_twice_are_no_grid(store, engine):
    app = open_page(PAGE, ask="grid")
    app.selectbox(key="ask_grid_second").set_value("batch_size").run()
    assert "two different settings" in texts(app)


def test_the_number_of_runs_and_the_time_are_told_from_earlier_runs(store, engine):
    make_run(store, "finished", TrainingConfig())
    said = texts(open_page(PAGE))
    assert "**5 runs** · **about" in said
    assert "going by earlier runs" in said


def test_where_a_run_may_stop_early_the_time_is_the_most(store, engine):
    make_run(store, "finished", TrainingConfig())
    app = open_page("03_train.py", early_stopping_patience="3")
    app.switch_page(f"../pages/{PAGE}").run()
    assert "at most" in texts(app)


def test_the_same_question_for_less_stands_beside_it_and_is_one_press_away(store, engine):
    make_run(store, "finished", TrainingConfig())
    app = open_page(PAGE, ask="learning_curve")
    assert "**5 runs**" in texts(app)
    assert app.button(key="cheaper").label.startswith("Ask it for less: 3 runs, about")
    app.button(key="cheaper").click().run()
    assert "**3 runs**" in texts(app)
    assert "cheaper" not in keys(app)


def test_of_networks_that_were_never_trained_here_the_time_can_be_tried(store, engine):
    app = open_page(PAGE)
    assert "not known yet" in texts(app)
    app.button(key="calibrate").click().run()
    assert not app.exception
    said = texts(app)
    assert "**5 runs** · **about" in said
    assert "may be off by 50" in said
    assert "calibrate" not in keys(app)
    assert store.all() == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_disk_that_is_full_is_said_and_nothing_is_lost(store, engine, monkeypatch, language):
    def full(*_given, **_named):
        raise StorageError("The disk is full.")

    with speaking(language):
        app = open_page(PAGE, ask="seeds", lang=language)
        app.number_input(key="ask_seeds_seeds").set_value(7).run()
        monkeypatch.setattr(RunStore, "create", full)
        app.button(key="start_experiment").click().run()
    assert "The disk is full." in texts(app)
    assert app.number_input(key="ask_seeds_seeds").value == 7
    assert experiments.experiments(store) == []


def test_without_any_experiment_the_list_says_what_to_do(store, engine):
    assert "None yet. Choose a question above" in texts(open_page(PAGE))
