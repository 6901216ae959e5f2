"""The Race page: composed, begun, followed, answered; forgotten races and deleted runs."""

import pytest

from core.errors import StorageError
from core.recipe.config import SETTINGS, TrainingConfig
from core.runs import race as races
from core.runs.store import RunStore
from dashboard.runs.race_form import _first_value
from tests.made.pages import open_page, texts
from tests.made.runs import answer_wrongly, make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras

BOTH = ("validation", "test")


def raced(store, every, guess=""):
    """A race that has ended; of its runs, every so-manieth validation image is wrong."""
    runs = []
    for place, wrong in enumerate(every):
        run = make_run(store, "finished", TrainingConfig(dropout=place / 10), answered=BOTH)
        answer_wrongly(run, every=wrong)
        runs.append(run.id)
    race = races.Race("20261126-000000-abcdef", "Dropout: A 0 · B 0.1", 0.0, tuple(runs), "", guess)
    races.restore(store, race)
    return race


def test_two_runs_that_differ_in_one_setting_are_begun_together(store, engine):
    app = open_page("04_race.py")
    assert "Small CNN" in texts(app)
    app.slider(key="race_A_dropout").set_value(0.0).run()
    app.radio(key="race_guess_2").set_value("B").run()
    app.button(key="start_race").click().run()
    assert not app.exception
    (race,) = races.races(store)
    assert race.name == "Dropout: A 0 · B 0.5"
    assert race.guess == "B"
    assert app.query_params["race"] == race.id
    assert app.title[0].value.replace("\\", "") == "Dropout: A 0 · B 0.5"
    recipes = [run.config for run in races.runs_of(store, race).values()]
    assert [recipe.dropout for recipe in recipes] == [0.0, 0.5]
    assert len({recipe.seed for recipe in recipes}) == 1
    app.button(key="stop_race").click().run()
    assert [run.state for run in races.runs_of(store, race).values()] == ["stopped", "stopped"]


def test_six_runs_in_three_settings_and_no_more(store, engine):
    app = open_page("04_race.py")
    app.multiselect(key="race_settings").set_value(["architecture", "learning_rate", "train_images"]).run()
    for _time in range(4):
        app.button(key="more_runs").click().run()
    assert app.button(key="more_runs").disabled
    app.button(key="start_race").click().run()
    assert not app.exception
    (race,) = races.races(store)
    assert len({run.config.learning_rate for run in races.runs_of(store, race).values()}) == 5  # five are worth a look
    assert race.name.startswith("A ")


@pytest.mark.parametrize(
    "name", ["batch_norm", "filters", "optimizer", "augmentation", "epochs", "l2", "filter_multiplier"]
)
def test_a_setting_of_any_kind_has_a_control_and_another_value_for_the_second_run(store, engine, name):
    app = open_page("03_train.py", architecture="cnn_batchnorm")
    app.switch_page("../pages/04_race.py").run()
    app.multiselect(key="race_settings").set_value([name]).run()
    app.button(key="start_race").click().run()
    assert not app.exception
    (race,) = races.races(store)
    first, second = (run.config for run in races.runs_of(store, race).values())
    assert (first != second) == (name != "filters")  # of widths nobody can guess better ones


def test_what_does_not_fit_is_said_where_it_stands_and_nothing_can_be_started(store, engine):
    app = open_page("04_race.py")
    app.multiselect(key="race_settings").set_value(["train_images"]).run()
    app.number_input(key="race_B_train_images").set_value(3).run()
    assert "train_images=3" in texts(app)
    assert "start_race" not in [button.key for button in app.button]


def test_words_that_are_no_widths_are_told_where_they_stand(store, engine):
    app = open_page("03_train.py", architecture="cnn_batchnorm")
    app.switch_page("../pages/04_race.py").run()
    app.multiselect(key="race_settings").set_value(["filters"]).run()
    app.text_input(key="race_B_filters").set_value("many").run()
    assert "filters=many" in texts(app)
    assert app.text_input(key="race_A_filters")


def test_a_disk_that_is_full_is_said_and_nothing_has_begun(store, engine, monkeypatch):
    def full(*_given, **_named):
        raise StorageError("The disk is full.")

    monkeypatch.setattr(RunStore, "create", full)
    app = open_page("04_race.py")
    app.button(key="start_race").click().run()
    assert "The disk is full." in texts(app)
    assert races.races(store) == []


def test_what_decides_which_images_are_held_back_cannot_differ(store, engine):
    offered = open_page("04_race.py").multiselect(key="race_settings").options
    assert "Dropout" in offered
    assert not {"Seed", "Dataset", "Validation share", "Classes"} & set(offered)


def test_no_run_begins_with_more_images_than_there_are():
    values = [_first_value(TrainingConfig(), SETTINGS["train_images"], letter, 150) for letter in "ABCDEF"]
    assert values == [0, 100, 0, 100, 0, 100]


def test_without_a_setting_it_asks_for_one(store, engine):
    app = open_page("04_race.py")
    app.multiselect(key="race_settings").set_value([]).run()
    assert "at least one setting" in texts(app)


@pytest.mark.parametrize(
    ("every", "guess", "words"),
    [
        ((4, 40), "B", ("B wins", "beyond luck: A", "Expected: B. It came true.")),
        ((4, 40), "A", ("B wins", "Expected: A. It did not come true.")),
        ((9, 9), "=", ("Within noise", "Expected: none of them, beyond luck. It came true.")),
        ((4, 40, 30), "", ("B wins", "Within noise of it: C.", "Holm's correction")),
    ],
)
def test_the_answer_names_the_best_those_it_beats_and_what_was_expected(store, engine, every, guess, words):
    race = raced(store, every, guess)
    said = texts(open_page("04_race.py", race=race.id))
    for part in words:
        assert part in said
    assert "of 287 validation images" in said or "of 287, and luck" in said


def test_in_french_too(store, engine):
    race = raced(store, (4, 40), "B")
    said = texts(open_page("04_race.py", race=race.id, lang="fr"))
    assert "B gagne" in said


def test_a_race_with_a_run_that_was_deleted_goes_on_without_it(store, engine):
    race = raced(store, (4, 40))
    store.delete(store.get(race.runs[0]))
    said = texts(open_page("04_race.py", race=race.id))
    assert "were deleted" in said
    assert "Two runs must have been tested" in said


def test_a_race_that_is_not_there_is_told_and_a_new_one_offered(store, engine):
    app = open_page("04_race.py", race="20261126-000000-000000")
    assert "no race called" in texts(app)
    assert app.button(key="start_race")


def test_an_earlier_race_is_listed_and_can_be_forgotten(store, engine):
    race = raced(store, (4, 40))
    app = open_page("04_race.py")
    assert "Earlier races" in texts(app)
    app.button(key=f"forget-{race.id}").click().run()
    assert "Earlier races" not in texts(app)
    assert len(store.all()) == 2
    app.button(key="undo_forget").click().run()
    assert "Earlier races" in texts(app)
    assert races.races(store) == [race]
