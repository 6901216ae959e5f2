"""Imported datasets: made, found everywhere, extended, renamed, exported, deleted and brought back."""

import io
import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data import catalogue, imported, versions
from core.data.dataset import Images, Splits
from core.errors import DataError, SettingError
from core.export import class_folders
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made import by_name


def some(n, seed, shape=(8, 8, 3), classes=2):
    rng = np.random.default_rng(seed)
    return Images(rng.integers(0, 256, (n, *shape), np.uint8), np.arange(n) % classes)


def splits(seed=0, **more):
    return Splits(some(20, seed, **more), some(6, seed + 1, **more))


@pytest.fixture
def pets(own_data_folder):
    sources = {"train": imported.Sources(tuple(f"{n}.jpg" for n in range(20)), np.full((20, 2), 640, np.int32))}
    return imported.create("My pets", splits(), ("cat", "dog"), sources)


def test_an_imported_dataset_is_found_by_name(pets):
    spec = catalogue.dataset(pets)
    assert (pets, spec.title, spec.classes, spec.shape) == ("my_pets", "My pets", ("cat", "dog"), (8, 8, 3))
    assert pets in catalogue.datasets()
    assert by_name.available(pets)
    (row,) = [row for row in catalogue.describe() if row["name"] == pets]
    assert (row["n_train"], row["n_test"]) == (20, 6)


def test_its_images_are_mapped_as_they_were_given(pets):
    loaded = by_name.load(pets)
    np.testing.assert_array_equal(loaded.train.images, splits().train.images)
    np.testing.assert_array_equal(loaded.test.labels, splits().test.labels)
    assert isinstance(loaded.train.images, np.memmap)
    assert by_name.load(pets, 16).train.images.shape == (20, 16, 16, 3)


def test_what_is_white_in_its_files_is_remembered_and_kept_when_more_come(own_data_folder):
    scans = imported.create("Scans", splits(), ("cat", "dog"), white=4095)
    assert catalogue.dataset(scans).white == 4095
    imported.extend(scans, splits(3), ("cat", "dog"), white=65535)
    assert catalogue.dataset(scans).white == 4095
    photos = imported.create("Photos", splits(), ("cat", "dog"))
    assert catalogue.dataset(photos).white is None
    imported.extend(photos, splits(3), ("cat", "dog"), white=1023)
    assert catalogue.dataset(photos).white == 1023


def test_where_pictures_came_from_is_remembered(pets):
    found = imported.read_sources(pets)["train"]
    assert found.names[3] == "3.jpg"
    assert found.sizes.tolist() == [[640, 640]] * 20


def test_a_run_trained_before_an_extension_keeps_its_images(pets, tmp_path):
    run = RunStore(tmp_path / "runs").create(TrainingConfig(dataset=pets))
    before = by_name.of(run.config)
    new = imported.extend(pets, splits(5, classes=3), ("dog", "cat", "bird"))
    assert catalogue.dataset(pets).classes == ("cat", "dog", "bird")
    after = by_name.of(run.config)
    np.testing.assert_array_equal(before.train.images, after.train.images)
    assert after.classes == ("cat", "dog")
    assert TrainingConfig(dataset=pets).pinned().dataset_version == new
    grown = by_name.load(pets, version=new)
    np.testing.assert_array_equal(grown.train.images[:20], splits().train.images)
    np.testing.assert_array_equal(grown.train.labels[20:], np.array([1, 0, 2])[splits(5, classes=3).train.labels])


def test_pictures_of_another_shape_cannot_be_added(pets):
    with pytest.raises(DataError, match="9×9×3, those of My pets are 8×8×3"):
        imported.extend(pets, splits(shape=(9, 9, 3)), ("cat", "dog"))


def test_an_imported_dataset_can_be_edited(pets):
    version = versions.edit(catalogue.dataset(pets), by_name.content(pets), exclude={"train": [0]})
    assert len(by_name.load(pets, version=version).train) == 19
    assert versions.current(catalogue.dataset(pets)) == version
    made = by_name.prepared(pets, version=version, validation_fraction=0.2, seed=0)
    np.testing.assert_array_equal(by_name.pictures(pets, made.rows["test"], version=version), made.test.images)


