"""Under what a teacher sent locked, other pages offer a pupil the open settings only, or say why they do not."""

from dataclasses import replace

import pytest

from core.data import cache, versions
from core.data.catalogue import dataset
from core.experiments import experiment
from core.experiments.kind import kinds
from core.people.acting import acting_as
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig
from core.recipe.sent import send_recipe
from core.runs import changes
from tests.made.pages import open_page, texts
from tests.made.runs import make_run
from tests.made.workers import command
from tests.pages.mistakes.made import see

SENT = TrainingConfig(dataset="digits", epochs=6, dropout=0.1)
WHO = "Your teacher has locked all settings but these: "

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


@pytest.fixture
def lock(as_, room):
    def locked(*levers, recipe=SENT):
        with acting_as(as_("teacher")):
            send_recipe(room, recipe, "What we look at", levers, locked=True)
        return as_("Léa")

    return locked


def begun(store):
    return {run.config.pinned() for run in store.all()}


def test_a_race_differs_in_the_open_settings_and_is_one_of_what_was_sent(lock, as_, store, engine):
    as_("Léa")
    app = open_page("03_train.py", epochs="9", learning_rate="0.1")
    lock("dropout", "batch_size")
    app.switch_page("../pages/04_race.py").run()
    assert set(app.multiselect(key="race_settings").options) == {"Dropout", "Batch size"}
    assert WHO + "Dropout, Batch size." in texts(app)
    app.button(key="start_race").click().run()
    assert begun(store) == {replace(SENT, dropout=value).pinned() for value in (0.1, 0.5)}


def test_where_no_open_setting_can_differ_in_a_race_that_is_said(lock, store, engine):
    lock("seed")
    app = open_page("04_race.py")
    assert WHO + "Seed." in texts(app)
    assert "No open setting is one in which runs of a race can differ." in texts(app)
    assert not [one for one in app.button if one.key == "start_race"]


def test_an_experiment_varies_the_open_settings(lock, store, engine):
    lock("dropout", "batch_size")
    app = open_page("05_experiments.py", ask="validation_curve")
    assert set(app.selectbox(key="ask_validation_curve_setting").options) == {"Dropout", "Batch size"}
    app.selectbox(key="ask_validation_curve_setting").set_value("dropout").run()
    assert not app.button(key="start_experiment").disabled
    app.button(key="start_experiment").click().run()
    assert {replace(one, dropout=0.1).pinned() for one in begun(store)} == {SENT.pinned()}


def test_a_question_that_moves_a_closed_setting_says_which_and_is_not_begun(lock, store, engine):
    lock("dropout")
    app = open_page("05_experiments.py", ask="seeds")
    assert app.button(key="start_experiment").disabled
    assert "This would be trained with another value of: Seed." in texts(app)


def test_a_search_varies_the_open_settings(lock, store, engine):
    lock("dropout", "seed", "early_stopping_monitor")
    app = open_page("05_experiments.py", ask="search")
    assert app.multiselect(key="ask_search_space").options == ["Dropout"]  # what counts is an option of its own
    assert not app.button(key="start_experiment").disabled


def test_a_run_of_another_recipe_is_not_trained_again_and_one_that_was_sent_is(lock, as_, store, engine):
    with acting_as(as_("Léa")):
        other, same = (
            make_run(store, "finished", one) for one in (replace(SENT, epochs=5), replace(SENT, dropout=0.4))
        )
    lock("dropout")
    app = open_page("03_train.py", run=other.id)
    assert app.button(key="clone").disabled
    assert WHO + "Dropout. This would be trained with another value of: Epochs." in texts(app)
    app = open_page("03_train.py", run=same.id)
    assert not app.button(key="clone").disabled
    app.button(key="clone").click().run()
    assert len(store.all()) == 3


def test_the_first_page_does_not_offer_its_own_recipe(lock, store, engine):
    lock("dropout")
    app = open_page("01_start.py")
    assert app.button(key="start").disabled
    assert WHO in texts(app)


def test_a_lesson_that_was_not_sent_is_not_trained(lock, store, engine):
    lock("dropout")
    app = open_page("02_lessons.py", lesson="overfits", step="watch")
    assert app.button(key="lesson_train").disabled
    assert WHO in texts(app)
    app.button(key="lesson_recording").click().run()  # what is recorded may be looked at
    assert app.button(key="lesson_again").disabled
    assert WHO in texts(app)
    assert not store.all()


def test_a_change_of_closed_settings_is_not_proposed_and_of_open_ones_it_is(lock, as_, store, engine):
    with acting_as(as_("Léa")):
        run = make_run(store, "finished", SENT)
    for lever, closed in (("dropout", True), ("epochs", False)):
        lock(lever)
        assert open_page("03_train.py", run=run.id).button(key="try_this").disabled == closed


def test_the_later_trials_of_a_search_are_held_to_it_too(lock, store):
    space = {"space": ("dropout=0.1|0.5",), "trials": 8}
    search = kinds()["search"]
    seed = next(  # of which the first trial alone is what was sent
        number
        for number in range(100)
        if search.cells(SENT.pinned(), search.chosen({**space, "seed": number}))[0].recipe.dropout == SENT.dropout
    )
    lea = lock("batch_size", "seed", "early_stopping_monitor")
    with acting_as(lea), pytest.raises(PeopleError, match="not Dropout"):
        experiment.start(store, search, SENT, {**space, "seed": seed})
    assert not store.all()


def test_of_a_training_only_the_open_settings_are_changed(lock, as_, store, engine):
    with acting_as(as_("Léa")):
        run = make_run(store, "running", SENT)
    lea = lock("epochs")
    with acting_as(lea):
        with pytest.raises(PeopleError, match="only Epochs may be moved, not Learning rate"):
            changes.ask(run, {"learning_rate": 0.1})
        changes.ask(run, {"epochs": 8})
    app = open_page("03_train.py", run=run.id)
    keys = {one.key for kind in ("slider", "number_input") for one in app.get(kind)}
    assert {key.removesuffix(f"_{run.id}_1") for key in keys if key and key.startswith("change_")} == {"change_epochs"}


def test_a_branch_of_another_recipe_is_not_offered_and_of_what_was_sent_it_is(lock, store, engine):
    recipe = replace(SENT, epochs=1, train_images=100)
    words = [f"--set={name}={value}" for name, value in recipe.link().items()]
    done = command("train", *words, FITSCOPE_RUNS=str(store.folder))
    assert done.returncode == 0, done.stderr
    run = store.get("latest")
    for sent, closed in ((recipe, False), (replace(recipe, epochs=3), True)):
        lock("dropout", "begin_from", recipe=sent)
        app = open_page("15_time_machine.py", run=run.id)
        (link,) = [one.proto for one in app.get("page_link") if one.proto.label == "Branch from here"]
        assert link.disabled == closed
        assert (WHO in texts(app)) == closed


def test_the_newest_version_of_a_dataset_is_not_trained_on_where_another_was_sent(lock, as_, store, engine):
    with acting_as(as_("Léa")):
        run = make_run(store, "finished", SENT)
    with acting_as(as_("teacher")):
        versions.edit(dataset("digits"), cache.content(dataset("digits")), exclude={"train": [0, 1]})
    for version, closed in ((versions.ORIGINAL, True), ("", False)):  # none: the newest that there is
        lock("dropout", recipe=replace(SENT, dataset_version=version))
        app = see(open_page("12_mistakes.py", run=run.id), "images")
        again = [one for one in app.button if one.key and one.key.startswith("again_")]
        assert again
        assert all(one.disabled == closed for one in again)
        assert (WHO in texts(app)) == closed
