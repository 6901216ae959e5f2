"""Training and validation images have none in common, are stratified, and repeat from their seed."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedShuffleSplit

from core.data.dataset import Images
from core.data.stratified import stratified_order
from core.errors import DataError
from tests.core.data.datasets.made import numbered
from tests.made import by_name


def positions(images):
    pixels = images.images.reshape(-1, 2).astype(int)
    return set((256 * pixels[:, 0] + pixels[:, 1]).tolist())


def test_the_validation_images_are_the_same_whatever_the_size_of_the_training_set(register):
    register(numbered(np.arange(300) % 7))
    runs = [by_name.prepared("toy", validation_fraction=0.2, train_images=n, seed=1) for n in (7, 50, 233, 240, 0)]
    sets = [positions(run.train) for run in runs]
    assert [len(found) for found in sets] == [7, 50, 233, 240, 240]
    assert all(smaller <= larger for smaller, larger in pairwise(sets))
    for run in runs:
        np.testing.assert_array_equal(run.validation.images, runs[0].validation.images)
        assert not positions(run.train) & positions(run.validation)
        assert len(run.validation) == 60


def test_published_validation_images_are_used_as_they_are(register):
    labels = np.arange(40) % 4
    register(numbered(labels), validation=Images(np.full((8, 1, 2, 1), 255, np.uint8), labels[:8].astype(np.int64)))
    splits = by_name.prepared("toy", validation_fraction=0.5, seed=1)
    assert len(splits.train) == 40
    assert (splits.validation.images == 255).all()
    assert isinstance(splits.train.images, np.memmap)  # nothing gathered, nothing copied


def test_published_validation_images_are_dealt_to_the_folds_with_the_others(register):
    labels = np.arange(40) % 4
    published = Images(np.full((8, 1, 2, 1), 255, np.uint8), labels[:8].astype(np.int64))
    register(numbered(labels), validation=published)
    runs = [by_name.prepared("toy", folds=4, fold=fold, seed=1) for fold in (1, 2, 3, 4)]
    held_back = np.concatenate([run.rows["validation"] for run in runs])
    assert sorted(held_back) == list(range(48))
    assert {(len(run.train), len(run.validation)) for run in runs} == {(36, 12)}
    assert sum((run.validation.images == 255).all(axis=(1, 2, 3)).sum() for run in runs) == 8


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"validation_fraction": 0.2, "train_images": 81}, r"has 10 classes and 80 training images"),
        ({"validation_fraction": 0.2, "train_images": 9}, r"Choose between 10 and 80"),
        ({"validation_fraction": 0.2, "train_images": -1}, r"train_images=-1"),
        ({"validation_fraction": 0.05}, r"5 validation images of 100 .*at least 0\.1\."),
        ({"validation_fraction": 0.0}, r"0 validation images"),
        ({"validation_fraction": 0.95}, r"5 training images of 100"),
        ({"validation_fraction": 1.5}, r"leaves 0 training images"),
    ],
)
def test_too_small_a_part_is_refused_with_what_there_is(register, settings, told):
    register(numbered(np.arange(100) % 10))
    with pytest.raises(DataError, match=told):
        by_name.prepared_unchecked("toy", seed=1, **settings)


def test_a_class_that_would_leave_the_training_set_is_missed(register):
    register(numbered([0] * 20 + [1]))
    with pytest.raises(DataError, match="not one for each of the 2 classes"):
        by_name.prepared("toy", validation_fraction=0.5, seed=1)


def test_the_fraction_that_an_error_proposes_is_accepted(register):
    register(numbered(np.arange(97) % 10))
    with pytest.raises(DataError) as caught:
        by_name.prepared_unchecked("toy", validation_fraction=0.01, seed=1)
    splits = by_name.prepared_unchecked("toy", validation_fraction=caught.value.values["least"], seed=1)
    assert len(set(splits.validation.labels)) == 10


LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=80).map(
    lambda labels: np.unique(labels, return_inverse=True)[1]
)


@given(LABELS, st.integers(0, 2**32 - 1))
def test_every_beginning_of_the_order_has_every_class_it_has_room_for(labels, seed):
    order = stratified_order(labels, np.random.default_rng(seed))
    assert sorted(order) == list(range(len(labels)))
    n_classes = labels.max() + 1
    for length in range(1, len(labels) + 1):
        assert len(set(labels[order[:length]])) >= min(length, n_classes)


@given(st.integers(2, 6), st.integers(1, 15), st.integers(0, 2**32 - 1))
def test_classes_of_equal_size_stay_within_one_image_of_each_other(n_classes, each, seed):
    labels = np.arange(n_classes * each) % n_classes
    order = stratified_order(labels, np.random.default_rng(seed))
    for length in range(1, len(labels) + 1):
        counts = np.bincount(labels[order[:length]], minlength=n_classes)
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("n", [30, 300, 1000])
def test_classes_are_in_proportion_as_in_scikit_learn(n):
    labels = np.repeat(np.arange(4), [900, 300, 150, 50])
    taken = stratified_order(labels, np.random.default_rng(0))[:n]
    reference, _ = next(StratifiedShuffleSplit(1, train_size=n, random_state=0).split(labels, labels))
    assert abs(np.bincount(labels[taken]) - np.bincount(labels[reference])).max() <= 2


def test_no_class_is_favoured_where_there_is_no_room_for_all():
    labels = np.arange(40) % 4
    first = [labels[stratified_order(labels, np.random.default_rng(seed))[0]] for seed in range(200)]
    assert np.bincount(first, minlength=4).min() > 25  # 50 each expected


def test_the_order_within_a_class_is_random():
    labels = np.zeros(1000, int)
    order = stratified_order(labels, np.random.default_rng(0))
    assert abs(np.corrcoef(order, np.arange(1000))[0, 1]) < 0.1
