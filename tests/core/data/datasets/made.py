"""Toy datasets: one whose pictures are numbered, one in four IDX files."""

import gzip

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image, ImageDraw

from core.data import catalogue, idx
from core.data.dataset import Dataset, Images, PublishedFile, Splits
from tests.made import by_name


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


def numbered(labels):
    """Images whose two pixels tell their position in the file."""
    position = np.arange(len(labels))
    pixels = np.stack([position // 256, position % 256], axis=1).astype(np.uint8)
    return Images(pixels.reshape(-1, 1, 2, 1), np.array(labels, np.int64))


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
