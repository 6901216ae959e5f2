"""Pictures of one's own in a zip, and their import on the page."""

import time

import numpy as np
import pytest
import streamlit as st

from core.data import imported
from core.data.dataset import Images, Splits
from core.runs.store import RunStore
from dashboard.server import jobs
from tests.made.workers import PATIENCE


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    return RunStore(tmp_path / "runs")


@pytest.fixture(autouse=True)
def fresh(own_data_folder):
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


def pets(n=12, shape=(16, 16, 3), seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    images = rng.integers(0, 256, (n, *shape), np.uint8)
    return Images(images, labels)


@pytest.fixture
def pet_shop():
    """An imported dataset whose class names mean mischief."""
    train, test = pets(), pets(6, seed=1)
    train.images[3] = train.images[1]  # a copy
    train.images[4] = test.images[0]  # a leak
    train.images[5] = 128  # blank
    return imported.create("Pets <i>&</i> more", Splits(train, test), ("<b>cat</b>", "dog_*x*"))


def run_until_done(app, kind):
    """Reruns the page as its fragment does, once all jobs are done; that of `kind` is the one waited for."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if all(job.done for job in jobs._jobs().values()):
            return app.run()
        time.sleep(0.05)
    raise AssertionError(f"{kind} was not done in {PATIENCE} s")
