"""Classify and Why is it wrong, without a browser: on a network that was really trained, in every state."""

import base64
import io
import json
import re
import shutil
import time
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from core.data import imported
from core.data.dataset import Images, Splits
from core.evaluation.robustness import CHANGES
from core.network.classifier import NETWORK, classifier
from core.pictures.box import Box
from core.runs.store import RunStore
from dashboard import looking, staging
from dashboard.classify import frame_keeper
from tests.made import by_name, hostile
from tests.made.workers import PATIENCE, command
from tests.pages.test_pages import open_page, texts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("classify")]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = tmp_path_factory.mktemp("classify") / "runs"
    done = command("train", "--set", "epochs=6", "--name", "Digits", FITSCOPE_RUNS=str(home))
    assert done.returncode == 0, done.stderr
    yield home
    st.cache_resource.clear()


@pytest.fixture
def store(trained, tmp_path, monkeypatch):
    shutil.copytree(trained, tmp_path / "runs")
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    st.cache_resource.clear()
    return RunStore(tmp_path / "runs")


@pytest.fixture(autouse=True)
def no_webrtc(monkeypatch):
    """The camera's component wants a real session; tests/test_browser_camera.py has one."""
    stopped = SimpleNamespace(state=SimpleNamespace(playing=False, signalling=False))
    monkeypatch.setattr("dashboard.classify.camera.webrtc_streamer", lambda *_words, **_named: stopped)


def written(n=0):
    """The n-th test image of the digits, large, as dark ink on light paper; PNG."""
    digit = np.asarray(by_name.load("digits").test.images[n][..., 0])
    paper = Image.fromarray(255 - digit).resize((160, 160), Image.Resampling.BICUBIC)
    return as_png(np.pad(np.asarray(paper), 40, constant_values=255))


def as_png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def open_way(way, page="06_classify.py", **state):
    app = open_page(page)
    for name, value in state.items():
        app.session_state[name] = value
    if way:
        app.segmented_control(key="classify_way").set_value(way).run()
    else:
        app.run()
    assert not app.exception, app.exception
    return app


def test_several_uploads_stand_side_by_side_and_one_in_full(store):
    app = open_page("06_classify.py")
    upload(app, *((f"digit{n}.png", written(n)) for n in range(3)), ("text.png", b"Dear class"))
    assert [error.value for error in app.error] == [
        "text.png: it is not a picture that can be read; save it as JPEG or PNG"
    ]
    asked = classifier(store.all()[0])
    app.number_input(key="classify_number").set_value(3).run()
    from core.data.reading.decode import open_picture

    says = asked.answer(open_picture(written(2), asked.preprocessing.useful))
    label = asked.classes[int(says.probabilities.argmax())]
    assert choices_picture(app)[0] == "digit2.png"
    assert f"3: {label}" in html(app)


def upload(app, *files):
    """Puts (name, content) into the uploader of the page."""
    uploader = app.file_uploader(key="classify_upload")
    for name, content in files:
        uploader.upload(name, content, "image/png")
    app.run()
    assert not app.exception, app.exception
    return app


def choices_picture(app):
    return app.session_state["_picture"]


def html(app):
    return "\n".join(str(one.proto.body) for one in app.get("html"))


@pytest.mark.parametrize("name", hostile.CONTENTS)
def test_hostile_uploads_are_refused_without_a_trace(store, name):
    file, content, _reason = hostile.CONTENTS[name]
    app = open_page("06_classify.py")
    upload(app, (file.rsplit(".")[0] + ".png", content))
    assert len(app.error) == 1
    assert "Traceback" not in texts(app)
    assert "_picture" not in app.session_state


def test_a_drawing_is_prepared_as_the_switches_say(store):
    address = "data:image/png;base64," + base64.b64encode(written(1)).decode()
    app = open_way("draw", _drawing=address)
    assert "light and dark turned round, cut out and centred" in html(app)
    app.toggle(key="classify_polarity").set_value(False).run()
    assert "turned round" not in html(app)
    for switch in ("classify_centre", "classify_stroke"):
        app.toggle(key=switch).set_value(False).run()
    assert "centred" not in html(app)


def test_an_empty_pad_says_so_instead_of_guessing(store):
    blank = "data:image/png;base64," + base64.b64encode(as_png(np.zeros((280, 280), np.uint8))).decode()
    app = open_way("draw", _drawing=blank)
    assert any("nothing on it" in info.value for info in app.info)


def test_examples_and_strangers_are_offered(store):
    app = open_way("examples")
    assert "Press one of the pictures." in texts(app)
    app.segmented_control(key="classify_sample").set_value("strange").run()
    assert not app.exception
    assert "Press one of the pictures." in texts(app)


def test_the_camera_page_waits_for_start_and_offers_snapshots(store):
    app = open_way("camera")
    assert "Press Start and allow the camera" in texts(app)
    app.segmented_control(key="camera_way").set_value("snapshots").run()
    assert not app.exception
    assert "Take a snapshot" in texts(app)


