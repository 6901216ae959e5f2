"""Every dataset keeps its promises, and the way from its files to a run's splits survives what may go wrong."""

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from sklearn.model_selection import StratifiedShuffleSplit

from core.data import catalogue, idx
from core.data.cache import facts
from core.data.dataset import Dataset, Images, PublishedFile, Splits
from core.data.stratified import stratified_order
from core.errors import DataError, OfflineError, SettingError, StorageError
from tests.made import by_name

# Every dataset


@pytest.fixture(scope="module", params=catalogue.built_in())
def name(request, data_folder):
    if request.param == "faces":
        draw_faces(data_folder)
    if not by_name.available(request.param):
        pytest.skip(f"the files of {request.param} are not on this machine")
    return request.param


def draw_faces(folder):
    """Pictures for the dataset whose pictures are the user's own: circles, darker for each emotion."""
    with FileLock(folder / "faces.lock"):
        if (folder / "faces").exists():
            return
        rng = np.random.default_rng(0)
        for label, emotion in enumerate(catalogue.dataset("faces").classes):
            (folder / "faces.new" / emotion).mkdir(parents=True)
            for number in range(40):
                picture = Image.fromarray(rng.integers(0, 256, (48, 48), np.uint8))
                ImageDraw.Draw(picture).ellipse([8, 8, 40, 40], fill=25 * label)
                picture.save(folder / "faces.new" / emotion / f"{number}.png")
        (folder / "faces.new").rename(folder / "faces")


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


# Splitting: a toy dataset whose pictures are numbered


def numbered(labels):
    """Images whose two pixels tell their position in the file."""
    position = np.arange(len(labels))
    pixels = np.stack([position // 256, position % 256], axis=1).astype(np.uint8)
    return Images(pixels.reshape(-1, 1, 2, 1), np.array(labels, np.int64))


def positions(images):
    pixels = images.images.reshape(-1, 2).astype(int)
    return set((256 * pixels[:, 0] + pixels[:, 1]).tolist())


@pytest.fixture
def register(monkeypatch, own_data_folder):
    """Adds a dataset made of the given splits under the name `toy`."""

    def add(train, validation=None):
        splits = Splits(train, train, validation)
        spec = Dataset(
            "Toy",
            "Numbered.",
            tuple(f"class {label}" for label in range(train.labels.max() + 1)),
            (1, 2, 1),
            len(train),
            len(train),
            lambda paths, progress: splits,
            "1",
            n_validation=len(validation) if validation else 0,
            name="toy",
        )
        monkeypatch.setitem(catalogue.built_in(), "toy", spec)

    return add


def test_the_validation_images_are_the_same_whatever_the_size_of_the_training_set(register):
    register(numbered(np.arange(300) % 7))
    runs = [by_name.prepared("toy", validation_fraction=0.2, train_images=n, seed=1) for n in (7, 50, 233, 240, 0)]
    sets = [positions(run.train) for run in runs]
    assert [len(found) for found in sets] == [7, 50, 233, 240, 240]
    assert all(smaller <= larger for smaller, larger in pairwise(sets))
    for run in runs:
        np.testing.assert_array_equal(run.validation.images, runs[0].validation.images)
        assert not positions(run.train) & positions(run.validation)
        assert len(run.validation) == 60


def test_published_validation_images_are_used_as_they_are(register):
    labels = np.arange(40) % 4
    register(numbered(labels), validation=Images(np.full((8, 1, 2, 1), 255, np.uint8), labels[:8].astype(np.int64)))
    splits = by_name.prepared("toy", validation_fraction=0.5, seed=1)
    assert len(splits.train) == 40
    assert (splits.validation.images == 255).all()
    assert isinstance(splits.train.images, np.memmap)  # nothing gathered, nothing copied


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"validation_fraction": 0.2, "train_images": 81}, r"has 10 classes and 80 training images"),
        ({"validation_fraction": 0.2, "train_images": 9}, r"Choose between 10 and 80"),
        ({"validation_fraction": 0.2, "train_images": -1}, r"train_images=-1"),
        ({"validation_fraction": 0.05}, r"5 validation images of 100 .*at least 0\.1\."),
        ({"validation_fraction": 0.0}, r"0 validation images"),
        ({"validation_fraction": 0.95}, r"5 training images of 100"),
        ({"validation_fraction": 1.5}, r"leaves 0 training images"),
    ],
)
def test_too_small_a_part_is_refused_with_what_there_is(register, settings, told):
    register(numbered(np.arange(100) % 10))
    with pytest.raises(DataError, match=told):
        by_name.prepared_unchecked("toy", seed=1, **settings)


