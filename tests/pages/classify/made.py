"""Pages that ask a network which was really trained."""

import io
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from core.data import imported
from core.data.dataset import Images, Splits
from core.runs.store import RunStore
from dashboard import looking
from tests.made import by_name
from tests.made.pages import open_page
from tests.made.workers import command


@pytest.fixture(scope="session")
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


def open_way(way, page="09_classify.py", **state):
    app = open_page(page)
    for name, value in state.items():
        app.session_state[name] = value
    if way:
        app.segmented_control(key="classify_way").set_value(way).run()
    else:
        app.run()
    assert not app.exception, app.exception
    return app


def upload(app, *files):
    """Puts (name, content) into the uploader of the page."""
    uploader = app.file_uploader(key="classify_upload")
    for name, content in files:
        uploader.upload(name, content, "image/png")
    app.run()
    assert not app.exception, app.exception
    return app


def html(app):
    return "\n".join(str(one.proto.body) for one in app.get("html"))


@pytest.fixture
def pets(own_data_folder):
    images = Images(np.zeros((6, 16, 16, 1), np.uint8), np.arange(6) % 2)
    return imported.create("Pets", Splits(images, images), ("cat", "dog"))


@pytest.fixture(scope="module", autouse=True)
def explainer_ends():
    yield
    looking.explainer().close()
