"""Taking runs along and opening them, and the recordings of the lessons, as the pages show them."""

import pytest

from core.carry.opened import open_file
from core.carry.packed import pack
from core.data import imported
from core.lessons.lesson import lessons
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from dashboard.server import engine as engine_module
from tests.core.carry.test_carry import pets
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]

ALL = ("train", "validation", "test")


@pytest.fixture(autouse=True)
def no_engine(monkeypatch):
    monkeypatch.setattr(engine_module, "_engine", None)


def test_where_there_is_no_run_a_file_can_be_opened(store):
    app = open_page("06_runs.py")
    assert "What is in it is shown first" in texts(app)
    assert [uploader.label for uploader in app.get("file_uploader")] or "File of runs" in str(app.main)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_runs_can_be_taken_along(store, language):
    make_run(store, "finished")
    app = open_page("06_runs.py", lang=language)
    labels = [one.label for one in app.expander]
    assert ("Take along" if language == "en" else "Emporter") in labels
    assert ("Open a file" if language == "en" else "Ouvrir un fichier") in labels


@pytest.mark.parametrize(
    "page", ["03_train.py", "12_mistakes.py", "11_take_away.py", "13_look_inside.py", "07_images.py"]
)
def test_a_run_without_its_images_opens_on_every_page_and_says_so(store, own_data_folder, tmp_path, monkeypatch, page):
    run = make_run(store, "finished", TrainingConfig(dataset=pets(), epochs=6), answered=ALL)
    pack(store, [run], tmp_path / "a.fitscope")
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "there" / "runs"))
    monkeypatch.setenv("FITSCOPE_DATA", str(tmp_path / "there" / "data"))
    open_file(tmp_path / "a.fitscope", RunStore(tmp_path / "there" / "runs"), build=False)
    assert list(imported.datasets()) == [run.config.dataset]
    app = open_page(page, run=run.id, images=run.config.dataset)
    assert not app.exception
    if page in ("03_train.py", "07_images.py"):
        assert "did not come along" in texts(app)


@pytest.mark.parametrize("name", ["overfits", "cured_by_more_data"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_lesson_shows_its_recording_and_never_takes_it_for_a_training(store, own_data_folder, name, language):
    app = open_page("02_lessons.py", lesson=name, step="watch", lang=language)
    app.button(key="lesson_recording").click().run()
    assert not app.exception
    assert ("Not trained now" if language == "en" else "Rien ne s'entraîne en ce moment") in texts(app)
    app.button(key="lesson_next").click().run()
    assert not app.exception
    lesson = lessons()[name]
    assert ("Not trained now" if language == "en" else "Rien ne s'entraîne en ce moment") in texts(app)
    assert (lesson.answer if language == "en" else lesson.translations["fr"][lesson.answer]) in texts(app)
    assert store.all() == []
    app.button(key="recording_away").click().run()
    assert "recording" not in app.query_params


def test_a_run_that_has_ended_is_played_once_more(store):
    run = make_run(store, "finished")
    app = open_page("03_train.py", run=run.id)
    app.toggle(key=f"replay-{run.id}").set_value(True).run()
    assert not app.exception
    assert any("replay" in one.proto.id for one in app.get("bidi_component"))
