"""Take it away in every state, in both languages, without training anything or opening a browser."""

import json
import zipfile

import pytest

from core.export import reproduce
from core.export.offered import FACTS, NETWORK, ZIP, Export, Form, fingerprint
from core.people.acting import acting_as
from core.runs.recorder import Recorder
from core.runs.reports import Changed
from core.runs.store import RunStore
from dashboard.server import jobs
from tests.made.pages import open_page, texts
from tests.made.runs import epoch_done, make_run
from tests.made.workers import wait_until

pytestmark = pytest.mark.slow

PAGE = "11_take_away.py"
FORMS = (
    Form("network.keras", 59_000, 256, 3e-8),
    Form("network.tflite", 58_000, 256, 6e-7),
    Form("network-int8.tflite", 22_000, 2000, 0.02, 0.971, 0.973),
    Form("predict.py", 6_000, 1, 0.0),
    Form("reproduce.py", 7_000),
)
LEFT_OUT = Form(
    "network.onnx", template="it could not be used in a process of its own ({reason})", values={"reason": "x"}
)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    return RunStore(tmp_path / "runs")


@pytest.fixture
def run(store):
    """A run whose network lies there; what is in the files is not read by the page."""
    made = make_run(store, "finished")
    for name in (NETWORK, "network.tflite"):
        (made.folder / name).write_bytes(b"a network")
    return made


def exported(run, *forms, images=0, epoch=None):
    """Writes an export of the run, as the command does."""
    with zipfile.ZipFile(run.folder / ZIP, "w") as archive:
        for form in forms:
            if form.offered:
                archive.writestr(form.file, f"# this is {form.file}")
        archive.writestr("reproduce.ipynb", "{}")
    size = (run.folder / ZIP).stat().st_size
    made = Export(run.id, 0.0, fingerprint(run, epoch), size, images, forms, epoch)
    (run.folder / FACTS).write_text(json.dumps(made.as_dict()), "utf-8")


def buttons(app):
    return {one.key: one for one in app.get("download_button")}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_before_anything_was_trained_it_says_what_to_do(store, language):
    app = open_page(PAGE, lang=language)
    assert len(app.info) == 1
    assert not app.button or "export_go" not in [one.key for one in app.button]


def test_an_export_that_is_not_there_can_be_prepared(run, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start", lambda kind, words: started.append((kind, words)))
    app = open_page(PAGE, run=run.id)
    assert not buttons(app)
    assert "ONNX" in texts(app)
    app.button(key="export_go").click().run()
    assert started == [("export", ["export", run.id])]


def test_of_a_training_its_last_kept_epoch_is_prepared_and_stays_to_be_taken(store, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start", lambda kind, words: started.append((kind, words)))
    run = make_run(store, "running")
    app = open_page(PAGE, run=run.id)
    app.button(key="export_go").click().run()
    assert started == [("export", ["export", run.id, "--epoch", "6"])]
    Recorder(run)(epoch_done(7))
    exported(run, *FORMS, epoch=6)
    app = open_page(PAGE, run=run.id)
    app.button(key="export_go").click().run()
    assert started[1:] == [("export", ["export", run.id, "--epoch", "7"])]
    assert "export_zip" in buttons(app)  # it need not be fetched before the next epoch ends
    assert "The network of epoch 6, of a run that has not been tested yet." in texts(app)
    assert "Le réseau de l'époque 6, d'un entraînement" in texts(open_page(PAGE, run=run.id, lang="fr"))
    assert not buttons(open_page(PAGE, run=run.id, epoch="3"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_was_checked_is_told_and_can_be_downloaded(run, language):
    exported(run, *FORMS)
    app = open_page(PAGE, run=run.id, lang=language)
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table.iloc[:, 0]) == [form.file for form in FORMS]
    told = [text.replace("\xa0", " ").replace("\u202f", " ") for text in table.iloc[:, 2]]
    assert "3e-8" in told[0]
    assert "256" in told[0]
    decimal = "." if language == "en" else ","
    assert f"97{decimal}1 %" in told[2]
    assert f"97{decimal}3 %" in told[2]
    assert "2,000" in told[2] or "2 000" in told[2]
    assert set(buttons(app)) == {"export_zip", "export_reproduce.ipynb", *(f"export_{form.file}" for form in FORMS)}
    assert app.code[0].value == "# this is reproduce.py"
    assert app.success
    assert not app.warning


def test_a_form_that_does_not_agree_is_told_and_not_offered(run):
    exported(run, *FORMS, LEFT_OUT)
    app = open_page(PAGE, run=run.id)
    assert "1 does not and is left out" in app.warning[0].value
    assert "left out" in list(app.dataframe[0].value.iloc[:, 2])
    assert "it could not be used in a process of its own \\(x\\)" in texts(app)
    assert "export_network.onnx" not in buttons(app)


def test_images_in_the_zip_are_told(run):
    exported(run, *FORMS, images=12_000_000)
    assert "12.0 MB of pixels" in texts(open_page(PAGE, run=run.id))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_script_does_about_a_run_that_was_changed_is_said(run, language):
    exported(run, *FORMS)
    assert "reproduce.py" not in "".join(one.value for one in open_page(PAGE, run=run.id, lang=language).caption)
    Recorder(run)(Changed(7, {"learning_rate": 0.5}))
    said = {"en": "makes the same changes at the same epochs", "fr": "les mêmes changements aux mêmes époques"}
    assert said[language] in texts(open_page(PAGE, run=run.id, lang=language))
    assert "from epoch 7 on" in reproduce._not_only_the_recipe(run)[0]


def test_the_export_of_a_network_that_was_trained_on_is_not_offered(run):
    exported(run, *FORMS)
    (run.folder / NETWORK).write_bytes(b"another network")
    app = open_page(PAGE, run=run.id)
    assert not buttons(app)
    assert "trained on since" in app.info[0].value


def test_a_zip_that_was_damaged_is_not_offered(run):
    exported(run, *FORMS)
    (run.folder / ZIP).write_bytes(b"PK")
    assert not buttons(open_page(PAGE, run=run.id))


def test_in_a_class_its_owner_and_the_teacher_prepare_it_and_everybody_takes_what_is_there(as_):
    with acting_as(as_("Léa")):
        made = make_run(RunStore(), "finished")
    for name in (NETWORK, "network.tflite"):
        (made.folder / name).write_bytes(b"a network")
    as_("Noé")
    app = open_page(PAGE, run=made.id)
    assert "export_go" not in [one.key for one in app.button]
    assert "Whoever trained it, or the teacher, can do that" in texts(app)
    exported(made, *FORMS)
    for name in ("Léa", "teacher", "Noé"):
        as_(name)
        app = open_page(PAGE, run=made.id)
        assert ("export_go" in [one.key for one in app.button]) == (name != "Noé")
        assert ("Prepared by whoever trained it" in texts(app)) == (name == "Noé")
        assert "export_zip" in buttons(app)


def test_an_error_of_the_command_is_told_on_the_page(run):
    """The real command in a process of its own: the file is no network."""
    app = open_page(PAGE, run=run.id)
    app.button(key="export_go").click().run()
    (job,) = jobs._jobs().values()
    wait_until(lambda: job.done)
    app.run()
    assert "cannot be read" in app.error[0].value
    assert not buttons(app)
    jobs._jobs().clear()
