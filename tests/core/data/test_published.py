"""Published datasets in each of the forms in which people have them: the same images come out, damage is told."""

import io
import os
import tarfile

import numpy as np
import pytest

from core.data import cache, catalogue
from core.datasets import cifar10, fer2013
from core.errors import DataError
from tests.made import by_name
from tests.made.class_folders import EACH, as_folder, as_zip, class_folders, counted, expected, pictures, png

pytestmark = pytest.mark.slow  # together they take too long for a commit

CIFAR_CLASSES, FER_CLASSES = cifar10.CLASSES, fer2013.CLASSES


# CIFAR-10


@pytest.fixture
def cifar(monkeypatch):
    """Six binary files of 40 records instead of 10,000; returns (name -> content), training and test pictures."""
    monkeypatch.setattr(cifar10, "IN_A_FILE", 10 * EACH)
    parts = [pictures((32, 32, 3), CIFAR_CLASSES, seed) for seed in range(6)]
    files = {}
    for name, (images, labels) in zip((*cifar10.TRAIN_FILES, cifar10.TEST_FILE), parts, strict=True):
        planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
        files[name] = np.concatenate([labels[:, None].astype(np.uint8), planes], axis=1).tobytes()
    train = tuple(np.concatenate(both) for both in zip(*parts[:5], strict=True))
    return files, train, parts[5]


def put_cifar(folder, form, cifar):
    files, (x_train, y_train), (x_test, y_test) = cifar
    tree = class_folders(CIFAR_CLASSES, {"train": (x_train, y_train), "test": (x_test, y_test)})
    folder.mkdir(parents=True, exist_ok=True)
    match form:
        case "tar":
            with tarfile.open(folder / "cifar-10-binary.tar.gz", "w:gz") as archive:
                for name, content in {"readme.html": b"<p>", **files}.items():
                    info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
        case "binary":
            as_folder(folder / "cifar-10-batches-bin", files)
        case "npz":
            np.savez(
                folder / "cifar10.npz", x_train=x_train, y_train=y_train[:, None], x_test=x_test, y_test=y_test[:, None]
            )
        case "zip":
            as_zip(folder / "cifar-10-images.zip", {f"cifar-10-images/{name}": one for name, one in tree.items()})
        case "folder":
            as_folder(folder / "cifar-10-images", tree)


@pytest.mark.parametrize("form", ["binary", "npz", "zip", "folder"])
def test_each_form_of_cifar10_gives_the_same_images(own_data_folder, cifar, form):
    put_cifar(own_data_folder, form, cifar)
    assert by_name.available("cifar10")
    loaded = by_name.load("cifar10")
    assert counted(loaded.train) == expected(*cifar[1])
    assert counted(loaded.test) == expected(*cifar[2])
    assert cache.facts(catalogue.dataset("cifar10")).n_train == 200


def test_the_published_archive_of_cifar10_is_read_without_unpacking(own_data_folder, cifar):
    put_cifar(own_data_folder, "tar", cifar)
    splits = cifar10.read_tar([own_data_folder / "cifar-10-binary.tar.gz"], lambda *_: None)
    assert counted(splits.train) == expected(*cifar[1])
    assert not (own_data_folder / "cifar-10-batches-bin").exists()


def test_the_published_archive_must_hold_all_that_was_published(own_data_folder, cifar):
    put_cifar(own_data_folder, "tar", cifar)
    with pytest.raises(DataError, match="expected"):  # 200 training images are not 50,000
        by_name.load("cifar10")


def cut(path):
    path.write_bytes(path.read_bytes()[:-50])


@pytest.mark.parametrize(
    ("form", "harm", "told"),
    [
        ("tar", lambda home: cut(home / "cifar-10-binary.tar.gz"), "cifar-10-binary.tar.gz"),
        ("binary", lambda home: cut(home / "cifar-10-batches-bin" / "data_batch_3.bin"), "data_batch_3.bin"),
        ("binary", lambda home: os.remove(home / "cifar-10-batches-bin" / "test_batch.bin"), "without test_batch.bin"),
        ("npz", lambda home: cut(home / "cifar10.npz"), "cifar10.npz"),
        ("zip", lambda home: cut(home / "cifar-10-images.zip"), "cifar-10-images.zip"),
        ("folder", lambda home: cut(home / "cifar-10-images" / "train" / "cat" / "012.png"), "train/cat/012.png"),
    ],
)
def test_a_damaged_file_is_named(own_data_folder, cifar, form, harm, told):
    put_cifar(own_data_folder, form, cifar)
    harm(own_data_folder)
    with pytest.raises(DataError, match=told):
        by_name.load("cifar10")


def test_labels_out_of_range_are_told(own_data_folder, cifar):
    put_cifar(own_data_folder, "binary", cifar)
    path = own_data_folder / "cifar-10-batches-bin" / "test_batch.bin"
    path.write_bytes(b"\x0a" + path.read_bytes()[1:])
    with pytest.raises(DataError, match="the label 10 where 0 to 9 were expected"):
        by_name.load("cifar10")


def test_a_better_form_is_taken_when_it_comes(own_data_folder, cifar):
    put_cifar(own_data_folder, "zip", cifar)
    first = by_name.content("cifar10") if by_name.load("cifar10") else ""
    put_cifar(own_data_folder, "npz", (cifar[0], cifar[2], cifar[2]))
    assert len(by_name.load("cifar10").train) == 40
    assert by_name.content("cifar10") != first