def test_a_snapshot_of_one_colour_is_told_and_not_asked_about(store, monkeypatch):
    black = as_png(np.zeros((48, 64, 3), np.uint8))
    monkeypatch.setattr("dashboard.classify.camera.st.camera_input", lambda *_words, **_named: io.BytesIO(black))
    app = open_way("camera")
    app.segmented_control(key="camera_way").set_value("snapshots").run()
    assert "take another" in app.warning[0].value
    assert "stands out" not in texts(app)


@pytest.mark.parametrize(
    ("servers", "told"), [("", "Across networks a TURN server is needed"), ("turn:t.example", "were tried")]
)
def test_a_camera_whose_picture_does_not_arrive_says_why(store, monkeypatch, servers, told):
    playing = SimpleNamespace(state=SimpleNamespace(playing=True, signalling=False))
    monkeypatch.setattr("dashboard.classify.camera.webrtc_streamer", lambda *_words, **_named: playing)
    monkeypatch.setenv("FITSCOPE_ICE_SERVERS", servers)
    app = open_way("camera")
    assert "Connecting" in texts(app)
    app.session_state["_camera_began"] = time.time() - 60
    app.run()
    assert "No frame has arrived" in app.warning[0].value
    assert told in app.warning[0].value
    assert "Snapshots" in app.warning[0].value


def test_a_page_by_plain_http_says_why_there_is_no_camera(store, monkeypatch):
    monkeypatch.setattr("dashboard.classify.camera_help.is_secure", lambda: False)
    app = open_way("camera")
    assert "make https" in app.warning[0].value


def test_a_wrong_list_of_ice_servers_is_told(store, monkeypatch):
    monkeypatch.setenv("FITSCOPE_ICE_SERVERS", "http://example.org")
    app = open_way("camera")
    assert "FITSCOPE_ICE_SERVERS is not understood" in app.error[0].value


@pytest.fixture
def pets(own_data_folder):
    images = Images(np.zeros((6, 16, 16, 1), np.uint8), np.arange(6) % 2)
    return imported.create("Pets", Splits(images, images), ("cat", "dog"))


def test_a_frozen_frame_is_saved_into_a_class(store, pets, monkeypatch):
    frame_keeper.add_picture(pets, "dog", written())
    frame_keeper.add_picture(pets, "owl", written())
    spec = imported.dataset(pets)
    assert (spec.n_train, spec.n_test, spec.classes) == (8, 6, ("cat", "dog", "owl"))
    train = by_name.load(pets, version=spec.version).train
    assert train.labels[-2:].tolist() == [1, 2]
    assert train.images[-1].max() > train.images[-1].min()
    assert imported.read_sources(pets)["train"].names[-1].startswith("camera-")


def test_a_frozen_frame_has_its_answer_and_can_be_kept_for_a_new_dataset(store, own_data_folder):
    app = open_way("camera", _frozen=written(), **{"keep_class_": None})
    assert "Frozen frame" in texts(app)
    assert app.button(key="keep_save").disabled
    app.button(key="frozen_discard").click().run()
    assert "Frozen frame" not in texts(app)


def test_a_frozen_frame_goes_into_no_strangers_dataset_by_itself(store, pets):
    app = open_way("camera", _frozen=written())
    assert app.selectbox(key="keep_dataset").value == ""


def test_a_frozen_frame_goes_into_the_dataset_its_network_learnt(store, pets):
    run = store.get("latest")
    recipe = json.loads((run.folder / "config.json").read_text("utf-8"))
    (run.folder / "config.json").write_text(json.dumps(recipe | {"dataset": pets}), "utf-8")
    app = open_way("camera", _frozen=written())
    assert app.selectbox(key="keep_dataset").value == pets


