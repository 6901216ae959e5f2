"""Every dataset keeps its promises: shape, range, classes, splits that repeat."""

import time
from collections import Counter

import numpy as np
import pytest

from core.data import catalogue
from core.data.cache import facts
from tests.made import by_name

pytestmark = pytest.mark.slow


def test_a_dataset_is_as_its_spec_says(name):
    splits, spec = by_name.load(name), facts(catalogue.dataset(name))
    for images, n in [(splits.train, spec.n_train), (splits.test, spec.n_test)]:
        assert images.images.shape == (n, *spec.shape)
        assert images.images.dtype == np.uint8
        assert images.labels.shape == (n,)
        assert images.labels.dtype == np.int64
        assert set(images.labels.tolist()) == set(range(len(spec.classes)))
    assert (splits.validation is None) == (spec.n_validation == 0)


def test_a_dataset_is_introduced_to_learners(name):
    spec = catalogue.dataset(name)
    assert spec.title
    assert spec.about.endswith(".")
    assert spec.licence.endswith(".")
    assert len(set(spec.classes)) == len(spec.classes)


def test_images_use_the_whole_range_of_brightness(name):
    images = by_name.load(name).train.images[:1000]
    assert images.min() < 10
    assert images.max() > 245


@pytest.mark.parametrize("name", [name for name, spec in catalogue.built_in().items() if not spec.files])
def test_what_is_made_here_is_the_same_each_time(name):
    again, cached = catalogue.dataset(name).read([], lambda what, fraction: None), by_name.load(name)
    np.testing.assert_array_equal(again.train.images, cached.train.images)
    np.testing.assert_array_equal(again.train.labels, cached.train.labels)
    np.testing.assert_array_equal(again.test.images, cached.test.images)


def test_training_and_validation_share_no_image_and_lose_none(name):
    published = by_name.load(name)
    splits = by_name.prepared(name, validation_fraction=0.2, seed=3)
    if published.validation is None:
        assert Counter(pictures(splits.train)) + Counter(pictures(splits.validation)) == Counter(
            pictures(published.train)
        )
    np.testing.assert_array_equal(splits.test.images, published.test.images)
    for split in (splits.train, splits.validation):
        assert set(split.labels.tolist()) == set(range(len(catalogue.dataset(name).classes)))


def test_a_run_repeated_from_its_seed_gets_the_same_images(name):
    settings = {"validation_fraction": 0.1, "train_images": 200, "seed": 5}
    first, second = by_name.prepared(name, **settings), by_name.prepared(name, **settings)
    np.testing.assert_array_equal(first.train.images, second.train.images)
    np.testing.assert_array_equal(first.validation.labels, second.validation.labels)
    other = by_name.prepared(name, **{**settings, "seed": 6})
    assert pictures(other.train) != pictures(first.train)


def test_the_second_load_takes_less_than_a_third_of_a_second(name):
    by_name.load(name)
    began = time.process_time()
    by_name.load(name)
    assert time.process_time() - began < 0.3  # of calculation: the images are mapped into memory, not read


def test_describe_tells_what_load_gives(name):
    (row,) = [row for row in catalogue.describe() if row["name"] == name]
    assert row["available"]
    assert row["n_train"] == len(by_name.load(name).train)
    assert row["shape"] == by_name.load(name).train.images.shape[1:]


@pytest.mark.parametrize(("name", "mean"), [("mnist", 0.13066), ("fashion_mnist", 0.28604)])
def test_the_mean_brightness_is_the_published_one(name, mean):
    if not by_name.available(name):
        pytest.skip(f"the files of {name} are not on this machine")
    assert by_name.load(name).train.images.mean() / 255 == pytest.approx(mean, abs=5e-6)


def test_mnist_begins_as_everybody_knows():
    if not by_name.available("mnist"):
        pytest.skip("the files of mnist are not on this machine")
    assert by_name.load("mnist").train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]


def pictures(images):
    """Each image with its label, as something that can be counted."""
    return [image.tobytes() + bytes([label]) for image, label in zip(images.images, images.labels, strict=True)]
