"""Faces, fruits and vegetables, read from folders as people have them; and what is said where there are none."""

import os

import numpy as np
import pytest

from core.data import catalogue
from core.datasets import fruits
from core.errors import DataError, OfflineError
from tests.made import by_name
from tests.made.class_folders import EACH, as_folder, as_zip, class_folders, counted, expected, pictures, png

pytestmark = pytest.mark.slow  # together they take too long for a commit


@pytest.mark.parametrize(("name", "place"), [("faces", "faces"), ("fruits", "fruits-vegetables")])
@pytest.mark.parametrize("packed", [True, False])
def test_pictures_without_a_test_folder_are_split(own_data_folder, name, place, packed):
    spec = catalogue.dataset(name)
    images, labels = pictures((60, 40, spec.shape[2]), spec.classes, 0)
    tree = class_folders(spec.classes, {".": (images, labels)})
    tree = {key.removeprefix("./").replace("/", "/x", 1): content for key, content in tree.items()}
    if packed:
        as_zip(own_data_folder / f"{place}.zip", tree)
    else:
        as_folder(own_data_folder / place, tree)
    loaded = by_name.load(name)
    assert loaded.train.images.shape[1:] == spec.shape
    assert len(loaded.train) + len(loaded.test) == EACH * len(spec.classes)
    assert set(loaded.train.labels) == set(loaded.test.labels) == set(range(len(spec.classes)))


def test_a_class_without_pictures_is_named(own_data_folder):
    spec = catalogue.dataset("faces")
    images, labels = pictures((48, 48, 1), spec.classes, 0)
    as_folder(own_data_folder / "faces", class_folders(spec.classes[:-1], {"train": (images[:-EACH], labels[:-EACH])}))
    with pytest.raises(DataError, match="no training pictures of: tired"):
        by_name.load("faces")


def test_folders_of_the_former_ten_emotions_are_read(own_data_folder):
    former = ("angry", "bored", "disgust", "fear", "happy", "neutral", "sad", "sleepy", "surprise", "winking")
    images, labels = pictures((48, 48, 1), former, 0)
    as_folder(own_data_folder / "faces", class_folders(former, {"train": (images, labels), "test": (images, labels)}))
    classes = catalogue.dataset("faces").classes
    assert classes == ("happy", "sad", "angry", "surprise", "neutral", "fear", "disgust", "shame", "pride", "tired")
    known = [name for name in former if name not in ("bored", "winking")]
    renamed = {former.index(name): classes.index({"sleepy": "tired"}.get(name, name)) for name in known}
    kept = np.isin(labels, list(renamed))
    loaded = by_name.load("faces")
    assert counted(loaded.train) == expected(
        images[kept], np.array([renamed[label] for label in labels[kept].tolist()])
    )


def test_the_groceries_are_read_as_they_were_published(own_data_folder):
    """Varieties are folders below a class, drawings and other goods lie beside; carrots are a carrot."""
    photos, labels = pictures((60, 40, 3), fruits.CLASSES, 0)
    tree = {}
    for number, (photo, label) in enumerate(zip(photos, labels, strict=True)):
        split, name = ("train", "val", "test")[number % 3], fruits.CLASSES[label].capitalize()
        kind = "Vegetables" if name in ("Carrot", "Pepper", "Potato", "Tomato") else "Fruit"
        folder = {"Carrot": "Carrots", "Apple": "Apple/Pink-Lady", "Melon": "Melon/Water-Melon"}.get(name, name)
        tree[f"GroceryStoreDataset-master/dataset/{split}/{kind}/{folder}/{number}.png"] = png(photo)
    other = "GroceryStoreDataset-master/dataset"
    for beside in ("train/Fruit/Lime/1.png", "train/Packages/Juice/Tropicana-Orange/1.png", "classes.csv"):
        tree[f"{other}/{beside}"] = png(photos[0])
    tree[f"{other}/iconic-images-and-descriptions/Fruit/Apple/Pink-Lady/Pink-Lady_Iconic.jpg"] = png(photos[0])
    as_zip(own_data_folder / "GroceryStoreDataset-master.zip", tree)
    loaded = by_name.load("fruits")
    parts = (loaded.train, loaded.validation, loaded.test)
    assert sum(map(len, parts)) == len(photos)
    for place, part in enumerate(parts):
        assert sorted(part.labels.tolist()) == sorted(labels[place::3].tolist())


def test_the_selection_of_the_groceries_is_as_large_as_is_said(own_data_folder, published):
    own_data_folder.mkdir(parents=True)
    os.symlink(published("fruits-vegetables.zip"), own_data_folder / "fruits-vegetables.zip")
    spec, loaded = catalogue.dataset("fruits"), by_name.load("fruits")
    assert (len(loaded.train), len(loaded.test)) == (spec.n_train, spec.n_test)
    counts = np.bincount(loaded.train.labels)
    assert (counts.min(), counts.max()) == (64, 180)
    saturation = np.asarray(loaded.test.images[:100], np.int16)
    assert (saturation.max(axis=3) - saturation.min(axis=3)).mean() > 50  # photos, no outlines in grey


@pytest.mark.parametrize("name", ["fer2013", "fruits", "faces"])
def test_what_cannot_be_downloaded_says_where_to_put_a_copy(own_data_folder, name):
    with pytest.raises(DataError, match=rf"is not offered for download. Get a copy and save it as .*{name}"):
        by_name.load(name)


def test_what_can_be_downloaded_says_so_without_a_network(own_data_folder, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(OfflineError, match=r"cifar-10-binary\.tar\.gz"):
        by_name.load("cifar10")