def test_pictures_for_a_new_dataset_wait_on_the_other_page(store, own_data_folder, monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    staging.add("Katze/1", written())
    staging.add("dog", written(1))
    assert staging.new_classes() == ["Katze/1", "dog"]
    assert len(staging.pictures_of("Katze/1")) == 1
    assert len(staging.pictures_of("dog")) == 1


def test_a_batch_in_class_folders_is_judged(store, tmp_path):
    test = by_name.load("digits").test
    with zipfile.ZipFile(tmp_path / "digits.zip", "w") as archive:
        for place in range(40):
            archive.writestr(f"{test.labels[place]}/{place}.png", as_png(np.asarray(test.images[place][..., 0])))
    app = open_way("batch")
    app.file_uploader(key="batch_zip").upload("digits.zip", (tmp_path / "digits.zip").read_bytes(), "application/zip")
    app.run()
    app.button(key="batch_go").click().run()
    deadline = time.monotonic() + PATIENCE
    while not app.success and time.monotonic() < deadline:
        time.sleep(0.3)
        app.run()
    assert not app.exception
    assert app.success, texts(app)
    asked = classifier(store.all()[0])
    right = int((asked.network.probabilities(test.images[:40]).argmax(axis=1) == test.labels[:40]).sum())
    assert re.match(rf"{100 * right / 40:.1f}.% of 40 pictures right", app.success[0].value.replace("\xa0", " "))
    assert len(app.dataframe[0].value) == 40


@pytest.mark.parametrize("wanted", [True, False])
def test_a_batch_looks_for_faces_where_that_is_wanted(store, tmp_path, monkeypatch, wanted):
    asked_for = []
    monkeypatch.setattr("dashboard.server.jobs.start", lambda _kind, words: asked_for.extend(words))
    app = open_way("batch")
    app.toggle(key="classify_faces_False").set_value(wanted).run()
    app.file_uploader(key="batch_zip").upload("a.zip", b"PK", "application/zip").run()
    app.button(key="batch_go").click().run()
    assert ("--face" in asked_for) == wanted
    assert asked_for[0] == "batch"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_why_begins_with_a_test_image(store, language):
    app = open_page("07_shift.py", lang=language)
    assert not app.exception
    assert len(app.subheader) == 3
    assert app.info


@pytest.mark.parametrize("change", CHANGES)
def test_why_shows_a_picture_of_ones_own_under_every_change(store, change):
    app = open_way("", page="07_shift.py", _picture=("mine.png", written(5)))
    assert not app.info
    assert "Of 300 test images" in texts(app)
    app.segmented_control(key="shift_kind").set_value(change).run()
    before = html(app)
    app.slider(key=f"shift_{change}").set_value(CHANGES[change].high).run()
    assert not app.exception
    assert html(app) != before
    assert f"{CHANGES[change].high}" in texts(app)


@pytest.mark.parametrize("whole", [True, False])
def test_no_face_is_looked_for_in_a_test_image(store, monkeypatch, whole):
    looked = []
    monkeypatch.setattr("core.pictures.faces.find", lambda _picture, **_options: looked.append(1) or [])
    monkeypatch.setattr("dashboard.classify.samples.choose", lambda _run: ("test image 3", written(3)))
    app = open_way("examples" if whole else "upload")
    app.toggle(key="classify_faces_False").set_value(True).run()
    if not whole:
        app.file_uploader(key="classify_upload").upload("a.png", written(3), "image/png").run()
    assert not app.exception
    assert bool(looked) == (not whole)
    assert app.session_state["_picture_whole"] == whole


@pytest.mark.parametrize("whole", [True, False])
def test_why_looks_for_faces_where_classify_did(store, monkeypatch, whole):
    looked = []
    monkeypatch.setattr("core.pictures.faces.find", lambda _picture, **_options: looked.append(1) or [])
    app = open_way("", page="07_shift.py", _picture=("mine.png", written(5)), _picture_whole=whole)
    app.toggle(key="classify_faces_False").set_value(True).run()
    assert not app.exception
    assert bool(looked) == (not whole)


def test_why_refuses_a_picture_that_cannot_be_read(store):
    app = open_way("", page="07_shift.py", _picture=("mine.png", b"nothing"))
    assert "mine.png" in app.error[0].value


def test_a_missing_dataset_is_told_and_not_downloaded(store, monkeypatch):
    monkeypatch.setattr("core.data.cache.available", lambda _dataset: False)
    app = open_page("07_shift.py")
    assert "not on this machine" in app.error[0].value


def test_a_damaged_network_is_told(store):
    (store.all()[0].folder / NETWORK).write_bytes(b"no network")
    for page in ("06_classify.py", "07_shift.py"):
        assert "cannot be read" in open_page(page).error[0].value


def test_faces_are_said_to_be_absent(store):
    app = open_page("06_classify.py")
    app.toggle(key="classify_faces_False").set_value(True).run()
    upload(app, ("wall.png", as_png(np.full((120, 160), 90, np.uint8))))
    assert any("No face found" in info.value for info in app.info)


def test_each_face_has_its_crop_its_box_and_its_bars(store, monkeypatch):
    boxes = [Box(10, 10, 80, 80), Box(120, 20, 40, 40)]
    monkeypatch.setattr("core.pictures.faces.find", lambda _picture, **_options: boxes)
    app = open_page("06_classify.py")
    app.toggle(key="classify_faces_False").set_value(True).run()
    upload(app, ("two.png", as_png(np.full((120, 200), 90, np.uint8))))
    assert "face 1" in html(app)
    assert "face 2" in html(app)
    assert "Nobody's feelings can be read off a face" in texts(app)


def test_the_answer_can_be_none_of_these(store):
    app = open_page("06_classify.py")
    noise = np.random.default_rng(3).integers(0, 256, (8, 8), np.uint8)
    app.slider(key="classify_least").set_value(95).run()
    upload(app, ("a.png", as_png(noise)), ("b.png", written()))
    assert "1: none of these" in html(app)


@pytest.fixture(scope="module", autouse=True)
def explainer_ends():
    yield
    looking.explainer().close()
