"""Which images are scored after each epoch: always the same, all classes in proportion, a third of the time."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.dataset import Images, Prepared
from core.evaluation import evaluation
from core.recipe.config import TrainingConfig
from core.runs import diary
from core.runs.store import RunStore
from core.training import scored

LABELS = np.repeat(np.arange(10), 600)


@pytest.mark.parametrize(
    ("n_train", "n_validation", "sizes"),
    [
        (48_000, 12_000, (4000, 12_000)),  # MNIST: all of validation, since there is time
        (1150, 287, (1150, 287)),  # digits: all of both
        (500, 12_000, (250, 500)),
        (100, 12_000, (100, 500)),
        (6000, 12_000, (3000, 6000)),
        (10, 8, (10, 8)),
    ],
)
def test_so_many_are_scored(n_train, n_validation, sizes):
    assert scored.sizes(n_train, n_validation) == sizes


@pytest.mark.parametrize("n_train", [500, 1000, 6000, 12_000, 48_000, 1_000_000])
@pytest.mark.parametrize("n_validation", [100, 2000, 12_000, 500_000])
def test_scoring_takes_a_third_of_the_passes_at_most(n_train, n_validation):
    passes = sum(scored.sizes(n_train, n_validation))
    assert passes <= (passes + 3 * n_train) / 3


def test_a_sample_is_the_same_again_sorted_and_in_proportion():
    chosen = scored.positions(LABELS, 500, seed=3)
    np.testing.assert_array_equal(chosen, scored.positions(LABELS, 500, seed=3))
    assert not np.array_equal(chosen, scored.positions(LABELS, 500, seed=4))
    np.testing.assert_array_equal(chosen, np.unique(chosen))
    np.testing.assert_array_equal(np.bincount(LABELS[chosen]), [50] * 10)


def test_of_few_images_all_are_taken_without_a_copy():
    images = Images(np.zeros((6, 2, 2, 1), np.uint8), np.arange(6))
    assert scored.sample(images, scored.positions(images.labels, 9, seed=0)) is images


def prepared(n_train, changed):
    """So many training images, of which the labels of the last `changed` were changed."""
    labels = np.arange(n_train) % 10
    images = np.arange(n_train, dtype=np.uint8).reshape(-1, 1, 1, 1)
    held_back = Images(images[:100], labels[:100])
    return Prepared(
        train=Images(images, labels),
        validation=held_back,
        test=held_back,
        changed=np.arange(n_train - changed, n_train),
        was=(labels[n_train - changed :] + 1) % 10,
    )


def test_without_label_noise_the_diary_is_the_sample():
    found = scored.chosen(prepared(20_000, 0), seed=3)
    np.testing.assert_array_equal(found.diary, scored.positions(np.arange(20_000) % 10, 4000, seed=3))
    assert len(found.changed) == 0


@pytest.mark.parametrize(("changed", "followed"), [(30, 30), (400, 250), (10_000, None)])
def test_of_few_changed_labels_so_many_are_followed_and_none_twice(changed, followed):
    images = prepared(20_000, changed)
    found = scored.chosen(images, seed=3)
    assert len(found.train) == 4000  # what loss and accuracy are told of stays the same
    np.testing.assert_array_equal(found.diary[:4000], scored.chosen(prepared(20_000, 0), seed=3).diary)
    assert len(np.unique(found.diary)) == len(found.diary) == 4000 + len(found.changed)
    n = np.isin(found.diary, images.changed).sum()
    assert n == followed if followed else len(found.changed) == 0
    np.testing.assert_array_equal(found.changed.labels, images.train.labels[found.diary[4000:]])
    np.testing.assert_array_equal(found.changed.images, images.train.images[found.diary[4000:]])


def test_what_is_answered_stands_in_the_order_of_the_diary():
    class ByBrightness:
        """Takes an image for the last digit of its only pixel."""

        batch = 7

        def score(self, images, labels):
            return np.zeros(len(labels), np.float32), np.eye(10, dtype=np.float32)[images[:, 0, 0, 0] % 10]

    images = prepared(20_000, 400)
    found = scored.chosen(images, seed=3)
    sampled = scored.evaluate(ByBrightness(), found.train)[2]
    said = scored.answered(ByBrightness(), found, sampled)
    assert said.dtype == np.uint8
    np.testing.assert_array_equal(said, images.train.images[found.diary, 0, 0, 0] % 10)


@pytest.mark.slow  # imports TensorFlow
def test_a_training_is_scored_on_its_sample_and_at_the_end_on_everything(tmp_path):
    from core.training.worker import work

    run = RunStore(tmp_path).create(
        TrainingConfig(epochs=3, validation_fraction=0.5, train_images=60, learning_rate=0.01), queue=False
    )
    with run.held():
        assert work(run, None) == 0
    start, result, everything = run.history.start, run.status.result, evaluation.read(run, "validation")
    assert (start["n_scored"], start["n_validation"], start["n_held_back"]) == (60, 500, 718)
    assert (everything.n, result["n_validation"]) == (718, 718)
    for epoch in run.history.epochs:
        part = evaluation.after_epoch(run, epoch["epoch"], everything)
        assert part.n == 500
        assert part.loss == pytest.approx(epoch["val_loss"], rel=1e-2)  # kept as float16
        assert part.accuracy == pytest.approx(epoch["val_accuracy"], abs=0.005)
    said = diary.read(run)
    np.testing.assert_allclose(said.right.mean(axis=1), [epoch["accuracy"] for epoch in run.history.epochs], rtol=1e-12)
    kept = run.history.epochs[result["kept_epoch"] - 1]
    scored = run.images["scored"]
    np.testing.assert_allclose(everything.losses[scored].mean(), kept["val_loss"], rtol=1e-4)
    assert result["val_accuracy"] == pytest.approx(everything.accuracy)


@pytest.mark.slow
def test_the_last_epoch_is_tested_on_everything_too(tmp_path):
    from core.training.worker import work

    store = RunStore(tmp_path)
    recipe = TrainingConfig(
        epochs=20, validation_fraction=0.5, train_images=60, batch_size=8, learning_rate=0.01, label_noise=0.6
    )
    both = [store.create(replace(recipe, restore_best_weights=best), queue=False) for best in (True, False)]
    for run in both:
        with run.held():
            assert work(run, None) == 0
    best, last = (run.status.result for run in both)
    assert best["kept_epoch"] < last["kept_epoch"] == 20
    assert best["last_val_loss"] == pytest.approx(last["val_loss"])
    assert best["last_val_accuracy"] == pytest.approx(last["val_accuracy"])
    assert last["last_val_loss"] == last["val_loss"]
