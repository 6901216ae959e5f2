"""Nearly equal pictures: planted copies are found, and different pictures are not taken for copies."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from core.data import near_copies as near
from core.data.near_copies import near_copies, new_beside

pytestmark = pytest.mark.slow


def photos(n, side=32, channels=3, seed=0):
    """Smooth random pictures with some detail, (n, side, side, channels) uint8: no two are alike."""
    rng = np.random.default_rng(seed)
    coarse = ndimage.gaussian_filter(rng.standard_normal((n, side, side, channels)), (0, side / 10, side / 10, 0))
    fine = ndimage.gaussian_filter(rng.standard_normal((n, side, side, channels)), (0, 1, 1, 0))
    return np.clip(128 + 45 * coarse / coarse.std() + 12 * fine / fine.std(), 0, 255).astype(np.uint8)


def strokes(n, seed=0):
    """Slanted, bent bars as MNIST's ones, (n, 28, 28, 1) uint8: hashes are alike, pictures are not the same."""
    rng = np.random.default_rng(seed)
    down, right = np.mgrid[-13.5:14:1, -13.5:14:1]
    angle, width, length = rng.uniform(-0.5, 0.5, n), rng.uniform(1, 2.2, n), rng.uniform(8, 11, n)
    bend, wave = rng.normal(0, 0.012, n), rng.normal(0, 0.6, n)
    place = lambda values: values[:, None, None]  # noqa: E731
    right = right + place(bend) * down**2 + place(wave) * np.sin(down / 3)
    across = right * np.cos(place(angle)) + down * np.sin(place(angle))
    along = down * np.cos(place(angle)) - right * np.sin(place(angle))
    ink = np.clip(place(width) - np.abs(across) + 0.5, 0, 1) * np.clip(place(length) - np.abs(along) + 0.5, 0, 1)
    return np.rint(255 * ink).astype(np.uint8)[..., None]


def pairs(images):
    return {tuple(pair) for pair in np.sort(near_copies(lambda rows: images[rows], np.arange(len(images)))).tolist()}


def picture(image):
    return Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)


def back(image, like):
    return np.asarray(image).reshape(like.shape)


def resaved(image):
    file = io.BytesIO()
    picture(image).save(file, "JPEG", quality=60)
    return back(Image.open(file), image)


def resized(image):
    height, width = image.shape[:2]
    smaller = picture(image).resize((round(0.7 * width), round(0.7 * height)), Image.Resampling.BICUBIC)
    return back(smaller.resize((width, height), Image.Resampling.BICUBIC), image)


def times(factor):
    return lambda image: np.clip(np.rint(image * factor), 0, 255).astype(np.uint8)


def shifted(down, right):
    def shift(image):
        return ndimage.shift(image, (down, right, 0), order=0, mode="nearest")

    return shift


CHANGES = {
    "resaved": resaved,
    "resized": resized,
    "brighter": times(1.1),
    "darker": times(0.9),
    "up": shifted(-1, 0),
    "down": shifted(1, 0),
    "left": shifted(0, -1),
    "right": shifted(0, 1),
}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("change", CHANGES)
def test_most_changed_copies_are_found_and_nothing_else(change, channels):
    originals = photos(60, channels=channels)
    copies = np.stack([CHANGES[change](image) for image in originals[:30]])
    found = pairs(np.concatenate([originals, copies]))
    planted = {(row, 60 + row) for row in range(30)}
    assert found <= planted
    assert len(found) >= 27


def test_larger_pictures_are_compared_too():
    originals = photos(10, side=100)
    copies = np.stack([resized(image) for image in originals])
    assert pairs(np.concatenate([originals, copies])) == {(row, 10 + row) for row in range(10)}


def test_pictures_need_not_be_square():
    originals = photos(8, side=48)[:, :20]
    assert pairs(np.concatenate([originals, np.stack([resaved(image) for image in originals])])) == {
        (row, 8 + row) for row in range(8)
    }


def test_strokes_that_hash_alike_are_not_copies():
    images = strokes(300)
    looks = near._looks(lambda rows: images[rows], np.arange(300), (0, 0), near.silent)
    hashed = np.bitwise_count(looks.hashes[:, None] ^ looks.hashes) <= near.DISTANCE
    assert np.triu(hashed, 1).sum() > 500
    assert len(pairs(images)) < 5  # in 44,850 pairs of bars, a few differ by less than anyone could see