def test_a_class_that_would_leave_the_training_set_is_missed(register):
    register(numbered([0] * 20 + [1]))
    with pytest.raises(DataError, match="not one for each of the 2 classes"):
        by_name.prepared("toy", validation_fraction=0.5, seed=1)


def test_the_fraction_that_an_error_proposes_is_accepted(register):
    register(numbered(np.arange(97) % 10))
    with pytest.raises(DataError) as caught:
        by_name.prepared_unchecked("toy", validation_fraction=0.01, seed=1)
    splits = by_name.prepared_unchecked("toy", validation_fraction=caught.value.values["least"], seed=1)
    assert len(set(splits.validation.labels)) == 10


LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=80).map(
    lambda labels: np.unique(labels, return_inverse=True)[1]
)


@given(LABELS, st.integers(0, 2**32 - 1))
def test_every_beginning_of_the_order_has_every_class_it_has_room_for(labels, seed):
    order = stratified_order(labels, np.random.default_rng(seed))
    assert sorted(order) == list(range(len(labels)))
    n_classes = labels.max() + 1
    for length in range(1, len(labels) + 1):
        assert len(set(labels[order[:length]])) >= min(length, n_classes)


@given(st.integers(2, 6), st.integers(1, 15), st.integers(0, 2**32 - 1))
def test_classes_of_equal_size_stay_within_one_image_of_each_other(n_classes, each, seed):
    labels = np.arange(n_classes * each) % n_classes
    order = stratified_order(labels, np.random.default_rng(seed))
    for length in range(1, len(labels) + 1):
        counts = np.bincount(labels[order[:length]], minlength=n_classes)
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("n", [30, 300, 1000])
def test_classes_are_in_proportion_as_in_scikit_learn(n):
    labels = np.repeat(np.arange(4), [900, 300, 150, 50])
    taken = stratified_order(labels, np.random.default_rng(0))[:n]
    reference, _ = next(StratifiedShuffleSplit(1, train_size=n, random_state=0).split(labels, labels))
    assert abs(np.bincount(labels[taken]) - np.bincount(labels[reference])).max() <= 2


def test_no_class_is_favoured_where_there_is_no_room_for_all():
    labels = np.arange(40) % 4
    first = [labels[stratified_order(labels, np.random.default_rng(seed))[0]] for seed in range(200)]
    assert np.bincount(first, minlength=4).min() > 25  # 50 each expected


def test_the_order_within_a_class_is_random():
    labels = np.zeros(1000, int)
    order = stratified_order(labels, np.random.default_rng(0))
    assert abs(np.corrcoef(order, np.arange(1000))[0, 1]) < 0.1


# Files and cache: a toy dataset in four IDX files


def idx_bytes(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())


TOY_LABELS = (np.arange(60) % 3).astype(np.uint8)


def toy_content(value=50):
    images = np.full((60, 8, 10), value, np.uint8)
    arrays = [images, TOY_LABELS, images[:12] + 1, TOY_LABELS[:12]]
    return dict(zip(idx.FOUR_FILES, map(idx_bytes, arrays), strict=True))


@pytest.fixture
def toy(monkeypatch, own_data_folder):
    """A dataset of four files under the name `toy`; returns its folder, the files in place."""
    files = tuple(PublishedFile(f"toy/{name}", 1, "md5:0", ("http://127.0.0.1:9/",)) for name in idx.FOUR_FILES)
    spec = Dataset(
        "Toy",
        "Four files.",
        ("a", "b", "c"),
        (8, 10, 1),
        60,
        12,
        lambda paths, progress: idx.read_splits(paths, 3, progress),
        "7",
        files=files,
        name="toy",
    )
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setitem(catalogue.built_in(), "toy", spec)
    folder = own_data_folder / "toy"
    folder.mkdir(parents=True)
    for name, content in toy_content().items():
        (folder / name).write_bytes(content)
    return folder


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


PROJECT = Path(__file__).resolve().parents[3]
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
