"""Which labels of a run are probably wrong, by answers of networks that had not seen its images."""

import dataclasses

import numpy as np
import pytest

from core.evaluation.evaluation import SPLITS, Evaluation, read
from core.experiments import experiment as experiments
from core.experiments.experiment import results
from core.experiments.kind import kinds
from core.experiments.out_of_fold import about_the_images_of, out_of_fold, suspects
from core.recipe.config import TrainingConfig
from tests.made.diaries import NOISY
from tests.made.experiments import ended, made_of
from tests.made.runs import make_run, take
from tests.made.workers import train_here

CLASSES = ("a", "b")


def answering(labels, sure, rows):
    """Answers to two classes: how sure each is of the second."""
    second = np.asarray(sure, np.float32)
    return Evaluation(np.array(labels), np.column_stack([1 - second, second]), np.array(rows), CLASSES)


def test_the_labels_are_those_that_the_run_learnt_and_images_meet_by_their_row():
    learnt = answering([0, 1, 0, 1, 1], [0.5] * 5, [30, 31, 32, 33, 99])  # one was in no fold
    answers = answering([1, 1, 0, 0, 1], [0.9, 0.8, 0.1, 0.2, 0.9], [31, 33, 32, 30, 7])  # in another order
    seen = suspects(learnt, answers, np.array([4]))
    assert seen.asked.rows.tolist() == [30, 31, 32, 33]
    assert seen.asked.labels.tolist() == [0, 1, 0, 1]
    np.testing.assert_allclose(seen.asked.probabilities[:, 1], [0.2, 0.9, 0.1, 0.8])
    assert len(seen.found) == 0
    assert seen.n_changed == 0  # the changed one was not asked

    wrongly = dataclasses.replace(learnt, labels=np.array([0, 0, 0, 1, 1]))
    seen = suspects(wrongly, answers, np.array([1]))
    assert seen.found.rows.tolist() == [31]
    assert (seen.hits, seen.n_changed) == (1, 1)


@pytest.fixture
def cross_validated(store):
    """A run with label noise, and a cross-validation of the same images in which one answer in ten is wrong."""
    config = NOISY.pinned()
    run = make_run(store, "finished", config, answered=SPLITS)
    folds = [TrainingConfig(folds=3, fold=fold).pinned() for fold in (1, 2, 3)]
    made_of(store, "cross_validation", [({"fold": one.fold}, ended(store, 10, one)) for one in folds])
    return run


def test_what_is_suspected_is_held_against_what_really_was_changed(store, cross_validated):
    experiment = about_the_images_of(store, cross_validated)
    answers, learnt = out_of_fold(results(store, experiment)), read(cross_validated, "train")
    changed = cross_validated.images["changed"]
    seen = suspects(learnt, answers, changed)
    assert seen.asked.n == 60  # each training image was held back once
    rows = set(learnt.rows[changed].tolist())
    assert (len(rows), seen.n_changed) == (24, 24)
    assert seen.hits == sum(int(row) in rows for row in seen.found.rows)
    said = dict(zip(answers.rows.tolist(), answers.predicted.tolist(), strict=True))
    told = dict(zip(learnt.rows.tolist(), learnt.labels.tolist(), strict=True))
    assert all(said[row] != told[row] for row in seen.found.rows.tolist())
    assert seen.hits >= 20  # nine in ten answers are the true label


@pytest.mark.slow
def test_a_cross_validation_that_was_really_trained_finds_labels_that_were_changed(store):
    config = TrainingConfig(architecture="softmax", epochs=30, learning_rate=0.01, batch_size=32, label_noise=0.1)
    run = store.create(config, queue=False)
    assert train_here(run) == 0
    experiment = experiments.start(store, kinds()["cross_validation"], config, {"folds": 3})
    for _at, fold in experiments.runs_of(store, experiment):
        take(fold)
        assert train_here(fold) == 0
    assert about_the_images_of(store, run) == experiment
    learnt, answers = read(run, "train"), out_of_fold(results(store, experiment))
    seen = suspects(learnt, answers, run.images["changed"])
    assert seen.n_changed > 100
    assert seen.hits > 0.6 * seen.n_changed  # the folds learnt changed labels themselves: 79 of 115 were found
    assert seen.hits > 0.5 * len(seen.found)  # of all images one in ten was changed


def test_answers_of_other_images_or_classes_do_not_count(store, cross_validated):
    (experiment,) = experiments.experiments(store)
    assert about_the_images_of(store, cross_validated) == experiment
    for other in (TrainingConfig(dataset="colours"), TrainingConfig(classes=("3", "8"))):
        assert about_the_images_of(store, make_run(store, "finished", other.pinned())) is None


def test_no_version_is_the_original_one(store, cross_validated):
    for recipe in (TrainingConfig(train_images=60), TrainingConfig(train_images=60).spelled_out()):
        assert about_the_images_of(store, make_run(store, "finished", recipe)) is not None


def test_one_with_as_much_label_noise_is_preferred_then_the_newest(store, cross_validated):
    (found,) = experiments.experiments(store)
    noisy = dataclasses.replace(
        found, id="20261120-000000-aaaaaa", created=0.5, recipe=dataclasses.replace(found.recipe, label_noise=0.4)
    )
    newest = dataclasses.replace(found, id="20261127-000000-bbbbbb", created=2.0)
    for one in (noisy, newest):
        experiments.restore(store, one)
    assert about_the_images_of(store, cross_validated).id == noisy.id
    without = make_run(store, "finished", TrainingConfig(train_images=60).pinned())
    assert about_the_images_of(store, without).id == newest.id
