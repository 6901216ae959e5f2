"""The IDX reader gives back what was written, and answers anything else with a DataError."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from core.data.idx import read_idx, read_labelled
from core.errors import DataError


def packed(array):
    """The published form of a uint8 array."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes(), mtime=0)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "some-idx.gz"


@pytest.fixture
def pair(tmp_path):
    """Writes images and labels of the given numbers; returns the two paths."""

    def write(n_images, labels):
        paths = tmp_path / "images.gz", tmp_path / "labels.gz"
        paths[0].write_bytes(packed(np.zeros((n_images, 4, 5), np.uint8)))
        paths[1].write_bytes(packed(np.array(labels, np.uint8)))
        return paths

    return write


SAMPLE = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


@given(npst.arrays(np.uint8, npst.array_shapes(min_dims=1, max_dims=3, max_side=9)))
def test_what_was_written_is_read(file, array):
    file.write_bytes(packed(array))
    found = read_idx(file, array.ndim)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, array)


def test_a_file_cut_short_at_any_byte_is_refused(file):
    whole = packed(SAMPLE)
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"some-idx\.gz"):
            read_idx(file, 3)


def test_any_changed_byte_is_noticed_or_harmless(file):
    whole = packed(SAMPLE)
    refused = 0
    for position in range(len(whole)):
        file.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        try:
            np.testing.assert_array_equal(read_idx(file, 3), SAMPLE)
        except DataError:
            refused += 1
    assert refused >= len(whole) - 6  # gzip's own header has a time, a level and a system that nobody checks


@given(st.binary(max_size=200))
def test_garbage_is_refused(file, garbage):
    file.write_bytes(garbage)
    with pytest.raises(DataError):
        read_idx(file, 3)


@given(st.binary(max_size=60), st.booleans())
def test_garbage_in_a_good_gzip_file_is_refused(file, garbage, good_magic):
    content = b"\0\0\x08\x03" + garbage if good_magic else garbage
    if good_magic and len(garbage) >= 12:
        content = content[:7] + b"\xff" + content[8:]  # promises at least 255 images
    file.write_bytes(gzip.compress(content))
    if good_magic and len(garbage) >= 12 and not (any(garbage[4:8]) and any(garbage[8:12])):
        return  # images of no size at all: nothing is missing
    with pytest.raises(DataError):
        read_idx(file, 3)


def test_a_header_that_promises_more_than_memory_is_refused(file):
    file.write_bytes(gzip.compress(b"\0\0\x08\x03" + b"\xff" * 12 + b"abc"))
    with pytest.raises(DataError, match="4294967295 × 4294967295 × 4294967295"):
        read_idx(file, 3)


@pytest.mark.parametrize("surplus", [b"x", b"\0" * 5000])
def test_surplus_bytes_are_refused(file, surplus):
    file.write_bytes(gzip.compress(gzip.decompress(packed(SAMPLE)) + surplus))
    with pytest.raises(DataError, match="24 bytes"):
        read_idx(file, 3)


def test_surplus_bytes_behind_the_gzip_member_are_refused(file):
    file.write_bytes(packed(SAMPLE) + b"surplus")
    with pytest.raises(DataError):
        read_idx(file, 3)


def test_labels_in_place_of_images_are_refused_with_both_magic_numbers(file):
    file.write_bytes(packed(np.zeros(5, np.uint8)))
    with pytest.raises(DataError, match="00 00 08 01, expected 00 00 08 03"):
        read_idx(file, 3)


def test_an_absent_file_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match=r"absent\.gz"):
        read_idx(tmp_path / "absent.gz", 1)


def test_images_get_a_channel_and_labels_become_int64(pair):
    found = read_labelled(*pair(3, [2, 0, 1]), num_classes=3)
    assert found.images.shape == (3, 4, 5, 1)
    assert found.labels.dtype == np.int64
    assert found.labels.tolist() == [2, 0, 1]


def test_images_and_labels_of_different_number_are_refused(pair):
    with pytest.raises(DataError, match=r"3 images.* 2 labels"):
        read_labelled(*pair(3, [0, 1]), num_classes=3)


def test_a_label_beyond_the_classes_is_refused(pair):
    with pytest.raises(DataError, match="label 3, expected 0 to 2"):
        read_labelled(*pair(2, [0, 3]), num_classes=3)
