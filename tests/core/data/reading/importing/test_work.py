"""Importing tells how far it is, clears up behind itself, and is quick on real data."""

import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data.reading.importing import read
from core.errors import DataError, StorageError
from tests.core.data.reading.importing.made import by_name, csv, idx, npz, parts, pixels, write
from tests.made.hostile import (
    good_pictures,
)


def test_progress_can_stop_an_import_and_nothing_is_left_behind(imported, tmp_path):
    class StopIt(Exception):
        pass

    seen = []

    def stop_at(what):
        def progress(told, fraction):
            seen.append(told)
            assert 0 <= fraction <= 1
            if told == what:
                raise StopIt

        return progress

    for what in ("Looking through the files", "Reading the pictures", "Putting the pictures in order"):
        with pytest.raises(StopIt):
            imported(good_pictures(), progress=stop_at(what))
        assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("kind", [OSError, ValueError, RuntimeError, EOFError, KeyboardInterrupt])
@pytest.mark.parametrize("content", ["npz", "idx", "csv"])
def test_an_exception_of_progress_comes_through_as_it_is(tmp_path, kind, content):
    images = pixels(8, 8, 8)
    (tmp_path / "x-images-idx3-ubyte").write_bytes(idx(images))
    (tmp_path / "x-labels-idx1-ubyte").write_bytes(idx(np.arange(8) % 2))
    (tmp_path / "x.npz").write_bytes(npz(x=images / 255, y=np.arange(8) % 2))
    (tmp_path / "x.csv").write_bytes(csv(images, np.arange(8) % 2))

    def progress(what, fraction):
        raise kind("stop")

    with pytest.raises(kind, match="stop"):
        read(
            tmp_path / {"npz": "x.npz", "idx": "x-images-idx3-ubyte", "csv": "x.csv"}[content],
            scratch=tmp_path / "scratch",
            progress=progress,
        )
    assert list((tmp_path / "scratch").iterdir()) == []


def test_only_the_arrays_of_the_result_are_left_in_the_scratch_folder(tmp_path):
    path = write(tmp_path, "x.npz", npz(x=pixels(8, 8, 8), y=np.arange(8) % 2))
    found = read(path, scratch=tmp_path / "scratch")
    assert {file.name for file in (tmp_path / "scratch").rglob("*.*")} == {"train.npy", "test.npy"}
    assert isinstance(found.splits.train.images, np.memmap)


def test_an_error_leaves_nothing_behind(imported, tmp_path):
    with pytest.raises(DataError):
        imported(good_pictures(["cat"]))
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_scratch_folder_that_cannot_be_written_is_a_storage_error(imported, tmp_path):
    (tmp_path / "scratch").write_bytes(b"a file")
    with pytest.raises(StorageError):
        imported(good_pictures())


@pytest.mark.slow
def test_the_zip_of_cifar_is_read_quickly(scratch, published):
    path = published("cifar-10-images.zip")
    start, calls = time.process_time(), []
    found = read(path, scratch=scratch, progress=lambda *told: calls.append(told))
    assert {split: part.images.shape for split, part in parts(found).items()} == {
        "train": (20_000, 32, 32, 3),
        "test": (10_000, 32, 32, 3),
    }
    assert not found.refused
    assert np.bincount(found.splits.test.labels).tolist() == [1000] * 10
    assert time.process_time() - start < 30  # of calculation
    assert len(calls) > 10


def test_the_zip_of_fruits_gives_the_pixels_that_pillow_gives(scratch, published):
    path = published("fruits-vegetables.zip")
    found = read(path, scratch=scratch, size=100)
    images = by_name(found)
    with zipfile.ZipFile(path) as archive:
        assert set(images) == set(archive.namelist())
        for name in archive.namelist()[::200]:
            expected = np.asarray(Image.open(io.BytesIO(archive.read(name))))
            np.testing.assert_array_equal(images[name][2], expected)
