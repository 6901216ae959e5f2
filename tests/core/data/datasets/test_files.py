"""The way from files to arrays survives what may go wrong: caches, damage, full disks, kills."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from filelock import FileLock

from core.data.dataset import Images
from core.errors import DataError, OfflineError, SettingError, StorageError
from core.folders import PROJECT
from tests.core.data.datasets.made import TOY_LABELS, numbered, toy_content
from tests.made import by_name

pytestmark = pytest.mark.slow


@pytest.fixture
def cache(own_data_folder):
    return own_data_folder / ".cache" / "toy-7"


def test_a_cache_is_written_once_and_mapped(toy, cache):
    by_name.load("toy")
    written = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    splits = by_name.load("toy")
    assert isinstance(splits.train.images, np.memmap)
    assert (splits.train.images == 50).all()
    assert (splits.test.images == 51).all()
    np.testing.assert_array_equal(splits.train.labels, TOY_LABELS)
    assert {path.name: path.stat().st_mtime_ns for path in cache.iterdir()} == written


def test_cached_files_are_plain_npy_files(toy, cache):
    splits = by_name.load("toy")
    np.testing.assert_array_equal(np.load(cache / "train-images.npy"), splits.train.images)
    np.testing.assert_array_equal(np.load(cache / "test-labels.npy"), splits.test.labels)


ARRAYS = ["train-images.npy", "train-labels.npy", "test-images.npy", "test-labels.npy"]


DAMAGES = {
    "absent": None,
    "empty": lambda content: b"",
    "cut short": lambda content: content[:-1],
    "too long": lambda content: content + b"\0",
    "bad magic": lambda content: b"PK" + content[2:],
    "bad header": lambda content: content.replace(b"'descr': ", b"'descr':("),
    "other shape": lambda content: content.replace(b"60, 8, 10", b"60, 10, 8").replace(b"(60,)", b"(6,0)"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("array", ARRAYS)
def test_a_damaged_cache_is_rebuilt(toy, cache, array, damage):
    by_name.load("toy")
    good = (cache / array).read_bytes()
    if DAMAGES[damage]:
        (cache / array).write_bytes(DAMAGES[damage](good))
    else:
        (cache / array).unlink()
    assert (by_name.load("toy").train.images == 50).all()
    assert (cache / array).read_bytes() == good


def test_labels_out_of_range_are_not_believed(toy, cache):
    by_name.load("toy")
    content = (cache / "train-labels.npy").read_bytes()
    (cache / "train-labels.npy").write_bytes(content[:-8] + (3).to_bytes(8, "little"))
    assert by_name.load("toy").train.labels.max() == 2


@pytest.mark.parametrize("stamp", [None, "", "{", "[]", "{}", "\udcff", '{"toy/train-images-idx3-ubyte.gz": 5}'])
def test_a_cache_without_a_good_stamp_is_rebuilt(toy, cache, stamp):
    by_name.load("toy")
    good = (cache / "stamp.json").read_text()
    if stamp is None:
        (cache / "stamp.json").unlink()
    else:
        (cache / "stamp.json").write_text(stamp, errors="surrogateescape")
    by_name.load("toy")
    assert json.loads((cache / "stamp.json").read_text()) == json.loads(good)


@pytest.mark.parametrize("image_size", [0, 16])
def test_changed_source_files_are_read_anew(toy, image_size):
    assert (by_name.load("toy", image_size).train.images == 50).all()
    for name, content in toy_content(value=90).items():
        (toy / name).write_bytes(content)
    assert (by_name.load("toy", image_size).train.images == 90).all()


def test_a_cache_serves_without_its_source_files(toy):
    by_name.load("toy")
    for path in toy.iterdir():
        path.unlink()
    assert by_name.available("toy")
    assert len(by_name.load("toy").train) == 60


def test_a_size_has_a_cache_of_its_own(toy, cache):
    assert by_name.load("toy", 16).train.images.shape == (60, 16, 16, 1)
    assert by_name.load("toy", 9).test.images.shape == (12, 9, 9, 1)
    assert by_name.load("toy").train.images.shape == (60, 8, 10, 1)
    folders = sorted(path.name for path in cache.parent.iterdir() if path.is_dir())
    assert folders == ["toy-7", "toy-7-16", "toy-7-9"]


def test_the_published_size_needs_no_second_cache(data_folder):
    by_name.load("digits", 8)
    assert not (data_folder / ".cache" / "digits-1-8").exists()


@pytest.mark.parametrize("image_size", [-1, 7, 129])
def test_an_impossible_size_is_refused_before_anything_is_read(toy, cache, image_size):
    with pytest.raises(SettingError, match="between 8 and 128"):
        by_name.load("toy", image_size)
    assert not cache.parent.exists()


def test_a_damaged_source_file_is_named_and_leaves_no_cache(toy, cache):
    path = toy / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(DataError, match=str(path)):
        by_name.load("toy")
    assert [path.name for path in cache.parent.iterdir()] == ["toy-7.lock"]


def test_files_of_another_dataset_are_refused(toy):
    (toy / "t10k-images-idx3-ubyte.gz").write_bytes(toy_content()["train-images-idx3-ubyte.gz"])
    (toy / "t10k-labels-idx1-ubyte.gz").write_bytes(toy_content()["train-labels-idx1-ubyte.gz"])
    with pytest.raises(DataError, match=r"test images of toy are \(60, 8, 10, 1\), expected \(12, 8, 10, 1\)"):
        by_name.load("toy")


def test_a_plug_in_that_breaks_its_promise_is_told_so(register):
    register(numbered([0, 1, 2]), validation=Images(np.zeros((3, 1, 2, 1), np.uint8), np.array([0, 1, 3])))
    with pytest.raises(ValueError, match="toy: the validation labels"):
        by_name.load("toy")


def test_an_absent_file_offline_is_asked_for_by_name(toy):
    (toy / "t10k-labels-idx1-ubyte.gz").unlink()
    assert not by_name.available("toy")
    with pytest.raises(OfflineError, match=r": toy/t10k-labels-idx1-ubyte\.gz\.") as caught:
        by_name.load("toy")
    assert str(toy.parent) in str(caught.value)


def test_files_are_found_in_further_folders_and_written_into_the_first(toy, tmp_path, monkeypatch):
    further = tmp_path / "of the school"
    further.mkdir()
    toy.rename(further / "toy")
    assert not by_name.available("toy")
    monkeypatch.setenv("FITSCOPE_DATA", os.pathsep.join([str(tmp_path / "data"), str(further)]))
    assert by_name.available("toy")
    assert len(by_name.load("toy").train) == 60
    assert [path.name for path in further.iterdir()] == ["toy"]


def test_a_folder_that_cannot_be_written_is_a_storage_error(toy, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FITSCOPE_DATA", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="set FITSCOPE_DATA to"):
        by_name.load("digits")


def test_a_full_disk_is_a_storage_error_and_leaves_no_half_cache(toy, cache):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))  # the training images need 4,928 bytes
    try:
        with pytest.raises(StorageError, match="Free some space"):
            by_name.load("toy")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in cache.parent.iterdir()] == ["toy-7.lock"]
    assert len(by_name.load("toy").train) == 60


def test_a_process_waits_while_another_prepares_the_dataset(toy, cache):
    told, loaded = [], []
    cache.parent.mkdir()
    with FileLock(cache.with_name("toy-7.lock")):
        waiting = threading.Thread(
            target=lambda: loaded.append(by_name.load("toy", progress=lambda what, fraction: told.append(what)))
        )
        waiting.start()
        waiting.join(0.3)
        assert told == ["Waiting for another process that prepares this dataset"]
        assert not cache.exists()
    waiting.join(10)
    assert len(loaded[0].train) == 60


LOAD_COLOURS = """
import os, signal, sys
from core.data import cache
from core.data.catalogue import dataset
def progress(what, fraction):
    if what == sys.argv[1] and fraction > 0:
        os.kill(os.getpid(), signal.SIGKILL)
print(int(cache.load(dataset("colours"), progress=progress).train.images.sum()))
"""


def start_loading(fatal_step):
    return subprocess.Popen([sys.executable, "-c", LOAD_COLOURS, fatal_step], cwd=PROJECT, stdout=subprocess.PIPE)


def test_a_process_killed_while_it_writes_leaves_no_half_cache(own_data_folder):
    process = start_loading("Preparing the pictures")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert os.listdir(own_data_folder / ".cache" / "colours-1.part")  # it was indeed killed half-way
    assert len(by_name.load("colours").train) == 4000
    assert sorted(os.listdir(own_data_folder / ".cache")) == ["colours-1", "colours-1.lock"]


def test_two_processes_at_once_load_the_same(own_data_folder):
    processes = [start_loading("never") for _ in range(2)]
    sums = [int(process.communicate()[0]) for process in processes]
    assert sums == [by_name.load("colours").train.images.sum()] * 2
    assert sorted(os.listdir(own_data_folder / ".cache")) == ["colours-1", "colours-1.lock"]
