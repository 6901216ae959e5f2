"""What the Images page shows of a split, against plain numpy over all images at once."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import statistics
from core.data.dataset import Images
from core.data.statistics import BINS, Statistics, read, write
from core.errors import StorageError
from tests.made import by_name


def random_split(n=300, shape=(5, 7, 3), classes=4, seed=0):
    rng = np.random.default_rng(seed)
    return Images(rng.integers(0, 256, (n, *shape), np.uint8), rng.integers(0, classes, n))


def by_plain_numpy(part, classes):
    _, height, width, channels = part.images.shape
    counts = np.zeros(classes, np.int64)
    mean = np.zeros((classes, height, width, channels), np.uint8)
    histogram = np.zeros((classes, channels, BINS), np.int64)
    for label in set(part.labels.tolist()):
        images = part.images[part.labels == label]
        counts[label], mean[label] = len(images), np.rint(images.mean(axis=0))
        for channel in range(channels):
            histogram[label, channel] = np.histogram(images[..., channel], BINS, (0, 256))[0]
    return Statistics(counts, mean, histogram)


def assert_equal(one, other):
    for name, values in vars(one).items():
        np.testing.assert_array_equal(values, getattr(other, name), strict=True)


@pytest.mark.parametrize("split", ["train", "test"])
def test_digits_are_as_plain_numpy_says(split):
    part = getattr(by_name.load("digits"), split)
    assert_equal(statistics.statistics(part, 10), by_plain_numpy(part, 10))


@given(st.integers(0, 60), st.sampled_from([(1, 1, 1), (3, 2, 3), (4, 4, 1)]), st.integers(1, 6), st.integers(1, 400))
def test_any_images_in_blocks_of_any_size_are_too(n, shape, classes, block):
    part = random_split(n, shape, classes, seed=n)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics, "BLOCK", block)
        assert_equal(statistics.statistics(part, classes + 1), by_plain_numpy(part, classes + 1))


def test_a_class_without_images_has_zeros():
    part = random_split(classes=2)
    found = statistics.statistics(part, 5)
    assert found.counts[2:].tolist() == [0, 0, 0]
    assert not found.mean[2:].any()
    assert not found.histogram[2:].any()
    np.testing.assert_array_equal(found.histogram.sum(axis=(1, 2)), found.counts * 5 * 7 * 3)


def test_a_million_bright_pixels_do_not_overflow():
    part = Images(np.full((70_000, 4, 4, 1), 255, np.uint8), np.zeros(70_000, np.int64))
    found = statistics.statistics(part, 1)
    assert (found.mean == 255).all()
    assert found.histogram[0, 0, -1] == 70_000 * 16


def test_memory_stays_small_and_a_memory_map_is_read_only(tmp_path):
    part = random_split(4000, (40, 40, 3))
    np.save(tmp_path / "images.npy", part.images)
    mapped = Images(np.load(tmp_path / "images.npy", mmap_mode="r"), part.labels)
    tracemalloc.start()
    found = statistics.statistics(mapped, 4)
    extra = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert extra < 40e6
    assert_equal(found, statistics.statistics(part, 4))


def test_what_is_written_is_read(tmp_path):
    found = statistics.statistics(random_split(), 4)
    write(tmp_path / "train.npz", found)
    again = read(tmp_path / "train.npz")
    assert again is not None
    assert_equal(found, again)


def test_what_is_not_there_or_damaged_is_none(tmp_path):
    path = tmp_path / "train.npz"
    assert read(path) is None
    write(path, statistics.statistics(random_split(20), 4))
    whole = path.read_bytes()
    for content in (b"", b"nonsense", whole[: len(whole) // 2], whole[:-30], whole.replace(b"counts", b"counsel")):
        path.write_bytes(content)
        assert read(path) is None


@pytest.mark.parametrize(
    "change",
    [
        {"counts": np.zeros(3, np.int64)},
        {"mean": np.zeros((4, 5, 7, 3), np.float32)},
        {"histogram": np.zeros((4, 1, BINS), np.int64)},
        {"counts": np.int64(4)},
        {"more": np.zeros(1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_file_s_arrays_are_none(tmp_path, change):
    found = vars(statistics.statistics(random_split(), 4))
    np.savez(tmp_path / "train.npz", **{**found, **change})
    assert read(tmp_path / "train.npz") is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StorageError):
        write(tmp_path / "nowhere" / "train.npz", statistics.statistics(random_split(), 4))
