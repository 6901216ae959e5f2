"""The levers of a lesson, from a recipe to the images of a run: seeded, remembered, and nothing else changes."""

import numpy as np
import pytest

from core.data.catalogue import dataset
from core.errors import DataError, SettingError
from core.recipe.config import TrainingConfig
from core.training import prepare
from tests.made import by_name

SEED = {"validation_fraction": 0.2, "seed": 3}


def prepared(**settings):
    return by_name.prepared("digits", **{**SEED, **settings})


def test_chosen_classes_are_renumbered_in_the_order_of_the_dataset():
    made = prepared(classes=("7", "2"))
    whole = by_name.load("digits")
    assert made.classes == ("2", "7")
    assert set(made.train.labels) == {0, 1}
    expected = whole.test.images[np.isin(whole.test.labels, [2, 7])]
    np.testing.assert_array_equal(made.test.images, expected)
    np.testing.assert_array_equal(made.test.labels, (whole.test.labels[np.isin(whole.test.labels, [2, 7])] == 7))


def test_label_noise_changes_that_share_of_the_training_labels_and_remembers_which():
    clean, noisy = prepared(), prepared(label_noise=0.3)
    differ = np.flatnonzero(clean.train.labels != noisy.train.labels)
    np.testing.assert_array_equal(differ, np.sort(noisy.changed))
    assert len(differ) == round(0.3 * len(clean.train))
    np.testing.assert_array_equal(clean.train.images, noisy.train.images)
    np.testing.assert_array_equal(clean.validation.labels, noisy.validation.labels)
    np.testing.assert_array_equal(clean.test.labels, noisy.test.labels)


def test_image_noise_touches_the_training_images_only():
    clean, noisy = prepared(), prepared(input_noise=0.2)
    change = noisy.train.images.astype(float) - clean.train.images
    middle = (clean.train.images > 60) & (clean.train.images < 195)  # where clipping is rare
    assert change[middle].std() == pytest.approx(0.2 * 255, rel=0.05)
    np.testing.assert_array_equal(clean.validation.images, noisy.validation.images)
    np.testing.assert_array_equal(clean.test.images, noisy.test.images)


def test_imbalance_thins_the_later_classes_of_the_training_images_only():
    even, uneven = prepared(), prepared(imbalance=10.0)
    before, after = np.bincount(even.train.labels), np.bincount(uneven.train.labels)
    expected = before * 10.0 ** (-np.arange(10) / 9)
    np.testing.assert_allclose(after, expected, atol=0.51)
    np.testing.assert_array_equal(even.validation.images, uneven.validation.images)


def test_a_test_share_mixes_training_and_test_images_and_loses_none():
    made, whole = prepared(test_fraction=0.4), by_name.load("digits")
    n = len(whole.train) + len(whole.test)
    assert len(made.test) == round(0.4 * n)
    rows = np.concatenate([made.rows[split] for split in ("train", "validation", "test")])
    assert sorted(rows) == list(range(n))
    share = np.bincount(made.test.labels) / np.bincount(np.concatenate([whole.train.labels, whole.test.labels]))
    np.testing.assert_allclose(share, 0.4, atol=0.01)


def test_without_levers_nothing_differs_from_the_dataset():
    made, whole = prepared(), by_name.load("digits")
    assert made.changed.size == 0
    np.testing.assert_array_equal(made.test.images, whole.test.images)
    np.testing.assert_array_equal(made.train.images, whole.train.images[made.rows["train"]])


def test_levers_come_together_and_repeat():
    settings = {
        "classes": ("1", "4", "8"),
        "train_images": 60,
        "label_noise": 0.5,
        "imbalance": 3.0,
        "input_noise": 0.1,
    }
    first, second = prepared(**settings), prepared(**settings)
    assert len(first.train) == 60
    np.testing.assert_array_equal(first.train.images, second.train.images)
    np.testing.assert_array_equal(first.train.labels, second.train.labels)
    np.testing.assert_array_equal(first.changed, second.changed)


def test_the_counts_are_those_of_the_images():
    settings = {"classes": ("1", "4", "8"), "train_images": 60, "imbalance": 3.0, "test_fraction": 0.3}
    made, counts = prepared(**settings), prepare.counts(dataset("digits"), by_name.recipe("digits", **SEED, **settings))
    for split, numbers in counts.items():
        assert np.bincount(getattr(made, split).labels).tolist() == numbers


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"classes": ("1", "x")}, r"classes=x .* Choose among: 0, 1"),
        ({"classes": ("1",)}, r"names one class only"),
        ({"classes": ("1", "2", "3"), "train_images": 2}, r"fewer than the 3 classes"),
        ({"label_noise": 1.1}, r"between 0 and 1"),
        ({"test_fraction": 0.6}, r"choose 0 or a number between 0.05 and 0.5"),
        ({"imbalance": 0.5}, r"between 1 and 100"),
        ({"dataset_version": "newest"}, r"12 digits"),
        ({"flip": "sideways"}, r"choose one of: none, horizontal, vertical, both"),
    ],
)
def test_a_lever_that_does_not_fit_is_refused_with_what_does(settings, told):
    with pytest.raises(SettingError, match=told):
        TrainingConfig(**settings)


def test_too_few_images_for_the_levers_are_told():
    with pytest.raises(DataError, match="Choose between 10 and"):
        prepared(imbalance=100.0, train_images=1000)


def test_class_names_with_commas_survive_a_link():
    from core.recipe.config import SETTINGS
    from core.recipe.setting import as_text, parse

    names = ("cat, black", "dog", 'the "other"')
    assert parse(SETTINGS["classes"], as_text(names)) == names
