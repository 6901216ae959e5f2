"""Baselines on the pages: chosen, fitted, looked at, held against a network; what makes no sense for them says so."""

import pytest
from scipy.stats import binomtest

from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from dashboard.charts import curves
from dashboard.charts.scores import scores
from tests.made.pages import open_page, texts
from tests.made.runs import make_run
from tests.made.workers import train_here

TRAIN, RUNS, TAKE_AWAY = "03_train.py", "06_runs.py", "11_take_away.py"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with two fitted baselines and a network on the same images: {architecture: run}."""
    folder = tmp_path_factory.mktemp("baselines") / "runs"
    store = RunStore(folder)
    made = {}
    for name in ("majority_class", "svm"):
        made[name] = store.create(TrainingConfig(dataset="digits", architecture=name), name, queue=False)
        assert train_here(made[name]) == 0
    made["cnn_small"] = make_run(store, "finished", TrainingConfig(dataset="digits", epochs=6))
    return made


@pytest.fixture(autouse=True)
def here(runs, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(runs["svm"].folder.parent))


def say(text):
    return text


def test_the_form_has_what_counts_for_a_baseline_and_keeps_the_rest_for_a_network():
    app = open_page(TRAIN, dataset="digits", architecture="cnn_small", epochs="7")
    app.get_by_key("architecture").set_value("svm").run()
    assert not app.exception
    keys = {one.key for kind in ("number_input", "slider", "selectbox", "toggle") for one in app.get(kind)}
    assert {"C", "gamma", "train_images", "seed", "pca_components", "multiclass"} <= keys
    assert not {"epochs", "batch_size", "learning_rate", "augmentation", "dropout", "optimizer"} & keys
    assert app.query_params["architecture"] == "svm"
    assert "epochs" not in app.query_params
    app.get_by_key("architecture").set_value("cnn_small").run()
    assert app.get_by_key("epochs").value == 7


@pytest.mark.parametrize(("lang", "words"), [("en", "fitted in one go"), ("fr", "d'un seul coup")])
def test_a_fitted_baseline_shows_two_scores_and_what_they_say(runs, lang, words):
    app = open_page(TRAIN, run=runs["svm"].id, lang=lang)
    said = texts(app)
    assert words in said
    assert not any(word in metric.label for metric in app.metric for word in ("epoch", "époque"))
    finding = {"en": "Good fit", "fr": "Bon ajustement"}[lang]
    assert finding in said + "".join(one.proto.title for kind in ("info", "success") for one in app.get(kind))


def test_a_network_is_held_against_the_baselines_of_its_images(runs):
    app = open_page(TRAIN, run=runs["cnn_small"].id)
    assert "Baselines, validation" not in texts(app)
    app.get_by_key("baselines").set_value(True).run()
    assert not app.exception
    result = runs["svm"].status.result
    said = texts(app)
    assert "Support vector machine {:.1f}".format(100 * result["val_accuracy"]) in said
    assert f"n = {result['n_validation']}" in said
    assert "Majority class" in said


def test_other_images_are_no_measure(runs):
    other = make_run(
        RunStore(runs["svm"].folder.parent), "finished", TrainingConfig(dataset="digits", seed=5, epochs=6)
    )
    app = open_page(TRAIN, run=other.id)
    assert "baselines" not in {one.key for one in app.toggle}


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_its_one_file_can_be_taken_away(runs, lang):
    app = open_page(TAKE_AWAY, run=runs["svm"].id, lang=lang)
    assert app.get_by_key("estimator_file")
    assert "scikit-learn" in texts(app)
    assert any("skops.io.load" in code.value for code in app.code)


@pytest.mark.parametrize("page", ["13_look_inside.py", "15_time_machine.py"])
@pytest.mark.parametrize(("lang", "words"), [("en", "is a baseline"), ("fr", "est une référence")])
def test_a_page_about_layers_or_epochs_says_that_it_has_none(runs, page, lang, words):
    assert words in texts(open_page(page, run=runs["svm"].id, lang=lang))


@pytest.mark.parametrize("page", ["09_classify.py", "10_shift.py", "12_mistakes.py", RUNS, "04_race.py"])
def test_every_other_page_takes_it_like_a_network(runs, page):
    app = open_page(page, run=runs["svm"].id)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(("lang", "words"), [("en", "has no layers, so it has no features"), ("fr", "pas de couches")])
def test_it_has_no_features_by_which_images_are_alike(runs, lang, words):
    app = open_page("10_shift.py", run=runs["svm"].id, lang=lang)
    app.segmented_control(key="alike_by").set_value("features").run()
    assert words in texts(app)
    assert not app.error


def test_the_bars_are_the_two_scores_with_wilsons_intervals(runs):
    history = runs["majority_class"].history
    figure = scores(history, "title", say, "{:.1%}".format)
    validation, training = figure["data"]
    assert validation["x"] == [history.epochs[0]["val_accuracy"]]
    assert training["x"] == [history.epochs[0]["accuracy"]]
    low = validation["x"][0] - validation["error_x"]["arrayminus"][0]
    high = validation["x"][0] + validation["error_x"]["array"][0]
    n = history.start["n_validation"]
    theirs = binomtest(round(validation["x"][0] * n), n).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((theirs.low, theirs.high))


def test_beside_networks_it_is_a_level_through_all_epochs(runs):
    pairs = [("A", runs["cnn_small"].history), ("B", runs["svm"].history)]
    figure = curves.overlay(pairs, "accuracy", "title", say)
    level = figure["data"][3]
    value = runs["svm"].history.epochs[0]["val_accuracy"]
    assert (level["x"], level["y"], level["mode"]) == ([0, 6], [value, value], "lines")


def test_a_level_is_drawn_within_the_chart(runs):
    history = runs["cnn_small"].history
    figure = curves.held_against(curves.curves(history, "accuracy", "title", say), [("①", "Guessing", 0.1)], 6)
    assert figure["data"][-1]["y"] == [0.1] * 3
    assert figure["layout"]["yaxis"]["range"][0] < 0.1
