"""Handing in to the teacher: the pupil's button, the teacher's table, the comment that goes back, the time."""

import csv
import html
import io
import zipfile
from dataclasses import replace

import pytest

from core.classwork import clock, handed_in
from core.lessons.lesson import lessons
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from core.runs import prediction as predictions
from core.runs import race as races
from core.runs.prediction import Prediction
from core.runs.store import RunStore
from dashboard.classroom import register
from tests.made.pages import open_page, texts
from tests.made.runs import answer_wrongly, make_run

pytestmark = pytest.mark.slow

RECIPE = TrainingConfig(dataset="digits", epochs=6)
ALL = ("train", "validation", "test")


@pytest.fixture
def run(as_, store):
    with acting_as(as_("Léa")):
        return make_run(store, "finished", RECIPE)


def keys(app):
    return [one.key for one in app.button]


def in_view(app, name):
    return app.segmented_control(key="class_view").set_value(name).run()


def test_handed_in_commented_and_read(as_, room, run, store):
    as_("Léa")
    app = open_page("03_train.py", run=run.id)
    app.text_area(key=f"hand_in_words-{run.id}").set_value("It learnt.")
    app.button(key="hand_in_now").click().run()
    (one,) = handed_in.of(room, run.meta.owner)
    assert (one.subject, one.words, one.runs) == (f"run:{run.id}", "It learnt.", (run.id,))
    assert "Handed in at" in texts(app)

    teacher = as_("teacher")
    app = in_view(open_page("16_class.py"), "register")
    table = app.dataframe[0].value
    assert list(table["Who"]) == ["Léa"]
    assert f"{run.status.result['test_accuracy']:.1%}"[:-1] in table["Test accuracy"][0]
    assert "n = 360" in table["Test accuracy"][0]
    assert "Nothing yet from: Noé" in texts(app)
    with acting_as(teacher):
        page = handed_in.page(room, one)
        packed = zipfile.ZipFile(io.BytesIO(register._zip(room, teacher)))
        handed_in.comment(room, one, "Why?")
    assert "Léa" in page.decode()
    assert "It learnt." in page.decode()
    assert len(packed.namelist()) == 2

    as_("Léa")
    app = open_page("03_train.py", run=run.id)
    assert texts(app).count("Why?") == 2  # below the page, and in their own menu
    assert ["Why?" in one.value for one in app.toast] == [True]  # told once, on whichever page
    assert not app.run().toast
    app.button(key="hand_in_back").click().run()
    assert handed_in.of(room, run.meta.owner) == []


@pytest.fixture
def race(as_, store):
    """Two runs of Léa's and a race of them, that has ended."""
    with acting_as(as_("Léa")):
        runs = [make_run(store, "finished", replace(RECIPE, dropout=rate), answered=ALL) for rate in (0.0, 0.5)]
        answer_wrongly(runs[0], every=4)
        answer_wrongly(runs[1], every=40)
        made = races.Race("20261126-000000-abcdef", "Dropout or not", 0.0, tuple(run.id for run in runs))
        races.restore(store, made)
    return made


@pytest.fixture
def lesson(as_, store):
    """(a lesson with one run, that run as Léa trained it)."""
    found = lessons()["overfits"]
    with acting_as(as_("Léa")):
        run = make_run(store, "finished", found.recipe.pinned(), answered=ALL)
        predictions.save(run, Prediction(lesson=found.name, choice=1))
    return found, run


def handed_in_from(app, words, run):
    """Léa hands in what is in view; its page, as the teacher reads it."""
    app.text_area(key=f"hand_in_words-{run}").set_value(words)
    app.button(key="hand_in_now").click().run()
    assert not app.exception
    assert "Handed in at" in texts(app)