def test_another_shade_another_colour_and_the_negative_are_not_copies():
    one = photos(1)
    others = [one, one // 2, one[..., ::-1], one[..., [1, 2, 0]], 255 - one]
    assert pairs(np.concatenate(others)) == set()


def test_none_or_one_picture_has_no_copies():
    images = photos(3)
    for rows in ([], [1]):
        found = near_copies(lambda numbers: images[numbers], np.array(rows, np.int64))
        assert found.shape == (0, 2)


def test_the_numbers_that_come_back_are_those_of_the_pictures():
    images = photos(9)
    images[7] = times(1.1)(images[2])
    found = near_copies(lambda numbers: images[numbers], np.array([0, 2, 5, 7]))
    assert np.sort(found).tolist() == [[2, 7]]


@pytest.mark.parametrize(("name", "value"), [("PAIRS", 1), ("PAIRS", 50), ("BLOCK", 1), ("BLOCK", 7), ("CHUNK", 1)])
def test_the_size_of_a_block_changes_nothing(monkeypatch, name, value):
    originals = photos(12)
    images = np.concatenate(
        [originals, np.stack([shifted(1, 0)(image) for image in originals[:6]]), originals // 9 * 9]
    )
    expected = pairs(images)
    monkeypatch.setattr(near, name, value)
    assert pairs(images) == expected
    assert len(expected) >= 18


def test_pictures_that_are_all_alike_stay_few_pairs_and_one_group(monkeypatch):
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    monkeypatch.setattr(near, "MOST_NEAR", 10**6)
    monkeypatch.setattr(near, "MOST_HASHES", 20)
    monkeypatch.setattr(near, "MOST_THUMBNAILS", 5)
    noise = np.random.default_rng(0).integers(-3, 4, (400, 32, 32, 3))
    images = np.clip(photos(1) + noise, 0, 255).astype(np.uint8)
    found = near_copies(lambda rows: images[rows], np.arange(400))
    assert 0 < len(found) <= 3 * 5 * 400
    groups, _ = connected_components(coo_array((np.ones(len(found)), found.T), shape=(400, 400)), directed=False)
    assert groups == 1


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 20))
def test_close_hashes_are_all_taken_unless_they_are_too_many(distances, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "MOST_NEAR", most)
        patch.setattr(near, "MOST_HASHES", 1)
        kept = near._near(np.array([distances], np.uint8)).tolist()
    close = [position for position, distance in enumerate(distances) if distance <= near.DISTANCE]
    assert set(kept) <= set(close)
    assert kept == close if len(close) <= most else most / 2 <= len(kept) <= most


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=40), st.integers(1, 4))
def test_the_lowest_scores_of_each_row_are_kept(cells, most):
    rows, scores = np.array(cells, np.int64).reshape(-1, 2).T
    kept = near._lowest(rows, scores, most)
    for row in range(6):
        expected = sorted(scores[rows == row].tolist())[:most]
        assert sorted(scores[kept][rows[kept] == row].tolist()) == expected


def test_softening_and_correlation_are_those_of_scipy_and_numpy():
    images = photos(4, channels=1)[..., 0].astype(np.float32)
    kernel = np.outer([1, 2, 1], [1, 2, 1]) / 16
    expected = np.stack([ndimage.convolve(image, kernel, mode="nearest") for image in images])
    np.testing.assert_allclose(near._softened(images), expected, rtol=1e-5)
    rows = images.reshape(4, -1)
    correlations = near._standardised(rows) @ near._standardised(rows).T
    np.testing.assert_allclose(correlations, np.corrcoef(rows), atol=1e-5)


def test_progress_goes_up_and_may_cancel():
    images, fractions = photos(300, channels=1), []
    near_copies(lambda rows: images[rows], np.arange(300), lambda _what, fraction: fractions.append(fraction))
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] <= 1

    def cancel(_what, fraction):
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        near_copies(lambda rows: images[rows], np.arange(300), cancel)


def test_of_a_burst_those_pictures_are_new_that_are_no_near_copy_of_an_earlier_one():
    seen, others = photos(3), photos(3, seed=1)
    taken = np.stack([others[0], resaved(seen[1]), resaved(others[0]), others[1], others[1] // 2 + 90, others[2]])
    new = new_beside(seen, taken)
    assert new.tolist() == [True, False, False, True, True, True]
    assert new_beside(seen[:0], taken).tolist() == [True, True, False, True, True, True]
    assert new_beside(seen, taken[:0]).tolist() == []


def test_each_of_a_series_that_changes_little_by_little_is_compared_with_those_that_stayed():
    """Otherwise a slow movement would be left out as a whole: each picture is nearly the one before."""
    first, last = photos(1)[0].astype(float), photos(1, seed=1)[0].astype(float)
    series = np.stack([first + (last - first) * step / 40 for step in range(41)]).round().astype(np.uint8)
    new = new_beside(series[:0], series)
    assert new[0]
    assert 3 <= new.sum() < 30
