"""What the teacher sent locked, on the Train page of a pupil without its link; and what comes back after it."""

import pytest
import streamlit as st

from core.lessons.lesson import lessons
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from core.recipe.sent import send_lesson, send_recipe, sent, take_back
from tests.made.pages import open_page, texts

SENT = TrainingConfig(dataset="digits", epochs=6, filter_multiplier=4.0, dropout=0.1)
OWN = {"train_images": "300", "epochs": "9"}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


@pytest.fixture
def lock(as_, room):
    def locked(*levers, recipe=SENT):
        with acting_as(as_("teacher")):
            send_recipe(room, recipe, "What we look at", levers, locked=True)
        as_("Léa")

    return locked


@pytest.fixture
def release(as_, room):
    def released():
        with acting_as(as_("teacher")):
            take_back(room)
        as_("Léa")

    return released


def keys(app):
    kinds = ("slider", "number_input", "selectbox", "toggle", "select_slider")
    return {one.key for kind in kinds for one in app.get(kind)} & set(vars(SENT))


def offered(app):
    return [one for one in app.button if one.key and one.key.startswith("bring_back-form")]


def test_only_the_open_levers_stand_in_the_form_and_who_locked_the_others_is_said(lock, store, engine):
    lock("dropout")
    app = open_page("03_train.py")
    assert keys(app) == {"dropout"}
    assert app.slider(key="dropout").value == 0.1
    assert texts(app).count("Your teacher has locked all settings but these: Dropout.") == 2  # on a phone as well
    assert not [one for one in app.button if one.key == "unlock"]
    app.slider(key="dropout").set_value(0.5).run()
    app.button(key="train").click().run()
    (run,) = store.all()
    wanted = TrainingConfig(dataset="digits", epochs=6, filter_multiplier=4.0, dropout=0.5)
    assert run.config == wanted.pinned()


def test_what_was_chosen_before_is_put_aside_and_comes_back(lock, release, as_, store, engine):
    as_("Léa")
    app = open_page("03_train.py", **OWN)
    lock("dropout")
    app.run()
    assert keys(app) == {"dropout"}
    assert not offered(app)
    app.slider(key="dropout").set_value(0.4).run()
    release()
    app.run()
    assert [app.number_input(key=key).value for key in ("train_images", "epochs")] == [0, 6]
    assert app.slider(key="dropout").value == 0.4
    assert "only" not in app.query_params
    (back,) = offered(app)
    back.click().run()
    assert [app.number_input(key=key).value for key in ("train_images", "epochs")] == [300, 9]
    assert not offered(app)


def test_what_is_moved_as_the_teacher_releases_counts(lock, release, store, engine):
    lock("dropout")
    app = open_page("03_train.py")
    release()
    app.slider(key="dropout").set_value(0.6).run()
    assert app.slider(key="dropout").value == 0.6
    assert app.selectbox(key="dataset").value == "digits"


def test_a_press_that_meant_another_recipe_trains_none(lock, as_, store, engine):
    as_("Léa")
    app = open_page("03_train.py", **OWN)
    lock("dropout")
    app.button(key="train").click().run()
    assert not store.all()
    assert "The settings were locked just now." in texts(app)
    app.button(key="train").click().run()
    assert [run.config for run in store.all()] == [SENT.pinned()]


def test_the_page_that_the_bar_opens_knows_what_was_chosen_on_the_one_before(lock, release, as_, room, store, engine):
    as_("Léa")
    open_page("03_train.py", **OWN)
    lock("dropout")
    opened = open_page("03_train.py", **sent(room).link())
    assert keys(opened) == {"dropout"}
    release()
    opened.run()
    (back,) = offered(opened)
    back.click().run()
    assert opened.number_input(key="train_images").value == 300


def test_what_was_put_aside_is_not_offered_once_something_of_ones_own_is_trained(lock, release, as_, store, engine):
    as_("Léa")
    app = open_page("03_train.py", **OWN)
    lock("dropout")
    app.run()
    app.button(key="train").click().run()
    release()
    app.run()
    assert offered(app)
    app.number_input(key="epochs").set_value(7).run()
    app.button(key="train").click().run()
    app.run()
    assert not offered(app)
    assert len(store.all()) == 2


def test_what_was_put_aside_outlives_the_server(lock, release, as_, store, engine):
    as_("Léa")
    open_page("03_train.py", **OWN)
    lock("dropout")
    open_page("03_train.py")
    st.cache_resource.clear()
    release()
    app = open_page("03_train.py")
    (back,) = offered(app)
    as_("Noé")
    assert not offered(open_page("03_train.py"))
    as_("Léa")
    back.click().run()
    assert [app.number_input(key=key).value for key in ("train_images", "epochs")] == [300, 9]
    assert not offered(open_page("03_train.py"))


def test_another_lock_takes_the_place_of_the_first(lock, release, as_, store, engine):
    as_("Léa")
    app = open_page("03_train.py", **OWN)
    lock("dropout")
    app.run()
    lock("epochs", recipe=TrainingConfig(train_images=50, epochs=3))
    app.run()
    assert keys(app) == {"epochs"}
    assert app.number_input(key="epochs").value == 3
    release()
    app.run()
    assert app.number_input(key="train_images").value == 50
    assert len(offered(app)) == 1


def test_of_a_lesson_the_recipe_that_is_most_like_it_stays(as_, room, store, engine):
    lesson = lessons()["cured_by_early_stopping"]
    with acting_as(as_("teacher")):
        send_lesson(room, lesson.name, lesson.title, lesson.recipes, lesson.levers, locked=True)
    as_("Léa")
    app = open_page("03_train.py", **lesson.recipes[1].link())
    assert "all settings but these: Patience, Keep the best epoch." in texts(app)
    app.button(key="train").click().run()
    assert [run.config for run in store.all()] == [lesson.recipes[1].pinned()]


def test_the_teacher_and_other_pages_are_not_bound(lock, as_, store, engine):
    lock("dropout")
    as_("teacher")
    assert "dataset" in keys(open_page("03_train.py"))