def test_a_folder_that_grew_is_read_anew(own_data_folder, cifar):
    put_cifar(own_data_folder, "folder", cifar)
    n = len(by_name.load("cifar10").train)
    more = own_data_folder / "cifar-10-images" / "train" / "cat" / "more.png"
    more.write_bytes(png(cifar[1][0][0]))
    assert len(by_name.load("cifar10").train) == n + 1


# FER2013


@pytest.fixture
def fer():
    return {name: pictures((48, 48, 1), FER_CLASSES, seed) for seed, name in enumerate(("train", "validation", "test"))}


def table(fer, header="emotion,pixels,Usage"):
    usages = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}
    lines = [
        f"{label},{' '.join(map(str, image.ravel()))},{usages[split]}"
        for split, (images, labels) in fer.items()
        for image, label in zip(images, labels, strict=True)
    ]
    return "\n".join([header, *lines]) + "\n"


@pytest.mark.parametrize("folders", [("train", "validation", "test"), ("Training", "PublicTest", "PrivateTest")])
@pytest.mark.parametrize("packed", [True, False])
def test_fer2013_as_class_folders(own_data_folder, fer, folders, packed):
    tree = class_folders(FER_CLASSES, dict(zip(folders, fer.values(), strict=True)))
    if packed:
        as_zip(own_data_folder / "fer2013.zip", {f"fer2013/{name}": content for name, content in tree.items()})
    else:
        as_folder(own_data_folder / "fer2013", tree)
    loaded = by_name.load("fer2013")
    for split, (images, labels) in fer.items():
        assert counted(getattr(loaded, split)) == expected(images, labels)


@pytest.mark.parametrize("place", ["fer2013.csv", "fer2013/fer2013.csv"])
@pytest.mark.parametrize("header", ["emotion,pixels,Usage", "emotion, Usage, pixels"])
def test_fer2013_as_the_published_table(own_data_folder, fer, place, header):
    path = own_data_folder / place
    path.parent.mkdir(parents=True)
    text = table(fer)
    if header.endswith("pixels"):  # the other published table has its columns in another order
        rows = [line.split(",") for line in text.splitlines()]
        text = "\n".join([header, *(f"{emotion}, {usage}, {numbers}" for emotion, numbers, usage in rows[1:])]) + "\n"
    path.write_text(text)
    loaded = by_name.load("fer2013")
    for split, (images, labels) in fer.items():
        assert counted(getattr(loaded, split)) == expected(images, labels)


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text.replace("\n0,", "\n9,", 1),
        lambda text: text.replace(",PrivateTest", "", 1).replace("\n3,", "\n3,x", 1),
        lambda text: text[: len(text) // 2],
        lambda text: "nothing of the kind",
    ],
)
def test_a_table_that_is_not_fer2013_is_told(own_data_folder, fer, harm):
    own_data_folder.mkdir(parents=True)
    (own_data_folder / "fer2013.csv").write_text(harm(table(fer)))
    with pytest.raises(DataError, match=r"fer2013\.csv"):
        by_name.load("fer2013")


def test_disgust_can_be_left_out_and_the_others_are_renumbered(own_data_folder, fer):
    as_folder(own_data_folder / "fer2013", class_folders(FER_CLASSES, fer))
    kept = tuple(name for name in FER_CLASSES if name != "disgust")
    made = by_name.prepared("fer2013", classes=kept, validation_fraction=0.2, seed=0)
    images, labels = fer["test"]
    left = labels != FER_CLASSES.index("disgust")
    assert made.classes == kept
    assert counted(made.test) == expected(images[left], np.searchsorted([0, 2, 3, 4, 5, 6], labels[left]))


@pytest.mark.slow
def test_the_real_fer2013_is_the_same_from_either_form(data_folder, published, tmp_path, monkeypatch):
    zipped = published("fer2013.zip")
    home = tmp_path / "pictures"
    home.mkdir()
    os.symlink(zipped, home / "fer2013.zip")
    if (zipped.parent / "fer2013.csv").exists():  # else its pictures are those that the tests of all datasets read
        monkeypatch.setenv("FITSCOPE_DATA", str(home))
    folders = by_name.load("fer2013")
    assert [len(part) for part in (folders.train, folders.validation, folders.test)] == [28_709, 3_589, 3_589]
    home = tmp_path / "table"
    home.mkdir()
    numbers = np.array([str(value) for value in range(256)], object)
    usages = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}
    with open(home / "fer2013.csv", "w") as file:
        file.write("emotion,pixels,Usage\n")
        for split, usage in usages.items():
            part = getattr(folders, split)
            for image, label in zip(part.images, part.labels, strict=True):
                file.write(f"{label},{' '.join(numbers[image.ravel()])},{usage}\n")
    monkeypatch.setenv("FITSCOPE_DATA", str(home))
    rows = by_name.load("fer2013")
    for split in usages:
        np.testing.assert_array_equal(getattr(rows, split).images, getattr(folders, split).images)
        np.testing.assert_array_equal(getattr(rows, split).labels, getattr(folders, split).labels)
