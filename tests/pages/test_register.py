"""Handing in to the teacher: the pupil's button, the teacher's table, the comment that goes back, the time."""

import io
import zipfile

import pytest

from core.classwork import clock, handed_in
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from dashboard.classroom import register
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

RECIPE = TrainingConfig(dataset="digits", epochs=6)


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
    app.button(key="hand_in_back").click().run()
    assert handed_in.of(room, run.meta.owner) == []


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
