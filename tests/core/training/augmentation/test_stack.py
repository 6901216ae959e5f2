"""Random changes of the training images: each alone against what numpy, scipy or a ruler says."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import ndimage

from core.training.augmentation import Augmentation, augmenter
from tests.core.training.augmentation.made import ALL, changed, random_images

ALONE = [
    Augmentation(rotation=30),
    Augmentation(shift=0.2),
    Augmentation(zoom=0.3),
    Augmentation(shear=0.3),
    Augmentation(flip="horizontal"),
    Augmentation(flip="vertical"),
    Augmentation(flip="both"),
    Augmentation(contrast=0.5),
    Augmentation(noise=0.1),
    Augmentation(erasing=0.3),
]


def said(strengths):
    """What differs from nothing, for the names of the tests."""
    nothing = Augmentation()
    return "+".join(
        f.name for f in dataclasses.fields(nothing) if getattr(strengths, f.name) != getattr(nothing, f.name)
    )


def middle(images):
    """Centre of brightness of each image (n, 2) as (row, column), in pixels."""
    return np.array([ndimage.center_of_mass(image[..., 0]) for image in images])


def blob(side=33, sigma=2.0):
    """A bright spot in the middle, (side, side, 1)."""
    away = np.arange(side) - (side - 1) / 2
    return np.exp(-(away[:, None] ** 2 + away[None] ** 2) / (2 * sigma**2)).astype(np.float32)[..., None]


def test_nothing_to_change_is_no_layer():
    assert augmenter(Augmentation(), seed=1) is None
    assert augmenter(Augmentation(rotation=0, flip="none"), seed=1) is None


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(8, 8, 1), (12, 12, 3), (9, 14, 3)], ids=str)
@pytest.mark.parametrize("strengths", [*ALONE, ALL], ids=said)
def test_it_changes_pictures_and_keeps_shape_type_and_range(strengths, shape):
    images = random_images(32, shape)
    after = changed(images, strengths)
    assert after.shape == images.shape
    assert after.dtype == np.float32
    assert after.min() >= 0
    assert after.max() <= 1
    assert np.mean([not np.array_equal(one, other) for one, other in zip(images, after, strict=True)]) > 0.3


@pytest.mark.slow
@pytest.mark.parametrize("strengths", [ALL, *ALONE], ids=said)
def test_the_same_seed_gives_the_same_pictures_and_another_seed_others(strengths):
    images = random_images()
    np.testing.assert_array_equal(changed(images, strengths, 3), changed(images, strengths, 3))
    assert not np.array_equal(changed(images, strengths, 3), changed(images, strengths, 4))


@pytest.mark.slow
def test_two_calls_and_the_pictures_of_one_call_differ():
    same = np.repeat(random_images(1), 16, axis=0)
    model = augmenter(Augmentation(shift=0.2), 0)
    one, other = (model(same, training=True).numpy() for _ in range(2))
    assert not np.array_equal(one, other)
    assert len({picture.tobytes() for picture in one}) == 16


@pytest.mark.slow
def test_adding_a_change_leaves_what_another_draws():
    spots = np.repeat(blob()[None], 32, axis=0)
    alone = changed(spots, Augmentation(shift=0.2))
    turned = changed(spots, Augmentation(shift=0.2, rotation=90))  # turning a round spot shows nothing
    np.testing.assert_allclose(middle(alone), middle(turned), atol=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("strengths", [ALL, *ALONE], ids=said)
def test_its_variables_are_its_whole_random_state(strengths):
    images, model = random_images(), augmenter(strengths, 7)
    model(images, training=True)
    saved = [np.array(variable.numpy()) for variable in model.variables]
    expected = [model(images, training=True).numpy() for _ in range(3)]
    fresh = augmenter(strengths, 8)
    for variable, value in zip(fresh.variables, saved, strict=True):
        variable.assign(value)
    for pictures in expected:
        np.testing.assert_array_equal(fresh(images, training=True).numpy(), pictures)


@pytest.mark.slow
@pytest.mark.parametrize(("flip", "axis"), [("horizontal", 2), ("vertical", 1)])
def test_a_flip_mirrors_about_half_of_the_pictures(flip, axis):
    images = random_images(400)
    after, mirrored = changed(images, Augmentation(flip=flip)), np.flip(images, axis)
    flipped = np.array([np.array_equal(one, other) for one, other in zip(after, mirrored, strict=True)])
    np.testing.assert_array_equal(after[~flipped], images[~flipped])
    assert abs(flipped.mean() - 0.5) < 4 * math.sqrt(0.25 / 400)


@pytest.mark.slow
def test_both_flips_are_made_independently():
    images = random_images(400)
    after = changed(images, Augmentation(flip="both"))
    four = [images, np.flip(images, 1), np.flip(images, 2), np.flip(images, (1, 2))]
    shares = [np.mean([np.array_equal(a, b) for a, b in zip(after, kind, strict=True)]) for kind in four]
    assert sum(shares) == pytest.approx(1)
    assert all(abs(share - 0.25) < 4 * math.sqrt(0.1875 / 400) for share in shares)


def angles(strengths, n=300):
    """By how many degrees a spot right of the middle has turned about it, (n,)."""
    spots = np.repeat(np.roll(blob(), 9, axis=1)[None], n, axis=0)
    rows, columns = (middle(changed(spots, strengths)) - 16).T
    return np.degrees(np.arctan2(-rows, columns)), np.hypot(rows, columns)


@pytest.mark.slow
def test_a_rotation_turns_about_the_middle_by_at_most_its_degrees():
    found, distance = angles(Augmentation(rotation=40))
    assert np.abs(found).max() <= 40.5
    assert found.max() > 36
    assert found.min() < -36
    np.testing.assert_allclose(distance, 9, atol=0.1)
    assert abs(found.mean()) < 4 * 40 / math.sqrt(3 * 300)


@pytest.mark.slow
def test_a_rotation_of_180_degrees_reaches_every_direction():
    found, _ = angles(Augmentation(rotation=180))
    assert set((found // 90).astype(int)) == {-2, -1, 0, 1}


@pytest.mark.slow
def test_a_rotation_is_the_one_that_scipy_makes():
    image = ndimage.gaussian_filter(random_images(1, (25, 25, 1))[0, ..., 0], 1.5)
    disc = np.hypot(*np.mgrid[-12:13, -12:13]) < 11  # away from the corners, which come from outside
    for after in changed(np.repeat(image[None, ..., None], 8, axis=0), Augmentation(rotation=180)):
        angle = min(range(-180, 180), key=lambda a: _difference(after[..., 0], image, a, disc))
        assert _difference(after[..., 0], image, angle, disc) < 0.003


def _difference(after, image, angle, where):
    expected = ndimage.rotate(image, angle, reshape=False, order=1, mode="nearest")
    return np.abs(after - expected)[where].mean()


@pytest.mark.slow
def test_a_shift_moves_by_at_most_its_share_of_the_side_in_each_direction():
    moved = middle(changed(np.repeat(blob()[None], 300, axis=0), Augmentation(shift=0.2))) - 16
    furthest = 0.2 * 33
    assert np.abs(moved).max() <= furthest + 0.01
    assert (moved.max(axis=0) > 0.9 * furthest).all()
    assert (moved.min(axis=0) < -0.9 * furthest).all()
    assert abs(np.corrcoef(moved.T)[0, 1]) < 4 / math.sqrt(300)


@pytest.mark.slow
@pytest.mark.parametrize("strengths", [ALL, *ALONE], ids=said)
def test_no_frame_appears_around_a_plain_picture(strengths):
    """What comes from outside is the edge pixel: a bright plain picture stays bright wherever nothing is erased."""
    plain = np.full((32, 16, 16, 1), 0.8, np.float32)
    after = changed(plain, dataclasses.replace(strengths, noise=0, erasing=0, rotation=strengths.rotation or 5))
    np.testing.assert_allclose(after, 0.8, atol=1e-5)


@pytest.mark.slow
def test_a_zoom_stays_within_its_bounds_and_keeps_proportions():
    """The standard deviation of a Gaussian spot grows by as much as the picture; out by z makes it 1/(1+z)."""
    after = changed(np.repeat(blob(65, 4.0)[None], 300, axis=0), Augmentation(zoom=0.3))[..., 0]
    widths = np.stack([_spread(after.sum(axis=1)), _spread(after.sum(axis=2))])  # of columns, of rows
    np.testing.assert_allclose(widths[0], widths[1], rtol=1e-3)
    sizes = widths[0] / 4
    assert 1 / 1.3 - 0.01 <= sizes.min() < 1 / 1.25
    assert 1 / 0.75 < sizes.max() <= 1 / 0.7 + 0.02


def _spread(profiles):
    """Standard deviation of each brightness profile (n, side), in pixels."""
    places = np.arange(profiles.shape[1])
    total = profiles.sum(axis=1)
    mean = profiles @ places / total
    return np.sqrt(profiles @ places**2 / total - mean**2)


@pytest.mark.slow
def test_a_shear_moves_each_row_by_at_most_its_share_of_the_distance_from_the_top():
    line = np.zeros((200, 21, 41, 1), np.float32)
    line[:, :, 20] = 1
    after = changed(line, Augmentation(shear=0.5))[..., 0]
    moved = after @ np.arange(41) / after.sum(axis=2) - 20  # (n, rows)
    slants = moved[:, -1] / 20
    np.testing.assert_allclose(moved, slants[:, None] * np.arange(21), atol=1e-3)
    assert np.abs(slants).max() <= 0.5
    assert slants.max() > 0.45
    assert slants.min() < -0.45


@pytest.mark.slow
def test_contrast_keeps_the_mean_and_grows_or_shrinks_what_is_around_it():
    images = 0.4 + 0.2 * random_images(200, (10, 10, 3))
    after = changed(images, Augmentation(contrast=0.5))
    np.testing.assert_allclose(after.mean(axis=(1, 2)), images.mean(axis=(1, 2)), atol=1e-5)
    grown = after.std(axis=(1, 2)) / images.std(axis=(1, 2))
    np.testing.assert_allclose(grown, np.repeat(grown[:, :1], 3, axis=1), rtol=1e-3)
    assert 0.5 - 1e-4 <= grown.min() < 0.55
    assert 1.45 < grown.max() <= 1.5 + 1e-4


@pytest.mark.slow
def test_noise_has_its_standard_deviation_and_no_mean():
    grey = np.full((50, 20, 20, 3), 0.5, np.float32)
    noise = changed(grey, Augmentation(noise=0.1)) - grey
    assert noise.std() == pytest.approx(0.1, rel=4 / math.sqrt(2 * noise.size) + 1e-3)
    assert abs(noise.mean()) < 4 * 0.1 / math.sqrt(noise.size)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_erasing_rubs_out_one_grey_rectangle_of_at_most_its_share(share):
    side = 20
    rubbed = changed(np.ones((300, side, side, 3), np.float32), Augmentation(erasing=share)) != 1
    assert (rubbed == rubbed[..., :1]).all()  # all channels alike
    heights, widths = rubbed.any(axis=(2, 3)).sum(axis=1), rubbed.any(axis=(1, 3)).sum(axis=1)
    np.testing.assert_array_equal(rubbed[..., 0].sum(axis=(1, 2)), heights * widths)
    longest = math.sqrt(share) * side
    assert math.floor(longest) <= max(heights.max(), widths.max()) <= math.ceil(longest)
    assert (heights * widths > 0).mean() > 0.95
