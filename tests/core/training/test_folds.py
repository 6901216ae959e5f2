"""Folds: each image is held back exactly once, with the classes in their proportions, as scikit-learn's are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from core.data import catalogue
from core.errors import DataError, SettingError
from core.recipe.config import TrainingConfig
from core.training.prepare import _cut_fold, counts, prepare

labels_of = st.integers(2, 6).flatmap(
    lambda folds: st.tuples(
        st.just(folds), st.lists(st.integers(folds, 40), min_size=2, max_size=6), st.integers(0, 2**31 - 1)
    )
)


@given(labels_of)
def test_every_image_is_held_back_once_and_classes_and_sizes_differ_by_one_at_most(drawn):
    folds, sizes, seed = drawn
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    cuts = [_cut_fold("made", labels, folds, fold, seed) for fold in range(1, folds + 1)]
    assert np.array_equal(np.sort(np.concatenate([held_out for _rest, held_out in cuts])), np.arange(len(labels)))
    for rest, held_out in cuts:
        assert np.array_equal(np.sort(np.concatenate([rest, held_out])), np.arange(len(labels)))
    ours = np.array([np.bincount(labels[held_out], minlength=len(sizes)) for _rest, held_out in cuts])
    theirs = np.array(
        [
            np.bincount(labels[held_out], minlength=len(sizes))
            for _rest, held_out in StratifiedKFold(folds, shuffle=True, random_state=seed).split(labels, labels)
        ]
    )
    assert np.ptp(ours, axis=0).max() <= 1
    assert np.ptp(ours.sum(axis=1)) <= 1
    assert np.array_equal(np.sort(ours, axis=0), np.sort(theirs, axis=0))  # as many of each class, in some order


def test_a_training_gets_the_fold_and_the_same_test_images():
    dataset = catalogue.dataset("digits")
    plain = prepare(dataset, TrainingConfig())
    made = [prepare(dataset, TrainingConfig(folds=3, fold=fold)) for fold in (1, 2, 3)]
    held_back = np.concatenate([one.rows["validation"] for one in made])
    everything = np.concatenate([plain.rows["train"], plain.rows["validation"]])
    assert np.array_equal(np.sort(held_back), np.sort(everything))
    for one in made:
        assert not set(one.rows["train"]) & set(one.rows["validation"])
        assert np.array_equal(one.rows["test"], plain.rows["test"])


def test_other_seeds_deal_the_images_otherwise():
    dataset = catalogue.dataset("digits")
    one, other = (prepare(dataset, TrainingConfig(folds=3, seed=seed)).rows["validation"] for seed in (0, 1))
    assert not np.array_equal(one, other)


def test_fewer_training_images_are_taken_from_the_other_folds():
    found = counts(catalogue.dataset("digits"), TrainingConfig(folds=3, train_images=100))
    assert sum(found["train"]) == 100
    assert sum(found["validation"]) == 479  # a third of 1,437


def test_more_folds_than_images_of_a_class_are_refused():
    with pytest.raises(
        DataError, match="folds=4 is more than the 3 images of the rarest class of made; choose at most 3"
    ):
        _cut_fold("made", np.array([0] * 9 + [1] * 3), 4, 1, 0)


@pytest.mark.parametrize(("folds", "fold"), [(0, 2), (3, 4)])
def test_a_fold_that_there_is_not_is_refused(folds, fold):
    with pytest.raises(SettingError, match="none of the"):
        TrainingConfig(folds=folds, fold=fold)
