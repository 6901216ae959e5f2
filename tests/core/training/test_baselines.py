"""Classical learners: what they answer is what scikit-learn answers, kept and asked like a network."""

import dataclasses
import json
import threading
import time

import numpy as np
import pytest
from sklearn import dummy, ensemble, linear_model, metrics, neighbors, svm
from sklearn.decomposition import PCA
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from core.data.catalogue import dataset
from core.errors import FitscopeError, RunError, SettingError
from core.network.classifier import classifier
from core.network.estimator import Estimator, pixels, softmax
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig, counts
from core.runs.reports import EpochDone, Started
from core.runs.store import RunStore
from core.training.baselines import train as baseline
from core.training.prepare import prepare
from core.training.scored import Stopped
from core.training.worker import describe
from tests.made.workers import train_here

pytestmark = pytest.mark.slow

NAMES = sorted(architectures.baselines())
THEIRS = {  # what scikit-learn's own estimator would be, spelled out
    ("majority_class", ()): lambda: dummy.DummyClassifier(strategy="prior"),
    ("k_nearest", ()): lambda: neighbors.KNeighborsClassifier(5),
    ("k_nearest", (("n_neighbors", 1),)): lambda: neighbors.KNeighborsClassifier(1),
    ("logistic_regression", ()): lambda: linear_model.LogisticRegression(max_iter=1000),
    ("logistic_regression", (("C", 0.01),)): lambda: linear_model.LogisticRegression(C=0.01, max_iter=1000),
    ("random_forest", ()): lambda: ensemble.RandomForestClassifier(100, random_state=0),
    ("random_forest", (("n_estimators", 10), ("max_depth", 3))): lambda: ensemble.RandomForestClassifier(
        10, max_depth=3, random_state=0
    ),
    ("svm", (("pca_components", 0),)): lambda: svm.SVC(C=5.0),
    ("svm", (("C", 1.0), ("gamma", 0.1))): lambda: make_pipeline(
        PCA(50, svd_solver="randomized", random_state=0), svm.SVC(C=1.0, gamma=0.1)
    ),
    ("svm", (("multiclass", "one_vs_rest"), ("pca_components", 0))): lambda: OneVsRestClassifier(svm.SVC(C=5.0)),
}


def recipe(name, **more):
    return TrainingConfig(dataset="digits", architecture=name, **more)


def fitted(config):
    heard = []
    return baseline.train(config, heard.append, lambda: False), heard


@pytest.fixture
def done(tmp_path):
    """A function: the finished run of a recipe."""

    def train(config):
        run = RunStore(tmp_path / "runs").create(config, queue=False)
        assert train_here(run) == 0
        return run

    return train


@pytest.mark.parametrize(("name", "own"), THEIRS)
def test_its_answers_are_those_of_scikit_learn(name, own):
    config = recipe(name, **dict(own))
    splits = prepare(dataset("digits"), config)
    theirs = THEIRS[name, own]().fit(pixels(splits.train.images), splits.train.labels)
    trained, _heard = fitted(config)
    ours = trained.model.probabilities(splits.test.images)
    rows = pixels(splits.test.images)
    if hasattr(theirs, "predict_proba"):
        np.testing.assert_allclose(ours, theirs.predict_proba(rows), atol=1e-6)
    else:  # margins: whichever is largest is answered; how scikit-learn breaks ties of the votes is not of interest
        np.testing.assert_array_equal(ours.argmax(axis=1), theirs.decision_function(rows).argmax(axis=1))
        assert np.mean(ours.argmax(axis=1) == theirs.predict(rows)) > 0.99


@pytest.mark.parametrize("name", NAMES)
def test_it_is_told_as_one_epoch_with_the_scores_that_scikit_learn_gives_it(name):
    trained, heard = fitted(recipe(name))
    started, epoch = heard[-2:]
    assert isinstance(started, Started)
    assert isinstance(epoch, EpochDone)
    splits = trained.splits
    probabilities = trained.model.probabilities(splits.validation.images).astype(np.float64)
    assert epoch.val_accuracy == pytest.approx(
        metrics.accuracy_score(splits.validation.labels, probabilities.argmax(axis=1))
    )
    seen = np.clip(probabilities, 1e-7, 1)
    expected = -np.log(seen[np.arange(len(seen)), splits.validation.labels]).mean()
    assert epoch.val_loss == pytest.approx(expected, rel=1e-4)
    assert (started.epochs, started.n_validation, started.n_train) == (1, len(splits.validation), len(splits.train))


@pytest.mark.parametrize("name", NAMES)
def test_a_run_of_it_is_like_any_other_and_answers_the_same_when_it_is_read(name, done):
    run = done(recipe(name, train_images=300))
    assert run.state == "finished"
    result = run.status.result
    read = classifier(run)
    splits = prepare(dataset("digits"), run.config)
    answers = read.network.probabilities(splits.test.images)
    assert np.mean(answers.argmax(axis=1) == splits.test.labels) == pytest.approx(result["test_accuracy"])
    with np.load(run.folder / "evaluation.npz") as stored:
        np.testing.assert_allclose(answers, stored["test_probabilities"], atol=1e-6)
        assert len(stored["train_labels"]) == 300
    assert answers.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert not (run.folder / "network.keras").exists()