@pytest.mark.parametrize(
    "title", ["", "   ", "x" * 61, "a\nb\x00", "My pets", "MY PETS", "MNIST", "\N{ZERO WIDTH SPACE}"]
)
def test_a_name_that_does_not_fit_is_refused(pets, title):
    with pytest.raises(DataError, match="name"):
        imported.create(title, splits(), ("cat", "dog"))


@pytest.mark.parametrize("title", ["猫と犬", "../../etc", "Ünï çødé", "con", ".hidden", "a/b", "-rf"])
def test_any_other_name_is_welcome_and_stays_in_its_folder(own_data_folder, title):
    name = imported.create(title, splits(), ("cat", "dog"))
    assert catalogue.dataset(name).title == title
    assert (own_data_folder / "own" / name / "dataset.json").exists()
    assert TrainingConfig(dataset=name).link()["dataset"] == name


def test_names_that_look_alike_get_folders_of_their_own(own_data_folder):
    first, second = imported.create("a b", splits(), ("cat", "dog")), imported.create("a-b", splits(3), ("cat", "dog"))
    assert first != second


def test_renaming_leaves_runs_alone(pets, tmp_path):
    run = RunStore(tmp_path / "runs").create(TrainingConfig(dataset=pets))
    imported.rename(pets, "Our pets")
    assert catalogue.dataset(run.config.dataset).title == "Our pets"
    imported.rename(pets, "Our pets")  # the same again is no mistake
    imported.create("My pets", splits(), ("cat", "dog"))
    with pytest.raises(DataError, match="already"):
        imported.rename(pets, "my PETS")


def test_a_dataset_is_not_deleted_while_a_run_needs_it(pets):
    with pytest.raises(DataError, match=r"needed by 2 of your runs \(a, b\)"):
        imported.delete(pets, ["a", "b"])
    assert pets in catalogue.datasets()


def test_a_deleted_dataset_comes_back(pets):
    before = np.array(by_name.load(pets).train.images)
    imported.delete(pets, [])
    assert pets not in catalogue.datasets()
    with pytest.raises(SettingError, match="dataset=my_pets"):
        TrainingConfig(dataset=pets)
    imported.restore(pets)
    np.testing.assert_array_equal(by_name.load(pets).train.images, before)
    with pytest.raises(DataError, match="not in the trash"):
        imported.restore(pets)


def test_a_deleted_dataset_does_not_come_back_over_another_of_its_name(pets):
    imported.delete(pets, [])
    other = imported.create("My pets", splits(9), ("cat", "dog"))
    assert other != pets
    with pytest.raises(DataError, match="already"):
        imported.restore(pets)


def test_what_was_deleted_long_ago_goes_when_something_else_is_deleted(pets, own_data_folder):
    imported.delete(pets, [])
    old = own_data_folder / "own" / ".trash" / pets / "dataset.json"
    os.utime(old, (0, 0))
    imported.delete(imported.create("Others", splits(4), ("cat", "dog")), [])
    assert not old.exists()


def test_the_trash_is_emptied_after_a_while(pets, own_data_folder):
    imported.delete(pets, [])
    imported.empty_trash()
    assert (own_data_folder / "own" / ".trash" / pets).exists()
    imported.empty_trash(days=0)
    assert not (own_data_folder / "own" / ".trash" / pets).exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"title": 5}', '{"title": "x", "classes": ["a"], "shape": [1]}'])
def test_a_damaged_folder_is_passed_over(pets, own_data_folder, content):
    (own_data_folder / "own" / pets / "dataset.json").write_text(content)
    assert pets not in catalogue.datasets()


def test_images_that_are_gone_are_told(pets, own_data_folder):
    for path in (own_data_folder / "own" / pets / "bases").rglob("*.npy"):
        path.unlink()
    with pytest.raises(DataError, match="damaged or gone"):
        by_name.load(pets)


def test_an_export_holds_every_picture_in_the_folder_of_its_class(pets):
    file = io.BytesIO()
    class_folders.write(catalogue.dataset(pets), by_name.load(pets), file)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert len(names) == 26
        picture = np.asarray(Image.open(io.BytesIO(archive.read("train/dog/00003.png"))))
    np.testing.assert_array_equal(picture, splits().train.images[3])
