"""Batches, frames that are kept, and why a network errs, without a browser."""

import json
import re
import shutil
import time
import zipfile

import numpy as np
import pytest
import streamlit as st

from core.evaluation.robustness import CHANGES
from core.network.classifier import NETWORK, classifier
from core.pictures.box import Box
from dashboard import staging
from tests.made import by_name
from tests.made.pages import open_page, texts
from tests.made.workers import PATIENCE
from tests.pages.classify.made import as_png, html, open_way, upload, written

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("classify")]


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
    app.file_uploader(key="batch_zip").upload("a.zip", b"PK", "application/zip").run()
    app.toggle(key="classify_faces_False").set_value(wanted)  # arrives with the press, as on a busy server
    app.button(key="batch_go").click().run()
    assert ("--face" in asked_for) == wanted
    assert asked_for[0] == "batch"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_why_begins_with_a_test_image(store, language):
    app = open_page("10_shift.py", lang=language)
    assert not app.exception
    assert len(app.subheader) == 3
    assert app.info


@pytest.mark.parametrize("change", CHANGES)
def test_why_shows_a_picture_of_ones_own_under_every_change(store, change):
    app = open_way("", page="10_shift.py", _picture=("mine.png", written(5)))
    assert not app.info
    assert "Of 300 test images" in texts(app)
    app.segmented_control(key="shift_kind").set_value(change).run()
    before = html(app)
    app.slider(key=f"shift_{change}").set_value(CHANGES[change].high).run()
    assert not app.exception
    assert html(app) != before
    assert f"{CHANGES[change].high}" in texts(app)


def test_why_compares_by_the_networks_features_too(store):
    app = open_way("", page="10_shift.py", _picture=("mine.png", written(5)))
    by_pixels = html(app)
    app.segmented_control(key="alike_by").set_value("features").run()
    assert not app.exception
    assert html(app) != by_pixels
    said = texts(app)
    assert "Compared by the 64 numbers that go into the last layer, with 1,000 of 1,150 training images" in said
    assert "of 300 test images are nearer" in said
    labels = re.findall(r">(\d) · 0\.\d{3}<", html(app))
    assert len(labels) == 10
    assert labels.count(str(by_name.load("digits").test.labels[5])) >= 8  # it is a good network, and finds its like


def test_a_run_whose_epochs_were_let_go_has_no_features(store):
    shutil.rmtree(store.all()[0].folder / "checkpoints")
    app = open_page("10_shift.py")
    app.segmented_control(key="alike_by").set_value("features").run()
    assert "cannot be looked into" in texts(app)


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
    app = open_way("", page="10_shift.py", _picture=("mine.png", written(5)), _picture_whole=whole)
    app.toggle(key="classify_faces_False").set_value(True).run()
    assert not app.exception
    assert bool(looked) == (not whole)


def test_why_refuses_a_picture_that_cannot_be_read(store):
    app = open_way("", page="10_shift.py", _picture=("mine.png", b"nothing"))
    assert "mine.png" in app.error[0].value


def test_a_missing_dataset_is_told_and_not_downloaded(store, monkeypatch):
    monkeypatch.setattr("core.data.cache.available", lambda _dataset: False)
    app = open_page("10_shift.py")
    assert "not on this machine" in app.error[0].value


def test_a_damaged_network_is_told(store):
    (store.all()[0].folder / NETWORK).write_bytes(b"no network")
    for page in ("09_classify.py", "10_shift.py"):
        assert "cannot be read" in open_page(page).error[0].value


def test_faces_are_said_to_be_absent(store):
    app = open_page("09_classify.py")
    app.toggle(key="classify_faces_False").set_value(True).run()
    upload(app, ("wall.png", as_png(np.full((120, 160), 90, np.uint8))))
    assert any("No face found" in info.value for info in app.info)


def test_each_face_has_its_crop_its_box_and_its_bars(store, monkeypatch):
    boxes = [Box(10, 10, 80, 80), Box(120, 20, 40, 40)]
    monkeypatch.setattr("core.pictures.faces.find", lambda _picture, **_options: boxes)
    app = open_page("09_classify.py")
    app.toggle(key="classify_faces_False").set_value(True).run()
    upload(app, ("two.png", as_png(np.full((120, 200), 90, np.uint8))))
    assert "face 1" in html(app)
    assert "face 2" in html(app)
    assert "Nobody's feelings can be read off a face" in texts(app)


def test_the_answer_can_be_none_of_these(store):
    app = open_page("09_classify.py")
    noise = np.random.default_rng(3).integers(0, 256, (8, 8), np.uint8)
    app.slider(key="classify_least").set_value(95).run()
    upload(app, ("a.png", as_png(noise)), ("b.png", written()))
    assert "1: none of these" in html(app)
