"""The page of mistakes where things are gone, damaged or many, and what can be done from it."""

import json

import numpy as np
import pytest
import streamlit as st

from core.data import imported as own
from core.data import versions
from core.data.catalogue import dataset
from core.data.dataset import Images, Splits
from core.evaluation.evaluation import read
from core.files import read_arrays
from core.recipe.config import TrainingConfig
from tests.made import by_name
from tests.made.pages import open_page, texts
from tests.made.runs import make_run
from tests.pages.mistakes.made import PAGE, VIEWS, answering, figures, key_of, see

pytestmark = pytest.mark.slow  # together they take too long for a commit


def imported(title, classes, each=6, shape=(8, 8, 3)):
    """A dataset of noise with that many training and half as many test pictures of each class."""
    random = np.random.default_rng(0)

    def noise(n):
        labels = np.repeat(np.arange(len(classes)), n)
        return Images(random.integers(0, 256, (len(labels), *shape), np.uint8), labels)

    return own.create(title, Splits(noise(each), noise(each // 2)), classes)


def test_figures_stay_when_the_dataset_is_gone(store):
    run = answering(store)
    (run.folder / "config.json").write_text(json.dumps({**run.config.as_dict(), "dataset": "mnist"}), "utf-8")
    st.cache_resource.clear()
    app = open_page(PAGE, run=run.id)
    assert "of 360 images right" in texts(app)
    assert len(figures(app, "matrix")) == 1
    assert "are not on this machine" in app.warning[0].value
    assert not see(app, "classes").warning


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", None], ids=["empty", "garbage", "cut"])
def test_damaged_answers_are_told(store, content):
    run = answering(store)
    path = run.folder / "evaluation.npz"
    path.write_bytes(path.read_bytes()[:-60] if content is None else content)
    app = open_page(PAGE, run=run.id)
    assert "evaluation.npz" in app.warning[0].value


@pytest.mark.parametrize("view", VIEWS)
def test_class_names_are_harmless(store, view):
    name = imported("Mischief", ("<b>cat</b>", "dog_*x*", "$a$ [b](http://c)"))
    app = see(open_page(PAGE, run=answering(store, TrainingConfig(dataset=name)).id), view)
    assert "<b>cat" not in "".join(str(element.proto.body) for element in app.get("html"))
    for figure in figures(app, "matrix"):
        assert "<b>cat" not in json.dumps(figure)
    headline = app.markdown[1].value
    assert "dog_*x*" not in headline
    assert "[b](" not in headline


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("n", [2, 100])
def test_few_and_many_classes_open(store, n, view):
    name = imported("Sizes", [f"class {number}" for number in range(n)])
    run = answering(store, TrainingConfig(dataset=name))
    app = see(open_page(PAGE, run=run.id), view)
    assert not app.warning
    assert f"of {3 * n} images right" in texts(app)


def test_a_network_without_mistakes_is_told(store):
    run = make_run(store, "finished")
    stored = read_arrays(run.folder / "evaluation.npz")
    stored["test_probabilities"] = np.eye(10, dtype=np.float32)[stored["test_labels"]]
    np.savez(run.folder / "evaluation.npz", **stored)
    app = open_page(PAGE, run=run.id)
    assert "Not a single mistake" in texts(app)
    assert "rightly recognised: 36" in texts(app)


def choose_worst(app, n=1):
    """Opens the worst images and picks the first of them; returns their rows."""
    see(app, "images")
    control = key_of(app, "multiselect", "repair_rows")
    rows = [int(option.removeprefix("#")) for option in control.options[:n]]
    control.set_value(rows).run()
    return rows


def press(app, start):
    key_of(app, "button", start).click().run()
    assert not app.exception, app.exception


def test_a_relabelled_image_makes_a_version_and_the_run_keeps_its_own(store):
    run = answering(store)
    app = open_page(PAGE, run=run.id)
    (row,) = choose_worst(app)
    key_of(app, "selectbox", "repair_class").select(4)  # arrives with the press, as on a busy server
    press(app, "relabel")
    version = versions.current(dataset("digits"))
    place = row - len(by_name.load("digits").train)
    assert versions.get(dataset("digits"), version).relabelled == {"test": {place: 4}}
    assert run.config.dataset_version == ""
    assert by_name.load("digits", version=version).test.labels[place] == 4


def test_left_out_images_make_a_version_that_the_same_recipe_can_be_trained_on(store):
    run = answering(store)
    app = open_page(PAGE, run=run.id)
    assert not [one for one in app.button if one.key.startswith("again")]
    rows = choose_worst(app, 2)
    press(app, "exclude")
    version = versions.current(dataset("digits"))
    places = sorted(row - len(by_name.load("digits").train) for row in rows)
    assert versions.get(dataset("digits"), version).excluded == {"test": tuple(places)}
    press(app, "again")
    (new,) = [one for one in store.all() if one.id != run.id]
    assert new.state == "queued"
    assert new.config == TrainingConfig.from_dict({**run.config.as_dict(), "dataset_version": version})
    assert run.config.dataset_version == ""
    assert app.selectbox(key="picked_run").value == run.id
    assert "Before" not in texts(app)


def test_before_and_after_are_side_by_side_once_the_new_run_is_done(store):
    run = answering(store)
    app = open_page(PAGE, run=run.id)
    rows = choose_worst(app, 2)
    press(app, "exclude")
    config = TrainingConfig.from_dict({**run.config.as_dict(), "dataset_version": versions.current(dataset("digits"))})
    after = make_run(store, "finished", config)
    app.run()
    assert "**Before**: 88.89 % of 360 test images right" in texts(app)
    assert "**After**: 88.83 % of 358 test images right" in texts(app)
    assert not set(rows) & set(read(after, "test").rows.tolist())


def test_leaving_out_the_last_picture_of_a_class_is_refused(store):
    name = imported("Few", ("cat", "dog"), each=6)
    run = answering(store, TrainingConfig(dataset=name))
    before = versions.current(dataset(name))
    found = read(run, "test")
    app = open_page(PAGE, run=run.id)
    see(app, "images")
    control = key_of(app, "multiselect", "repair_rows")
    control.set_value(found.rows[found.labels == 1].tolist()).run()
    press(app, "exclude")
    assert "dog would have no test picture left" in app.toast[0].value
    assert versions.current(dataset(name)) == before


def test_noise_on_purpose_is_said_where_training_labels_are_looked_at(store):
    run = answering(store, TrainingConfig(label_noise=0.2))
    app = see(open_page(PAGE, run=run.id), "images")
    assert "on purpose" not in texts(app)
    app.segmented_control(key="mistakes_split").set_value("train").run()
    assert "changed on purpose" in texts(app)
