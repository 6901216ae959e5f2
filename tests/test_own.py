"""Imported datasets: made, found everywhere, extended, renamed, exported, deleted and brought back."""

import io
import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from core import cache, data, own, registry, versions
from core.config import TrainingConfig
from core.dataset import Images, Splits
from core.errors import DataError, SettingError
from core.runs import RunStore


def some(n, seed, shape=(8, 8, 3), classes=2):
    rng = np.random.default_rng(seed)
    return Images(rng.integers(0, 256, (n, *shape), np.uint8), np.arange(n) % classes)


def splits(seed=0, **more):
    return Splits(some(20, seed, **more), some(6, seed + 1, **more))


@pytest.fixture
def pets(own_data_folder):
    sources = {"train": own.Sources(tuple(f"{n}.jpg" for n in range(20)), np.full((20, 2), 640, np.int32))}
    return own.create("My pets", splits(), ("cat", "dog"), sources)


def test_an_imported_dataset_is_found_by_name(pets):
    spec = registry.dataset(pets)
    assert (pets, spec.title, spec.classes, spec.shape) == ("my_pets", "My pets", ("cat", "dog"), (8, 8, 3))
    assert pets in registry.datasets()
    assert data.available(pets)
    (row,) = [row for row in data.describe() if row["name"] == pets]
    assert (row["n_train"], row["n_test"]) == (20, 6)


def test_its_images_are_mapped_as_they_were_given(pets):
    loaded = data.load(pets)
    np.testing.assert_array_equal(loaded.train.images, splits().train.images)
    np.testing.assert_array_equal(loaded.test.labels, splits().test.labels)
    assert isinstance(loaded.train.images, np.memmap)
    assert data.load(pets, 16).train.images.shape == (20, 16, 16, 3)


def test_where_pictures_came_from_is_remembered(pets):
    found = own.read_sources(pets)["train"]
    assert found.names[3] == "3.jpg"
    assert found.sizes.tolist() == [[640, 640]] * 20


def test_a_run_trained_before_an_extension_keeps_its_images(pets, tmp_path):
    run = RunStore(tmp_path / "runs").create(TrainingConfig(dataset=pets))
    before = data.prepare(pets, **run.config.data_settings())
    new = own.extend(pets, splits(5, classes=3), ("dog", "cat", "bird"))
    assert registry.dataset(pets).classes == ("cat", "dog", "bird")
    after = data.prepare(pets, **run.config.data_settings())
    np.testing.assert_array_equal(before.train.images, after.train.images)
    assert after.classes == ("cat", "dog")
    assert TrainingConfig(dataset=pets).pinned().dataset_version == new
    grown = data.load(pets, version=new)
    np.testing.assert_array_equal(grown.train.images[:20], splits().train.images)
    np.testing.assert_array_equal(grown.train.labels[20:], np.array([1, 0, 2])[splits(5, classes=3).train.labels])


def test_pictures_of_another_shape_cannot_be_added(pets):
    with pytest.raises(DataError, match="9×9×3, those of My pets are 8×8×3"):
        own.extend(pets, splits(shape=(9, 9, 3)), ("cat", "dog"))


def test_an_imported_dataset_can_be_edited(pets):
    version = versions.edit(pets, cache.content(pets), exclude={"train": [0]})
    assert len(data.load(pets, version=version).train) == 19
    assert versions.current(pets) == version
    made = data.prepare(pets, version=version, validation_fraction=0.2, seed=0)
    np.testing.assert_array_equal(data.pictures(pets, made.rows["test"], version=version), made.test.images)


@pytest.mark.parametrize(
    "title", ["", "   ", "x" * 61, "a\nb\x00", "My pets", "MY PETS", "MNIST", "\N{ZERO WIDTH SPACE}"]
)
def test_a_name_that_does_not_fit_is_refused(pets, title):
    with pytest.raises(DataError, match="name"):
        own.create(title, splits(), ("cat", "dog"))


@pytest.mark.parametrize("title", ["猫と犬", "../../etc", "Ünï çødé", "con", ".hidden", "a/b", "-rf"])
def test_any_other_name_is_welcome_and_stays_in_its_folder(own_data_folder, title):
    name = own.create(title, splits(), ("cat", "dog"))
    assert registry.dataset(name).title == title
    assert (own_data_folder / "own" / name / "dataset.json").exists()
    assert TrainingConfig(dataset=name).link()["dataset"] == name


def test_names_that_look_alike_get_folders_of_their_own(own_data_folder):
    first, second = own.create("a b", splits(), ("cat", "dog")), own.create("a-b", splits(3), ("cat", "dog"))
    assert first != second


def test_renaming_leaves_runs_alone(pets, tmp_path):
    run = RunStore(tmp_path / "runs").create(TrainingConfig(dataset=pets))
    own.rename(pets, "Our pets")
    assert registry.dataset(run.config.dataset).title == "Our pets"
    own.rename(pets, "Our pets")  # the same again is no mistake
    own.create("My pets", splits(), ("cat", "dog"))
    with pytest.raises(DataError, match="already"):
        own.rename(pets, "my PETS")


def test_a_dataset_is_not_deleted_while_a_run_needs_it(pets):
    with pytest.raises(DataError, match=r"needed by 2 of your runs \(a, b\)"):
        own.delete(pets, ["a", "b"])
    assert pets in registry.datasets()


def test_a_deleted_dataset_comes_back(pets):
    before = np.array(data.load(pets).train.images)
    own.delete(pets, [])
    assert pets not in registry.datasets()
    with pytest.raises(SettingError, match="dataset=my_pets"):
        TrainingConfig(dataset=pets)
    own.restore(pets)
    np.testing.assert_array_equal(data.load(pets).train.images, before)
    with pytest.raises(DataError, match="not in the trash"):
        own.restore(pets)


def test_a_deleted_dataset_does_not_come_back_over_another_of_its_name(pets):
    own.delete(pets, [])
    other = own.create("My pets", splits(9), ("cat", "dog"))
    assert other != pets
    with pytest.raises(DataError, match="already"):
        own.restore(pets)


def test_what_was_deleted_long_ago_goes_when_something_else_is_deleted(pets, own_data_folder):
    own.delete(pets, [])
    old = own_data_folder / "own" / ".trash" / pets / "dataset.json"
    os.utime(old, (0, 0))
    own.delete(own.create("Others", splits(4), ("cat", "dog")), [])
    assert not old.exists()


def test_the_trash_is_emptied_after_a_while(pets, own_data_folder):
    own.delete(pets, [])
    own.empty_trash()
    assert (own_data_folder / "own" / ".trash" / pets).exists()
    own.empty_trash(days=0)
    assert not (own_data_folder / "own" / ".trash" / pets).exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"title": 5}', '{"title": "x", "classes": ["a"], "shape": [1]}'])
def test_a_damaged_folder_is_passed_over(pets, own_data_folder, content):
    (own_data_folder / "own" / pets / "dataset.json").write_text(content)
    assert pets not in registry.datasets()


def test_images_that_are_gone_are_told(pets, own_data_folder):
    for path in (own_data_folder / "own" / pets / "bases").rglob("*.npy"):
        path.unlink()
    with pytest.raises(DataError, match="damaged or gone"):
        data.load(pets)


def test_an_export_holds_every_picture_in_the_folder_of_its_class(pets):
    file = io.BytesIO()
    own.export(registry.dataset(pets), data.load(pets), file)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert len(names) == 26
        picture = np.asarray(Image.open(io.BytesIO(archive.read("train/dog/00003.png"))))
    np.testing.assert_array_equal(picture, splits().train.images[3])
