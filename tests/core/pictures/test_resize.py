"""Resizing keeps what a picture shows: nothing stretched, no false patterns, no halos, no mixed channels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.pictures.resize import BLOCK, resize, square

SIZES = st.integers(8, 128)
SIDES = st.integers(1, 40)


@given(SIDES, SIDES, SIZES, st.integers(0, 255), st.sampled_from([1, 3]))
def test_a_plain_picture_stays_plain(height, width, size, value, channels):
    resized = resize(np.full((2, height, width, channels), value, np.uint8), size)
    assert resized.shape == (2, size, size, channels)
    assert resized.dtype == np.uint8
    assert (resized == value).all()


def test_the_same_size_changes_nothing():
    images = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 3), np.uint8)
    np.testing.assert_array_equal(resize(images, 16), images)


def test_a_fine_pattern_becomes_grey_instead_of_a_false_pattern():
    checkerboard = (255 * (np.indices((64, 64)).sum(0) % 2)).astype(np.uint8)[None, ..., None]
    inner = resize(checkerboard, 8)[:, 1:-1, 1:-1].astype(int)
    assert abs(inner - 127).max() <= 3


@pytest.mark.parametrize("size", [12, 64])
def test_an_edge_gets_no_halo(size):
    edge = np.repeat([40, 200], 16).astype(np.uint8)[None, None, :, None].repeat(32, axis=1)
    row = resize(edge, size)[0, size // 2, :, 0].astype(int)
    assert row.min() == 40
    assert row.max() == 200
    assert (np.diff(row) >= 0).all()


def test_a_wide_picture_is_not_stretched():
    wide = np.zeros((1, 32, 64, 1), np.uint8)
    wide[0, 8:24, 24:40] = 255  # a square
    found = resize(wide, 32)[0, ..., 0] > 127
    assert found.any(axis=0).sum() == found.any(axis=1).sum() == 8


def test_a_picture_is_centred_in_its_new_border():
    tall = np.full((1, 9, 5, 1), 7, np.uint8)
    tall[:, 1:-1, 1:-1] = 99
    padded = square(tall)
    np.testing.assert_array_equal(padded[:, :, 2:7], tall)
    assert (padded[:, :, [0, 1, 7, 8]] == 7).all()


def test_the_new_border_has_each_picture_s_own_border_colour():
    images = np.stack([np.full((4, 8, 3), colour, np.uint8) for colour in ([255, 255, 250], [0, 10, 20])])
    images[:, 1:3, 2:6] = 128
    images[0, 0, 0] = 0  # one odd pixel does not matter
    padded = square(images)
    np.testing.assert_array_equal(padded[:, 0, 0], [[255, 255, 250], [0, 10, 20]])


def test_channels_are_not_mixed():
    image = np.zeros((1, 20, 20, 3), np.uint8)
    image[..., 1] = 200
    assert resize(image, 10).reshape(-1, 3).max(axis=0).tolist() == [0, 200, 0]


def test_order_is_kept_over_several_blocks():
    images = np.arange(BLOCK + 7, dtype=np.int64).astype(np.uint8)[:, None, None, None].repeat(8, 1).repeat(8, 2)
    np.testing.assert_array_equal(resize(images, 9)[:, 4, 4, 0], images[:, 4, 4, 0])


@pytest.mark.parametrize("size", [-1, 0, 7, 129])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(SettingError, match="between 8 and 128"):
        resize(np.zeros((1, 8, 8, 1), np.uint8), size)


def test_progress_ends_at_one():
    told = []
    resize(np.zeros((3, 8, 8, 1), np.uint8), 16, lambda what, fraction: told.append(fraction))
    assert told[-1] == 1.0
    assert told == sorted(told)
