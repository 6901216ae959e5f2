"""The Lessons page: the list, and a lesson from its question to its answer, with one run and with several."""

import pytest

from core.lessons.lesson import TOPICS, lessons
from core.runs import prediction as predictions
from core.runs import race as races
from core.runs.prediction import Prediction
from dashboard.server import engine as engine_module
from tests.made.pages import open_page, texts
from tests.made.runs import answer_wrongly, make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras

ALONE, TWINS = "overfits", "cured_by_more_data"
ALL = ("train", "validation", "test")


@pytest.fixture(autouse=True)
def no_engine(monkeypatch):
    """Nothing is trained: what is queued waits."""
    monkeypatch.setattr(engine_module, "_engine", None)


def open_lesson(name, **query):
    app = open_page("02_lessons.py", lesson=name, **query)
    assert not app.exception
    return app


def trained(store, name):
    """Runs of a lesson that have ended, as the page would have begun them."""
    lesson = lessons()[name]
    runs = [make_run(store, "finished", recipe.pinned(), answered=ALL) for recipe in lesson.recipes]
    if len(runs) == 1:
        return {"run": runs[0].id}, runs
    answer_wrongly(runs[0], every=4)
    answer_wrongly(runs[1], every=40)
    race = races.Race("20261126-000000-abcdef", lesson.title, 0.0, tuple(run.id for run in runs), name)
    races.restore(store, race)
    return {"race": race.id}, runs


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_lessons_are_listed_by_topic_with_what_they_need(store, language):
    app = open_page("02_lessons.py", lang=language)
    said = texts(app)
    assert len(app.subheader) == len(TOPICS)
    if language == "en":
        for lesson in lessons().values():
            assert lesson.title in said
        assert "works offline" in said
        assert "done" not in said
    else:
        assert "Contre le surapprentissage" in said
        assert "fonctionne hors ligne" in said


@pytest.mark.parametrize("name", list(lessons()))
@pytest.mark.parametrize("step", ["question", "watch", "answer"])
def test_every_lesson_opens_at_every_step_in_french(store, name, step):
    app = open_lesson(name, step=step, lang="fr")
    lesson = lessons()[name]
    assert app.title[0].value == lesson.translations["fr"][lesson.title]


def test_a_lesson_with_one_run_from_its_question_to_its_answer(store):
    lesson = lessons()[ALONE]
    app = open_lesson(ALONE)
    assert lesson.question in app.radio[0].label
    app.radio[0].set_value(1).run()
    app.button(key="lesson_next").click().run()
    assert lesson.look_at in texts(app)
    app.button(key="lesson_train").click().run()
    (run,) = store.all()
    assert run.config == lesson.recipe.pinned()
    assert predictions.of(run) == Prediction(lesson=ALONE, choice=1)
    assert app.query_params["run"] == run.id
    app.button(key="lesson_next").click().run()
    assert "it comes when that has ended" in texts(app)
    assert lesson.answer not in texts(app)


def test_the_answer_names_what_is_right_what_was_said_and_what_was_promised(store):
    query, (run,) = trained(store, ALONE)
    lesson = lessons()[ALONE]
    for choice in range(len(lesson.choices)):
        predictions.save(run, Prediction(lesson=ALONE, choice=choice))
        said = texts(open_lesson(ALONE, step="answer", **query))
        assert f"Right: {lesson.choices[lesson.right]}" in said
        assert ("You said so." in said) == (choice == lesson.right)
        assert lesson.answer in said
        assert "A: the verdict is" in said


def test_a_lesson_with_twins_begins_a_race_and_keeps_what_was_said(store):
    lesson = lessons()[TWINS]
    app = open_lesson(TWINS)
    app.radio[0].set_value(0).run()
    app.button(key="lesson_next").click().run()
    app.button(key="lesson_train").click().run()
    assert not app.exception
    (race,) = races.races(store)
    assert race.lesson == TWINS
    runs = list(races.runs_of(store, race).values())
    assert [run.config for run in runs] == [recipe.pinned() for recipe in lesson.recipes]
    assert predictions.of(runs[0]) == Prediction(lesson=TWINS, choice=0)
    assert app.button(key="stop_race")


def test_twins_that_have_ended_are_answered_by_what_both_had_right(store):
    query, _runs = trained(store, TWINS)
    said = texts(open_lesson(TWINS, step="answer", **query))
    assert "Validation loss of B" in said or "Validation accuracy of B" in said
    assert "n = " in said


@pytest.mark.parametrize("name", [ALONE, TWINS])
def test_what_was_trained_here_before_can_be_shown_and_the_lesson_counts_as_done(store, name):
    query, _runs = trained(store, name)
    assert "done" in "".join(markdown.value for markdown in open_page("02_lessons.py").markdown)
    app = open_lesson(name, step="watch")
    app.button(key="lesson_before").click().run()
    assert {key: app.query_params[key] for key in query} == query
    assert app.button(key="lesson_again")


def test_a_run_of_another_recipe_is_not_the_lessons(store):
    run = make_run(store, "finished")
    app = open_lesson(ALONE, step="watch", run=run.id)
    assert app.button(key="lesson_train")


def test_the_view_of_the_projector_keeps_the_notes_out_of_sight(store):
    app = open_lesson(ALONE, present="1")
    assert lessons()[ALONE].notes not in texts(app)
    assert "notes" not in [button.key for button in app.button]
    assert app.button(key="present").label == "Leave the projector view"
    app.button(key="present").click().run()
    assert "present" not in app.query_params


def test_the_notes_come_when_they_are_asked_for(store):
    notes = lessons()[ALONE].notes
    app = open_lesson(ALONE)
    assert notes not in texts(app)
    app.button(key="notes").click().run()
    assert notes in texts(app)
    app.button(key="notes").click().run()
    assert notes not in texts(app)


def test_an_unknown_lesson_is_told_and_the_list_shown(store):
    app = open_page("02_lessons.py", lesson="nope")
    assert "lesson=nope is unknown" in texts(app)
    assert len(app.subheader) == len(TOPICS)


def test_a_race_of_other_recipes_is_not_the_lessons(store):
    _query, runs = trained(store, TWINS)
    race = races.Race("20261126-000001-abcdef", "older", 1.0, (runs[0].id, runs[0].id), TWINS)
    races.restore(store, race)
    assert open_lesson(TWINS, step="watch", race=race.id).button(key="lesson_train")


@pytest.mark.parametrize("name", [ALONE, TWINS])
def test_a_key_that_cannot_begin_a_training_says_why(store, monkeypatch, name):
    from core.errors import StorageError
    from core.runs.store import RunStore
    from dashboard.lessons import presenter

    def full(*_given, **_named):
        raise StorageError("The disk is full.")

    monkeypatch.setattr(RunStore, "create", full)
    monkeypatch.setattr(presenter, "keys", lambda _answers: "next")
    app = open_lesson(name, step="watch")
    assert "The disk is full." in texts(app)
    assert app.button(key="lesson_train")


def test_a_disk_that_is_full_is_said_and_nothing_has_begun(store, monkeypatch):
    from core.errors import StorageError
    from core.runs.store import RunStore

    def full(*_given, **_named):
        raise StorageError("The disk is full.")

    monkeypatch.setattr(RunStore, "create", full)
    app = open_lesson(ALONE, step="watch")
    app.button(key="lesson_train").click().run()
    assert "The disk is full." in texts(app)
    assert app.button(key="lesson_train")