def test_from_a_run_a_race_and_a_lesson_and_all_of_it_is_in_the_table_and_the_zip(as_, room, store, run, race, lesson):
    learnt, its_run = lesson
    as_("Léa")
    handed_in_from(open_page("03_train.py", run=run.id), "Of a run.", run.id)
    handed_in_from(open_page("04_race.py", race=race.id), "Of a race.", race.runs[0])
    answer = open_page("02_lessons.py", lesson=learnt.name, step="answer", run=its_run.id)
    handed_in_from(answer, "Of a lesson.", its_run.id)
    teacher = as_("teacher")
    with acting_as(teacher):
        packed = zipfile.ZipFile(io.BytesIO(register._zip(room, teacher)))
        pages = {one.subject: handed_in.page(room, one).decode() for one in handed_in.collected(room)}
    assert packed.testzip() is None
    rows = {row["subject"]: row for row in csv.DictReader(io.StringIO(packed.read("table.csv").decode("utf-8-sig")))}
    expected = {
        f"run:{run.id}": (run.meta.name, "Of a run.", [run.id]),
        f"race:{race.id}": ("Dropout or not", "Of a race.", list(race.runs)),
        f"lesson:{learnt.name}": (learnt.title, "Of a lesson.", [its_run.id]),
    }
    assert rows.keys() == pages.keys() == expected.keys()
    for subject, (title, words, runs) in expected.items():
        row, page = rows[subject], pages[subject]
        assert (row["person"], row["title"], row["words"]) == ("Léa", title, words)
        assert row["runs"].split() == runs
        first = store.get(runs[0])
        assert float(row["test_accuracy"]) == first.status.result["test_accuracy"]
        assert (row["n_test"], row["dataset"]) == (str(first.status.result["n_test"]), first.config.dataset)
        assert packed.read(f"Léa - {title}.html").decode() == page
        assert all(html.escape(one, quote=False) in page or one in page for one in ("Léa", title, words))
    assert len(packed.namelist()) == 4
    assert learnt.question in html.unescape(pages[f"lesson:{learnt.name}"])
    assert f"Right: {learnt.choices[learnt.right]}" in html.unescape(pages[f"lesson:{learnt.name}"])
    assert pages[f"race:{race.id}"].count("<svg") == 2 + 2 * 2  # both together, and each


@pytest.mark.parametrize("name", ["race", "lesson"])
def test_what_another_made_is_handed_in_as_what_one_has_to_say_of_it(as_, room, request, name):
    """Noé looks at Léa's: the words are his, nothing of hers is changed."""
    made = request.getfixturevalue(name)
    page, query, first = (
        ("04_race.py", {"race": made.id}, made.runs[0])
        if name == "race"
        else ("02_lessons.py", {"lesson": made[0].name, "step": "answer", "run": made[1].id}, made[1].id)
    )
    noe = as_("Noé")
    app = open_page(page, **query)
    app.text_area(key=f"hand_in_words-{first}").set_value("I see it otherwise.")
    app.button(key="hand_in_now").click().run()
    assert not app.exception
    (one,) = handed_in.of(room, noe.id)
    assert one.words == "I see it otherwise."
    assert RunStore().get(first).meta.notes == ""


def test_the_teacher_and_one_who_is_alone_hand_in_to_nobody(as_, run, monkeypatch):
    as_("teacher")
    assert "hand_in_now" not in keys(open_page("03_train.py", run=run.id))
    monkeypatch.delenv("FITSCOPE_CLASS")
    app = open_page("03_train.py", run=run.id)
    assert "hand_in_now" not in keys(app)
    assert not app.text_input(key="hand_in_name").value


def test_before_anything_is_handed_in_the_table_says_where_it_comes_from(as_):
    as_("teacher")
    assert "Nothing was handed in yet" in texts(in_view(open_page("16_class.py"), "register"))


def test_time_is_begun_lengthened_and_stopped(as_, room, store):
    with acting_as(as_("Léa")):
        running = make_run(store, "queued", RECIPE)
    as_("teacher")
    app = in_view(open_page("16_class.py"), "board")
    app.number_input(key="clock_minutes").set_value(20)
    app.button(key="clock_begin").click().run()
    assert 19 * 60 < clock.seconds_left(room) <= 20 * 60
    app.button(key="clock_add_5").click().run()
    assert 24 * 60 < clock.seconds_left(room) <= 25 * 60
    people = in_view(open_page("16_class.py"), "people")
    people.button(key=f"extra_{running.meta.owner}").click().run()
    assert clock.extra(room, running.meta.owner) == 5
    people.button(key=f"stop_{running.meta.owner}").click().run()
    assert running.state == "stopped"
    app.button(key="clock_stop").click().run()
    assert clock.seconds_left(room) is None
