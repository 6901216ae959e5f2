"""Pictures changed as a camera changes them; how often a network stays right; which training images are alike."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from core.evaluation import robustness
from core.evaluation.neighbours import by_features, compared, neighbours


@pytest.fixture
def images():
    random = np.random.default_rng(0)
    pictures = np.zeros((6, 20, 20, 1), np.uint8)
    pictures[:, 6:14, 6:14] = random.integers(100, 256, (6, 8, 8, 1))
    return pictures


@pytest.mark.parametrize("name", robustness.CHANGES)
@pytest.mark.parametrize("channels", [1, 3])
def test_every_change_does_nothing_at_zero_and_something_at_its_ends(name, channels, images):
    change = robustness.CHANGES[name]
    pictures = np.repeat(images, channels, axis=3)
    before = pictures.copy()
    np.testing.assert_array_equal(change.apply(pictures, 0), pictures)
    for strength in {change.low, change.high} - {0}:
        changed = change.apply(pictures, strength)
        assert changed.shape == pictures.shape
        assert changed.dtype == np.uint8
        assert (changed != pictures).any()
    np.testing.assert_array_equal(pictures, before)
    assert 0.0 in change.strengths
    assert change.strengths == sorted(change.strengths)
    assert (change.strengths[0], change.strengths[-1]) == (change.low, change.high)


def test_brightness_adds_grey_levels(images):
    changed = robustness.brighter(images, 20)
    np.testing.assert_array_equal(changed, np.minimum(images.astype(int) + 51, 255))


def test_a_shift_moves_columns_and_fills_with_the_border(images):
    images[:, :, :] += 0
    changed = robustness.moved(images + 5, 25)
    np.testing.assert_array_equal(changed[:, :, 5:], images[:, :, :15] + 5)
    assert (changed[:, :, :5] == 5).all()
    np.testing.assert_array_equal(robustness.moved(images, -25)[:, :, :15], images[:, :, 5:])


def test_a_quarter_turn_is_numpys(images):
    np.testing.assert_array_equal(robustness.turned(images, 90), np.rot90(images, axes=(1, 2)))


def test_blur_keeps_the_mean_and_lowers_the_contrast(images):
    changed = robustness.blurred(images, 8)
    assert changed.mean() == pytest.approx(images.mean(), rel=0.05)
    assert changed.std() < images.std()


def test_the_background_comes_where_the_ground_was(images):
    images[:, 8:12, 8:12] = 255
    changed = robustness.on_background(images, 100)
    np.testing.assert_array_equal(changed[:, 8:12, 8:12], 255)
    assert changed[:, 0].std() > 5


class Bright:
    """Says 1 where the mean is over 100."""

    def probabilities(self, images):
        bright = (images.mean(axis=(1, 2, 3)) > 100).astype(float)
        return np.stack([1 - bright, bright], axis=1)


def test_robustness_counts_the_right_answers():
    pictures = np.full((10, 8, 8, 1), 60, np.uint8)
    points = robustness.robustness(Bright(), pictures, np.zeros(10, int), robustness.CHANGES["brightness"])
    expected = [10 if 60 + round(2.55 * point.strength) <= 100 else 0 for point in points]
    assert [point.hits for point in points] == expected
    assert {0, 10} <= set(expected)
    assert {point.n for point in points} == {10}
    low, high = points[0].interval
    assert low < points[0].share <= high


def test_neighbours_are_scikit_learns():
    random = np.random.default_rng(1)
    train = random.integers(0, 256, (80, 6, 6, 3), np.uint8)
    test = random.integers(0, 256, (9, 6, 6, 3), np.uint8)
    known = neighbours(train, np.arange(80))
    flat = train.reshape(80, -1) / 255
    apart, places = NearestNeighbors(n_neighbors=5).fit(flat).kneighbors(test.reshape(9, -1) / 255)
    for image, rows, distances in zip(test, places, apart, strict=True):
        found, far = known.nearest(image, 5)
        np.testing.assert_array_equal(found, rows)
        np.testing.assert_allclose(far, distances / np.sqrt(108), atol=1e-5)
    np.testing.assert_allclose(known.nearest_distances(test), apart[:, 0] / np.sqrt(108), atol=1e-5)


def test_a_large_dataset_is_thinned_evenly(monkeypatch):
    monkeypatch.setattr("core.evaluation.neighbours.MOST_VALUES", 10 * 36)
    rows = compared(100, 36)
    assert len(rows) == 10
    assert (rows[0], rows[-1]) == (0, 99)
    assert compared(7, 36).tolist() == list(range(7))
    known = neighbours(np.zeros((10, 6, 6, 1), np.uint8), rows)
    assert len(known.nearest(np.zeros((6, 6, 1), np.uint8), 50)[0]) == 10


def test_neighbours_by_features_are_scikit_learns_by_the_cosine():
    random = np.random.default_rng(2)
    train, own = (np.maximum(random.normal(size=(n, 12)), 0).astype(np.float32) for n in (60, 7))
    known = by_features(train, np.arange(60))
    apart, places = NearestNeighbors(n_neighbors=5, metric="cosine").fit(train).kneighbors(own)
    for one, rows, distances in zip(own, places, apart, strict=True):
        found, far = known.nearest(one, 5)
        np.testing.assert_array_equal(found, rows)
        np.testing.assert_allclose(far, distances, atol=1e-5)
    np.testing.assert_allclose(known.nearest_distances(own), apart[:, 0], atol=1e-5)


def test_a_network_that_is_silent_finds_nothing_alike():
    known = by_features(np.array([[0, 0], [3, 4]], np.float32), np.arange(2))
    assert known.nearest(np.zeros(2, np.float32), 2)[1].tolist() == [1, 1]
    assert known.nearest(np.array([6, 8], np.float32), 1)[0].tolist() == [1]


def test_no_more_images_are_compared_than_are_wanted():
    assert compared(100, 36, 10).tolist() == compared(100, 1, 10).tolist()
    assert len(compared(100, 36, 10)) == 10
