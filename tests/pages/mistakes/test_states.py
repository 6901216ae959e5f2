"""The page of mistakes in every state, both languages, every view; numbers against scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from core.evaluation.evaluation import SPLITS, read
from core.recipe.config import TrainingConfig
from tests.made.pages import open_page, texts
from tests.made.runs import STATES, TESTED, make_run
from tests.pages.mistakes.made import PAGE, VIEWS, answering, figures, key_of, see

pytestmark = pytest.mark.slow  # together they take too long for a commit


ORDERS = ("name", "errors", "support", "similarity")


NUMBERS = ("counts", "true", "predicted")


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