def test_the_same_seed_gives_the_same_forest():
    config = recipe("random_forest", n_estimators=5, train_images=100)
    images = prepare(dataset("digits"), config).test.images
    first, second = (fitted(config)[0].model.probabilities(images) for _again in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_temperature_makes_the_validation_images_most_likely_and_changes_no_answer():
    trained, _heard = fitted(recipe("svm"))
    model, validation = trained.model, trained.splits.validation

    def loss(temperature):
        other = Estimator(model.fitted, model.n_classes, temperature).probabilities(validation.images)
        exact = other / other.sum(axis=1, dtype=np.float64, keepdims=True)
        return metrics.log_loss(validation.labels, exact, labels=range(model.n_classes))

    best = loss(model.temperature)
    assert best <= min(loss(model.temperature * factor) for factor in (0.5, 0.9, 1.1, 2)) + 1e-6
    plain = Estimator(model.fitted, model.n_classes, 1.0).probabilities(validation.images).argmax(axis=1)
    np.testing.assert_array_equal(model.probabilities(validation.images).argmax(axis=1), plain)


def test_softmax_by_hand():
    np.testing.assert_allclose(softmax(np.log([[1.0, 2.0, 1.0]])), [[0.25, 0.5, 0.25]])


def test_a_class_that_no_training_image_shows_has_no_chance():
    forest = ensemble.RandomForestClassifier(3).fit(np.random.rand(20, 4), np.repeat([0, 2], 10))
    answers = Estimator(forest, 3).probabilities(np.zeros((5, 2, 2, 1), np.uint8))
    assert answers.shape == (5, 3)
    assert not answers[:, 1].any()


def test_two_classes_have_one_margin():
    trained, _heard = fitted(recipe("svm", classes=("3", "8")))
    test = trained.splits.test
    answers = trained.model.probabilities(test.images)
    assert answers.shape == (len(test), 2)
    assert np.mean(answers.argmax(axis=1) == test.labels) > 0.9


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("majority_class", 10), ("logistic_regression", 64 * 10 + 10), ("k_nearest", 100 * 64)],
)
def test_what_it_keeps_is_counted(name, numbers):
    _trained, heard = fitted(recipe(name, train_images=100))
    assert heard[-2].parameters == numbers


def test_a_file_that_is_damaged_or_holds_something_else_is_refused(done):
    run = done(recipe("majority_class"))
    path = run.folder / "network.skops"
    whole = path.read_bytes()
    for content in (b"", b"no zip", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(RunError, match="cannot be read"):
            classifier(run)


def test_nothing_is_built_that_is_not_known_to_be_harmless(done):
    import skops.io

    run = done(recipe("majority_class"))
    strange = {"estimator": threading.Event(), "n_classes": 2, "temperature": 1.0}
    (run.folder / "network.skops").write_bytes(skops.io.dumps(strange))
    with pytest.raises(RunError, match="cannot be read"):
        classifier(run)


def test_stop_leaves_a_fit_that_takes_long(monkeypatch):
    from sklearn.dummy import DummyClassifier

    asked = threading.Event()

    class Slow(DummyClassifier):
        def fit(self, X, y):  # noqa: N803  scikit-learn's names
            asked.set()
            time.sleep(600)

    slow = architectures.baselines()["majority_class"]
    known = {
        **architectures.baselines(),
        "majority_class": dataclasses.replace(slow, estimator=lambda _settings, _seed: Slow()),
    }
    monkeypatch.setattr(architectures, "baselines", lambda: known)
    with pytest.raises(Stopped):
        baseline.train(recipe("majority_class"), lambda _report: None, asked.is_set)


def test_what_scikit_learn_refuses_is_said(monkeypatch):
    def strange(_settings, _seed):
        return svm.SVC(gamma=-1.0)

    known = {"svm": dataclasses.replace(architectures.baselines()["svm"], estimator=strange)}
    monkeypatch.setattr(architectures, "baselines", lambda: known)
    with pytest.raises(RunError, match=r"cannot fit this.*gamma.*Change the settings"):
        fitted(recipe("svm"))


def test_of_few_images_there_are_as_many_neighbours_and_components_as_they_have():
    trained, _heard = fitted(recipe("k_nearest", train_images=20, n_neighbors=50, pca_components=400))
    answers = trained.model.probabilities(trained.splits.test.images)
    np.testing.assert_allclose(answers, 0.1, atol=1e-6)  # all twenty vote: two of each class


def test_a_stopped_run_of_it_begins_again(tmp_path):
    run = RunStore(tmp_path / "runs").create(recipe("random_forest", n_estimators=300), queue=False)  # fits for a while
    assert train_here(run, lambda _report: run.ask_to_stop()) == 0
    assert run.state == "stopped"
    assert train_here(run) == 0
    assert run.state == "finished"


@pytest.mark.parametrize("name", NAMES)
def test_it_has_neither_steps_nor_layers(name):
    assert not counts(SETTINGS["learning_rate"], name)
    assert not counts(SETTINGS["augmentation"], name)
    assert counts(SETTINGS["train_images"], name)
    assert counts(SETTINGS["seed"], name)
    with pytest.raises(SettingError, match="has no layers"):
        architectures.network(name)
    answer = describe({"architecture": name, "shape": [8, 8, 1], "classes": 10, "settings": {}})
    assert "has no layers" in answer["error"]


@pytest.mark.parametrize("name", NAMES)
def test_each_of_its_settings_changes_the_estimator(name):
    spec = architectures.baselines()[name]
    others = {"n_neighbors": 3, "n_estimators": 7, "max_depth": 2, "C": 0.5, "gamma": 0.2, "pca_components": 9}
    others["multiclass"] = "one_vs_rest"
    plain = json.dumps(spec.estimator(spec.settings, 0).get_params(), default=str)
    for setting in spec.settings:
        changed = spec.estimator({**spec.settings, setting: others[setting]}, 0)
        assert json.dumps(changed.get_params(), default=str) != plain, setting


def test_a_setting_of_a_network_is_refused():
    with pytest.raises(FitscopeError, match="dropout"):
        recipe("svm", dropout=0.2)
