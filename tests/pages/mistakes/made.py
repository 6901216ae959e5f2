"""A run whose answers were made up, and the page of its mistakes."""

import json

import numpy as np
import pytest
import streamlit as st

from core.evaluation.evaluation import SPLITS
from core.files import read_arrays
from core.runs.store import RunStore
from tests.made.runs import make_run

PAGE = "12_mistakes.py"


VIEWS = ("matrix", "images", "classes", "curves", "honesty")


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


def answering(store, config=None, seed=0):
    """A finished run with answers to all splits that are right more often than not, and sure to any degree."""
    run = make_run(store, "finished", config, answered=SPLITS)
    stored, random = read_arrays(run.folder / "evaluation.npz"), np.random.default_rng(seed)
    for split in SPLITS:
        labels, shape = stored[f"{split}_labels"], stored[f"{split}_probabilities"].shape
        scores = random.normal(size=shape)
        scores[np.arange(len(labels)), labels] += 2
        shares = np.exp(scores)
        stored[f"{split}_probabilities"] = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    np.savez(run.folder / "evaluation.npz", **stored)
    return run


def see(app, view):
    app.segmented_control(key="mistakes_view").set_value(view).run()
    assert not app.exception, app.exception
    return app


def figures(app, name):
    """The Plotly figures on the page whose key begins so."""
    charts = [json.loads(element.proto.json) for element in app.get("bidi_component") if name in element.proto.id]
    return [one["figure"] for one in charts]


def key_of(app, kind, start):
    """The one control of that kind whose key begins so: keys name the images they belong to."""
    (found,) = [element for element in app.get(kind) if element.key and element.key.startswith(start)]
    return found
