"""Mistakes in every state, both languages, every view and split, without a browser; numbers against scikit-learn's."""

import json

import numpy as np
import pytest
import streamlit as st
from sklearn import metrics

from core.data import imported as own
from core.data import versions
from core.data.catalogue import dataset
from core.data.dataset import Images, Splits
from core.evaluation.evaluation import SPLITS, read
from core.files import read_arrays
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.runs import STATES, TESTED, make_run
from tests.pages.test_pages import open_page, texts

pytestmark = pytest.mark.slow  # together they take too long for a commit

PAGE = "09_mistakes.py"
VIEWS = ("matrix", "images", "classes", "curves", "honesty")
ORDERS = ("name", "errors", "support", "similarity")
NUMBERS = ("counts", "true", "predicted")


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


def imported(title, classes, each=6, shape=(8, 8, 3)):
    """A dataset of noise with that many training and half as many test pictures of each class."""
    random = np.random.default_rng(0)

    def noise(n):
        labels = np.repeat(np.arange(len(classes)), n)
        return Images(random.integers(0, 256, (len(labels), *shape), np.uint8), labels)

    return own.create(title, Splits(noise(each), noise(each // 2)), classes)


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


# Every state


@pytest.mark.parametrize("language", ["en", "fr"])
def test_before_anything_was_trained_it_says_what_to_do(store, language):
    app = open_page(PAGE, lang=language)
    assert len(app.info) == 1
    assert not app.warning


@pytest.mark.parametrize("state", STATES)
def test_a_run_in_every_state(store, state):
    run = make_run(store, state, answered=SPLITS)
    app = open_page(PAGE, run=run.id)
    assert ("of 360 images right" in texts(app)) == (state in TESTED)
    assert bool(app.info) == (state not in TESTED)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_opens_for_each_split(store, view, language):
    app = open_page(PAGE, run=answering(store).id, lang=language)
    see(app, view)
    for split in SPLITS:
        app.segmented_control(key="mistakes_split").set_value(split).run()
        assert not app.exception
        assert not app.warning


def test_a_split_that_was_not_asked_about_is_told(store):
    app = open_page(PAGE, run=make_run(store, "finished").id)
    app.segmented_control(key="mistakes_split").set_value("train").run()
    assert "no answers for split" in app.warning[0].value


def test_the_run_of_the_link_is_shown_and_another_can_be_chosen(store):
    first, second = answering(store), answering(store, TrainingConfig(seed=1))
    app = open_page(PAGE, run=first.id)
    assert app.selectbox(key="picked_run").value == first.id
    app.selectbox(key="picked_run").select(second.id).run()
    assert app.selectbox(key="picked_run").value == second.id
    assert app.query_params["run"] in (second.id, [second.id])
    app.query_params["run"] = first.id  # a link to it is followed
    app.run()
    assert app.selectbox(key="picked_run").value == first.id


def test_a_run_that_is_deleted_meanwhile_gives_way_to_another(store):
    first, second = answering(store), answering(store)
    app = open_page(PAGE, run=first.id)
    store.delete(first)
    app.run()
    assert not app.exception
    assert app.selectbox(key="picked_run").value == second.id


# The numbers


@pytest.mark.parametrize("split", SPLITS)
def test_accuracy_and_the_most_confused_pair_are_told_in_words(store, split):
    run = answering(store)
    app = open_page(PAGE, run=run.id)
    app.segmented_control(key="mistakes_split").set_value(split).run()
    found = read(run, split)
    accuracy = metrics.accuracy_score(found.labels, found.predicted)
    counts = metrics.confusion_matrix(found.labels, found.predicted)
    np.fill_diagonal(counts, 0)
    true, predicted = np.unravel_index(counts.argmax(), counts.shape)
    ties = np.argwhere(counts == counts.max())
    shown = texts(app)
    assert f"**{accuracy:.2%}**".replace("%", " %") in shown.replace("\xa0", " ")
    words = [f"**{a}** taken for **{b}** ({counts.max()} times" for a, b in ties]
    assert any(f"Most often confused: {one}" in shown for one in words), (true, predicted)


def test_class_by_class_equals_scikit_learns(store):
    run = answering(store)
    app = see(open_page(PAGE, run=run.id), "classes")
    found, table = read(run, "test"), app.dataframe[0].value
    precision, recall, f1, support = metrics.precision_recall_fscore_support(found.labels, found.predicted)
    np.testing.assert_allclose(table["Precision"], precision)
    np.testing.assert_allclose(table["Recall"], recall)
    np.testing.assert_allclose(table["F1"], f1)
    assert table["Images"].to_list() == support.tolist()
    shown = {metric.label: metric.value for metric in app.metric}
    expected = {
        f"{name} F1": metrics.f1_score(found.labels, found.predicted, average=name.lower())
        for name in ("Macro", "Weighted")
    }
    for k in (2, 3, 5):
        expected[f"Top-{k} accuracy"] = metrics.top_k_accuracy_score(found.labels, found.probabilities, k=k)
    assert shown == {name: f"{100 * value:.2f} %" for name, value in expected.items()}


def test_the_calibration_error_equals_a_hand_made_one(store):
    run = answering(store)
    app = see(open_page(PAGE, run=run.id), "honesty")
    found, error = read(run, "test"), 0.0
    for low, high in zip(np.linspace(0, 1, 16)[:-1], np.linspace(0, 1, 16)[1:], strict=True):
        inside = (found.confidence > low) & (found.confidence <= high)
        if inside.any():
            right = np.mean(found.predicted[inside] == found.labels[inside])
            error += inside.mean() * abs(right - found.confidence[inside].mean())
    assert app.metric[0].value == f"{100 * error:.2f} %"


def test_the_areas_under_the_curves_equal_scikit_learns(store):
    run = answering(store)
    app = see(open_page(PAGE, run=run.id), "curves")
    app.selectbox(key="curve_class").select(3).run()
    found = read(run, "test")
    area = metrics.roc_auc_score(found.labels == 3, found.probabilities[:, 3])
    average = metrics.average_precision_score(found.labels == 3, found.probabilities[:, 3])
    titles = [figure["title"] for figure in figures(app, "roc") + figures(app, "precision-recall")]
    assert titles == [f"ROC: area {area:.4f}", f"Precision and recall: average precision {average:.4f}"]


@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize("order", ORDERS)
def test_the_matrix_has_scikit_learns_numbers_in_every_order(store, order, numbers):
    run = answering(store)
    app = open_page(PAGE, run=run.id)
    app.selectbox(key="matrix_order").select(order).run()
    app.selectbox(key="matrix_numbers").select(numbers).run()
    assert not app.exception
    (figure,) = figures(app, "matrix")
    found = read(run, "test")
    classes = [int(name) for name in figure["layout"]["xaxis"]["ticktext"]]
    assert sorted(classes) == list(range(10))
    normalise = None if numbers == "counts" else numbers.replace("predicted", "pred")
    expected = metrics.confusion_matrix(found.labels, found.predicted, labels=classes, normalize=normalise)
    for true in range(10):
        for predicted in range(10):
            value = expected[true, predicted]
            rounded = "<1 %" if value < 0.005 else f"{100 * value:.0f} %"
            written = "" if not value else str(value) if numbers == "counts" else rounded
            heat = figure["data"][true != predicted]  # what is right, and the mistakes
            assert heat["text"][true][predicted] == written
    if order == "errors":
        missed = [np.sum((found.labels == label) & (found.predicted != label)) for label in classes]
        assert missed == sorted(missed, reverse=True)


def test_before_a_click_the_images_are_those_of_the_most_confused_pair(store):
    run = answering(store)
    app = open_page(PAGE, run=run.id)
    found = read(run, "test")
    counts = metrics.confusion_matrix(found.labels, found.predicted)
    np.fill_diagonal(counts, 0)
    titles = [f"**{a} taken for {b}: {counts.max()}**" for a, b in np.argwhere(counts == counts.max())]
    assert any(title in texts(app) for title in titles)
    options = key_of(app, "multiselect", "repair_rows_cell").options
    assert len(options) == counts.max()


@pytest.mark.parametrize("kind", ["worst", "confident", "missed", "taken"])
def test_the_gallery_shows_what_it_says(store, kind):
    run = answering(store)
    app = see(open_page(PAGE, run=run.id), "images")
    app.segmented_control(key="mistakes_kind").set_value(kind).run()
    if kind in ("missed", "taken"):
        app.selectbox(key="mistakes_class").select(7).run()
    assert not app.exception
    found = read(run, "test")
    wrong = found.labels != found.predicted
    wanted = {
        "worst": np.argsort(-found.losses)[:24],
        "confident": np.flatnonzero(wrong)[np.argsort(-found.confidence[wrong])][:24],
        "missed": np.flatnonzero(wrong & (found.labels == 7)),
        "taken": np.flatnonzero(wrong & (found.predicted == 7)),
    }[kind]
    shown = [int(option.removeprefix("#")) for option in key_of(app, "multiselect", "repair_rows_gallery").options]
    if kind in ("worst", "confident"):
        assert shown == found.rows[wanted].tolist()
    else:
        assert set(shown) <= set(found.rows[wanted].tolist())
        assert len(shown) == min(24, len(wanted))


# What is gone, damaged, hostile, small or large


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


# Acting on it


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
    key_of(app, "selectbox", "repair_class").select(4).run()
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
