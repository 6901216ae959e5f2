"""What the teacher locked is not trained by a pupil, whichever way they ask; levers are what the recipe left open."""

from dataclasses import replace

import pytest

from core.errors import SettingError
from core.lessons.lesson import lessons
from core.people import classroom
from core.people.acting import NotYoursError, acting_as
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig, settings
from core.recipe.levers import opened
from core.recipe.sent import check_allowed, send_lesson, send_recipe, sent, take_back
from core.runs import race

pytestmark = pytest.mark.slow

RECIPE = TrainingConfig(dataset="digits", epochs=2)


@pytest.fixture
def room(runs_folder, own_data_folder, monkeypatch):
    monkeypatch.setenv(classroom.CLASS, "1")
    begun = classroom.home()
    begun.begin()
    return begun


@pytest.fixture
def lea(room):
    return room.recognise(room.join(room.room, "Léa"))


@pytest.fixture
def teacher(room):
    return room.recognise(room.join_as_teacher(room.begin(), "M. Roux"))


def test_only_the_open_levers_move(room, lea, teacher, store):
    with acting_as(teacher):
        send_recipe(room, RECIPE, "Digits", ["dropout", "train_images"], locked=True)
    with acting_as(lea):
        store.create(RECIPE)
        store.create(replace(RECIPE, dropout=0.5, train_images=200))
        for change in ({"epochs": 3}, {"dataset": "colours"}, {"learning_rate": 0.1}):
            with pytest.raises(PeopleError, match="only Dropout, Training images may be moved, not"):
                store.create(replace(RECIPE, **change))
        with pytest.raises(PeopleError):
            race.start(store, [RECIPE, replace(RECIPE, learning_rate=0.1)], ["a", "b"], "race")
    assert len(store.queue()) == 2
    with acting_as(teacher):
        store.create(replace(RECIPE, epochs=3))
    store.create(replace(RECIPE, epochs=3))  # the machine itself
    with acting_as(teacher):
        take_back(room)
    with acting_as(lea):
        store.create(replace(RECIPE, epochs=3))


def test_of_a_lesson_each_recipe_and_its_levers_are_trained_and_nothing_else(room, lea, teacher, store):
    lesson = lessons()["cured_by_dropout"]
    with acting_as(teacher):
        send_lesson(room, lesson.name, "Cured", lesson.recipes, lesson.levers, locked=True)
    assert sent(room).link() == {"lesson": lesson.name}
    with acting_as(lea):
        for recipe in lesson.recipes:
            store.create(recipe)
            store.create(replace(recipe, dropout=0.25))
            with pytest.raises(PeopleError, match="only Dropout may be moved, not Epochs"):
                store.create(replace(recipe, epochs=recipe.epochs + 1))
        with pytest.raises(PeopleError):
            store.create(RECIPE)


def test_every_lesson_can_be_sent_locked(room, lea, teacher, store):
    for lesson in lessons().values():
        with acting_as(teacher):
            send_lesson(room, lesson.name, lesson.title, lesson.recipes, lesson.levers, locked=True)
        with acting_as(lea):
            for recipe in lesson.recipes:
                check_allowed(recipe)


def test_a_clone_of_another_recipe_is_refused_too(room, lea, teacher, store):
    with acting_as(teacher):
        shown = store.create(replace(RECIPE, epochs=3), queue=False)
        send_recipe(room, RECIPE, "Digits", ["dropout"], locked=True)
    with acting_as(lea), pytest.raises(PeopleError, match="not Epochs"):
        store.clone(shown)


def test_what_is_not_locked_holds_nobody(room, lea, teacher, store):
    with acting_as(teacher):
        send_recipe(room, RECIPE, "Digits", ["dropout"], locked=False)
    assert sent(room).link() == {**RECIPE.link(), "only": "dropout"}
    with acting_as(lea):
        store.create(replace(RECIPE, epochs=3))


def test_a_pupil_sends_nothing(room, lea, teacher):
    with acting_as(lea):
        for attempt in (
            lambda: send_recipe(room, RECIPE, "Digits", [], locked=False),
            lambda: send_lesson(room, "fits", "Fits", [RECIPE], [], locked=False),
            lambda: take_back(room),
        ):
            with pytest.raises(NotYoursError):
                attempt()
    assert sent(room) is None


def test_numbers_grow_and_what_was_sent_is_read_back(room, teacher):
    with acting_as(teacher):
        send_lesson(room, "fits", "Fits", [RECIPE], [], locked=False)
        take_back(room)
        send_recipe(room, RECIPE, "Digits", [], locked=False)
    assert sent(room).number == 2
    assert sent(room).recipe == RECIPE


@pytest.mark.parametrize(("only", "locked"), [([], True), (["nonsense"], False)])
def test_a_lock_needs_a_lever(room, teacher, only, locked):
    with acting_as(teacher), pytest.raises(SettingError, match="at least one of"):
        send_recipe(room, RECIPE, "Digits", only, locked)


@pytest.mark.parametrize("stored", [{}, {"number": "1"}, {"page": "/etc"}, [1], "x"])
def test_a_damaged_file_sends_nothing(room, stored):
    room.change(sent=stored)
    assert sent(room) is None


def test_what_belongs_to_a_lever_comes_with_it():
    assert opened(["dropout"]) == {"dropout"}
    strengths = {setting.name for setting in settings(group="augmentation")}
    assert opened(["augmentation"]) == {"augmentation", *strengths}
    assert {"architecture", "filters", "dropout"} <= opened(["architecture"])
