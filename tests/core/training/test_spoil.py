"""Noise on labels and pixels, long tails and chosen classes: exact where it is promised, random where it should be."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.training import spoil
from core.training.spoil import imbalanced_rows, noisy_images, noisy_labels

pytestmark = pytest.mark.slow

LABELS = np.random.default_rng(1).integers(0, 10, 5000)

some_labels = st.lists(st.integers(0, 4), max_size=80).map(lambda values: np.array(values, np.int64))
shares = st.floats(0, 1)
ratios = st.floats(1, 1000)
seeds = st.integers(0, 2**32 - 1)


def rng(seed=0):
    return np.random.default_rng(seed)


# Labels


@given(some_labels, shares, seeds)
def test_exactly_the_share_of_the_labels_is_wrong_and_the_rest_is_right(labels, share, seed):
    before = labels.copy()
    noisy, changed = noisy_labels(labels, share, 5, rng(seed))
    np.testing.assert_array_equal(labels, before)
    np.testing.assert_array_equal(np.flatnonzero(noisy != labels), changed)
    assert len(changed) == round(share * len(labels))
    assert noisy.dtype == np.int64
    assert ((noisy >= 0) & (noisy < 5)).all()


@given(some_labels, shares, shares, seeds)
def test_a_smaller_share_changes_what_a_larger_one_changes(labels, one, other, seed):
    fewer, few = noisy_labels(labels, min(one, other), 5, rng(seed))
    more, many = noisy_labels(labels, max(one, other), 5, rng(seed))
    assert set(few) <= set(many)
    np.testing.assert_array_equal(fewer[few], more[few])


@given(st.integers(2, 8), st.integers(1, 30), shares, seeds)
def test_every_class_loses_its_share_within_one_image(classes, each, share, seed):
    labels = np.repeat(np.arange(classes), each)
    _, changed = noisy_labels(labels, share, classes, rng(seed))
    assert np.abs(np.bincount(labels[changed], minlength=classes) - share * each).max() <= 1


@pytest.mark.parametrize("share", [0.1, 0.25, 0.4, 0.77])
def test_so_do_classes_as_unequal_as_those_of_fer2013(share):
    counts = np.array([3995, 436, 4097, 7215, 4965, 4830, 3171])
    labels = np.repeat(np.arange(7), counts)
    _, changed = noisy_labels(labels, share, 7, rng())
    assert np.abs(np.bincount(labels[changed]) - share * counts).max() <= 1


def test_all_labels_may_be_wrong():
    noisy, changed = noisy_labels(LABELS, 1.0, 10, rng())
    assert (noisy != LABELS).all()
    np.testing.assert_array_equal(changed, np.arange(5000))


def test_wrong_labels_are_spread_evenly_over_the_other_classes():
    labels = np.repeat(np.arange(10), 9000)
    noisy, changed = noisy_labels(labels, 1.0, 10, rng())
    table = np.zeros((10, 10), int)
    np.add.at(table, (labels[changed], noisy[changed]), 1)
    assert (np.diag(table) == 0).all()
    others = table[~np.eye(10, dtype=bool)].reshape(10, 9)
    assert stats.chisquare(others, axis=1).pvalue.min() > 1e-4


def test_which_labels_are_wrong_is_chance():
    """How often each of 40 images is changed in 2,000 draws of a quarter: binomial, about 500 times."""
    labels = np.tile(np.arange(4), 10)
    times = np.zeros(40)
    for seed in range(2000):
        times[noisy_labels(labels, 0.25, 4, rng(seed))[1]] += 1
    assert np.abs(times - 500).max() < 5 * math.sqrt(2000 * 0.25 * 0.75)


# Pixels


def test_no_noise_is_the_very_same_array():
    images = np.zeros((3, 4, 4, 1), np.uint8)
    assert noisy_images(images, 0, rng()) is images


@pytest.mark.parametrize("std", [0.01, 0.1])
def test_noise_on_mid_grey_is_normal(std):
    images = np.full((40, 30, 30, 3), 128, np.uint8)
    noise = noisy_images(images, std, rng()).astype(float) - 128
    rounded = math.sqrt((255 * std) ** 2 + 1 / 12)  # rounding adds the variance of a uniform number
    assert noise.mean() == pytest.approx(0, abs=4 * rounded / math.sqrt(noise.size))
    assert noise.std() == pytest.approx(rounded, rel=4 / math.sqrt(2 * noise.size))
    assert (np.abs(noise) < rounded).mean() == pytest.approx(
        stats.norm.cdf(math.floor(rounded) + 0.5, scale=255 * std) * 2 - 1, abs=0.01
    )


def test_noise_is_rounded_and_clipped_as_plain_numpy_does():
    images = rng(3).integers(0, 256, (7, 5, 6, 3), np.uint8)
    noise = rng(4).standard_normal(images.shape, np.float32) * np.float32(255 * 0.5)
    expected = np.clip(np.rint(images + noise), 0, 255).astype(np.uint8)
    np.testing.assert_array_equal(noisy_images(images, 0.5, rng(4)), expected)
    assert {0, 255} <= set(expected.ravel().tolist())


@given(st.integers(1, 200), seeds)
def test_the_size_of_a_block_changes_nothing(block, seed):
    images = np.full((9, 3, 5, 1), 100, np.uint8)
    expected = noisy_images(images, 0.2, rng(seed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spoil, "BLOCK", block)
        np.testing.assert_array_equal(noisy_images(images, 0.2, rng(seed)), expected)


def test_noise_needs_little_memory_and_leaves_its_images_alone():
    images = np.full((20_000, 28, 28, 1), 50, np.uint8)
    images.flags.writeable = False  # as a memory map that is only read
    tracemalloc.start()
    noisy = noisy_images(images, 0.1, rng())
    extra = tracemalloc.get_traced_memory()[1] - noisy.nbytes
    tracemalloc.stop()
    assert extra < 20e6
    assert noisy.shape == images.shape


def test_no_images_are_no_reason_to_fail():
    assert noisy_images(np.empty((0, 4, 4, 1), np.uint8), 0.1, rng()).shape == (0, 4, 4, 1)


# How many images of which class


@given(some_labels, ratios, seeds)
def test_each_class_keeps_what_the_formula_says(labels, ratio, seed):
    rows = imbalanced_rows(labels, ratio, rng(seed))
    present = sorted(set(labels.tolist()))
    for k, label in enumerate(present):
        n = (labels == label).sum()
        wanted = n * ratio ** (-k / (len(present) - 1)) if len(present) > 1 else n
        assert (labels[rows] == label).sum() == max(1, round(wanted))
    np.testing.assert_array_equal(rows, np.unique(rows))


@given(some_labels, ratios, ratios, seeds)
def test_a_longer_tail_is_part_of_a_shorter_one(labels, one, other, seed):
    shorter = imbalanced_rows(labels, min(one, other), rng(seed))
    longer = imbalanced_rows(labels, max(one, other), rng(seed))
    assert set(longer) <= set(shorter)


def test_a_ratio_of_one_keeps_all_and_one_of_a_hundred_is_that_of_the_paper():
    labels = np.repeat(np.arange(10), 5000)  # CIFAR-10; the paper's figure 1 goes from 5,000 to 50
    np.testing.assert_array_equal(imbalanced_rows(labels, 1, rng()), np.arange(50_000))
    counts = np.bincount(labels[imbalanced_rows(labels, 100, rng())])
    assert counts.tolist() == [5000, 2997, 1797, 1077, 646, 387, 232, 139, 83, 50]


def test_which_images_stay_is_chance():
    labels = np.repeat([0, 1], 20)
    times = np.zeros(40)
    for seed in range(2000):
        times[imbalanced_rows(labels, 4, rng(seed))] += 1
    assert (times[:20] == 2000).all()
    assert np.abs(times[20:] - 500).max() < 5 * math.sqrt(2000 * 0.25 * 0.75)
