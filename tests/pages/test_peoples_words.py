"""Names that people gave are shown as they gave them, also where the interface has the same word for itself."""

import io
import json

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from core.data import imported
from core.data.catalogue import dataset
from core.data.dataset import Images, Splits
from core.errors import DataError, RunError, SettingError
from core.evaluation.evaluation import SPLITS
from core.network.classifier import NETWORK, Classifier
from core.pictures.preprocessing import Preprocessing
from core.recipe.config import TrainingConfig
from dashboard import words
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = pytest.mark.slow

CLASSES = ("Train", "Bus", "Stop", "Run", "right", "left", "Start")  # of vehicles, signs and gestures
TITLE = "Images"
FRENCH = ("Entraîner", "Arrêter", "Entraînement", "juste", "Accueil", "Démarrer", "Lancer")


class Even:
    """Stands in for a network that finds each class as likely as the next, the last a little more."""

    def probabilities(self, images):
        shares = np.arange(1, len(CLASSES) + 1, dtype=np.float32)
        return np.repeat(shares[None] / shares.sum(), len(images), axis=0)


@pytest.fixture(autouse=True)
def fresh(own_data_folder):
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def signs(monkeypatch):
    """The id of an imported dataset, its title and classes words of the interface."""
    monkeypatch.setattr(imported, "check_title", lambda title: title)  # "Images" may become a page's name later
    rng = np.random.default_rng(0)
    parts = [
        Images(rng.integers(0, 256, (n, 16, 16, 3), np.uint8), np.arange(n, dtype=np.int64) % len(CLASSES))
        for n in (140, 42)
    ]
    return imported.create(TITLE, Splits(*parts), CLASSES)


@pytest.fixture
def run(store, signs, monkeypatch):
    made = make_run(store, "finished", TrainingConfig(dataset=signs), answered=SPLITS)
    made.change_meta(name="Stop")
    (made.folder / NETWORK).touch()
    asked = Classifier(Even(), Preprocessing(16, 3), CLASSES, signs)
    for asking in ("resources", "looking"):
        monkeypatch.setattr(f"dashboard.{asking}.loaded", lambda _run, _epoch=None: asked)
    return made


def pictures(app):
    """All that is written beside and below pictures."""
    return "\n".join(str(one.proto.body) for one in app.get("html"))


def charts(app):
    return "\n".join(
        json.dumps(json.loads(one.proto.json), ensure_ascii=False)
        for one in app.get("bidi_component")
        if one.proto.json.startswith("{") and "wording" not in one.proto.id
    )


def check(text, names=CLASSES):
    for name in names:
        assert name in text, name
    for name in FRENCH:
        assert name not in text, name


def test_the_page_of_training(run, signs):
    app = open_page("03_train.py", lang="fr", run=run.id, dataset=signs)
    check(pictures(app))
    assert app.title[0].value == "Stop"
    assert tuple(app.multiselect(key="classes").options) == CLASSES
    assert any(option.startswith(f"{TITLE} · ") for option in app.selectbox(key="dataset").options)
    assert app.button(key="train").label == "Entraîner"


@pytest.mark.parametrize("view", ["overview", "pictures", "one", "problems"])
def test_the_page_of_images(signs, view):
    app = open_page("07_images.py", lang="fr", images=signs)
    app.segmented_control(key="images_view").set_value(view).run()
    assert not app.exception
    assert app.title[0].value == TITLE
    seen = pictures(app) + charts(app) + texts(app)
    check(seen, {"overview": CLASSES, "pictures": CLASSES}.get(view, ()))
    if view == "pictures":
        assert tuple(app.multiselect(key="images_classes").options) == CLASSES


@pytest.mark.parametrize("view", ["matrix", "images", "classes", "curves"])
def test_the_page_of_mistakes(run, view):
    app = open_page("12_mistakes.py", lang="fr", run=run.id)
    app.segmented_control(key="mistakes_view").set_value(view).run()
    assert not app.exception
    tables = "\n".join(str(one.value) for one in app.dataframe)
    choices = "\n".join(option for one in app.selectbox if one.key == "curve_class" for option in one.options)
    check(pictures(app) + charts(app) + tables + choices + app.markdown[0].value, CLASSES if view != "curves" else ())
    if view == "curves":
        assert tuple(choices.splitlines()) == CLASSES


def test_the_page_that_classifies(run):
    file = io.BytesIO()
    Image.new("RGB", (30, 30), "red").save(file, "PNG")
    app = open_page("09_classify.py", lang="fr", run=run.id)
    app.file_uploader(key="classify_upload").upload("a.png", file.getvalue(), "image/png")
    app.run()
    assert not app.exception
    check(charts(app), CLASSES[-5:])
    assert "Start, dit le réseau" in charts(app)


def test_names_of_our_own_datasets_are_translated():
    app = open_page("07_images.py", lang="fr", images="colours")
    assert app.title[0].value == "Couleurs"
    assert "rouge" in charts(app)


def test_values_of_errors_are_peoples_but_for_words_of_ours(monkeypatch, signs):
    monkeypatch.setattr(words, "language", lambda: "fr")
    with pytest.raises(SettingError) as unknown:
        TrainingConfig(dataset=signs, classes=("Accept", "Train"))
    assert "Train, Bus, Stop, Run, right, left, Start" in words.say(unknown.value)
    taken = DataError("There is already a dataset called {title}; choose another name.", title="Start")
    assert "Start" in words.say(taken)
    busy = RunError(
        "Run {run} is {state}: its network is still changing. Name one of the epochs that were kept ({epochs}), wait "
        "for its end, or stop it.",
        run="Stop",
        state="running",
        epochs="0, 1",
    )
    assert "Stop" in words.say(busy)
    assert "running" not in words.say(busy)
    ours = DataError("{dataset} has no place.", dataset=dataset("colours").title)
    assert words.say(ours) == "Couleurs has no place."
