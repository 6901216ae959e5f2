"""Where a script that repeats a run gets the run's images: published files, scikit-learn, or a file beside it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data import cache
from core.data.catalogue import dataset
from core.data.dataset import SPLITS, Dataset, Images, Prepared, PublishedFile
from core.export.snippets import (
    CARRIED,
    CHOOSE,
    CIFAR,
    DIGITS,
    DOWNLOAD,
    DOWNLOADED,
    IDX,
    IMPORTS,
    NOISE,
    PACKAGES,
    RESIZE,
)
from core.folders import data_folder, data_folders
from core.recipe.config import TrainingConfig

SHIPPED = 64 * 10**6  # bytes of pixels that a zip carries; more are supplied by whoever runs the script


@dataclass(frozen=True)
class Source:
    """How the script comes to its images.

    code      binds x_train, y_train, x_validation, y_validation, x_test, y_test: uint8 and int64
    imports   lines of their own that the code needs
    packages  to be installed beside TensorFlow
    file      name of the .npz beside the script: which rows of the dataset, or the images themselves
    arrays    what is in it
    folder    where the published files lie here, for trying the script without a download
    about     a sentence for the head of the script
    """

    code: str
    imports: tuple[str, ...]
    packages: tuple[str, ...]
    file: str
    arrays: Mapping[str, np.ndarray]
    folder: Path
    about: str

    @property
    def bytes(self) -> int:
        return sum(array.nbytes for array in self.arrays.values())


def source(config: TrainingConfig, splits: Prepared) -> Source:
    """The best source there is: what can be had again from its publisher is not carried along."""
    spec = dataset(config.dataset)
    folder = _as_published(spec)
    square = spec.shape[0] == spec.shape[1]
    if config.dataset == "digits":
        return _rows(config, splits, DIGITS, ("sklearn",), "scikit-learn brings the images along.", data_folder())
    if folder and square and all(file.path.endswith("-images-idx3-ubyte.gz") for file in _image_files(spec)):
        read = IDX.replace("HEIGHT, WIDTH", f"{spec.shape[0]}, {spec.shape[1]}")
        return _rows(config, splits, _files(spec) + read, ("download",), DOWNLOADED, folder)
    if folder and square and [file.path for file in spec.files] == ["cifar-10-binary.tar.gz"]:
        return _rows(config, splits, _files(spec) + CIFAR, ("download", "tar"), DOWNLOADED, folder)
    return _carried(splits)


def fingerprint(splits: Prepared) -> str:
    """SHA-256 of all images and labels, training, validation, test: what the script compares its own with."""
    digest = hashlib.sha256()
    for split in SPLITS:
        part: Images = getattr(splits, split)
        digest.update(np.ascontiguousarray(part.images).data)
        digest.update(np.ascontiguousarray(part.labels, np.int64).data)
    return digest.hexdigest()


def _rows(
    config: TrainingConfig, splits: Prepared, code: str, needs: Sequence[str], about: str, folder: Path
) -> Source:
    """The dataset is had again; which image is in which split, and the label it was learnt with, are carried along."""
    arrays = {}
    for split in SPLITS:
        arrays[f"{split}_rows"] = np.asarray(splits.rows[split], np.int64)
        arrays[f"{split}_labels"] = np.asarray(getattr(splits, split).labels, np.int64)
    code += CHOOSE
    height, _width, channels = dataset(config.dataset).shape
    if config.image_size not in (0, height):
        code += RESIZE.format(size=config.image_size, channels=channels)
        needs = (*needs, "pillow")
    if config.input_noise:
        code += NOISE.format(noise=config.input_noise)
    imports = tuple(line for name in needs for line in IMPORTS[name])
    packages = tuple(PACKAGES[name] for name in needs if name in PACKAGES)
    return Source(code, imports, packages, "splits.npz", arrays, folder, about)


def _carried(splits: Prepared) -> Source:
    arrays = {}
    for split in SPLITS:
        part = getattr(splits, split)
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = part.images, np.asarray(part.labels, np.int64)
    about = "images.npz holds the images as the network got them, since they cannot be downloaded in this form."
    return Source(CARRIED, (), (), "images.npz", arrays, data_folder(), about)


def _as_published(spec: Dataset) -> Path | None:
    """The data folder that has the published files byte for byte, where there is an address for each."""
    if not spec.files or not all(file.urls and file.hash for file in spec.files):
        return None
    counts = cache.counts(spec)
    expected = {"train": spec.n_train, "validation": spec.n_validation, "test": spec.n_test}
    if any(counts.get(split, 0) != n for split, n in expected.items()):
        return None
    return next((folder for folder in data_folders() if all(_is_whole(folder, file) for file in spec.files)), None)


def _is_whole(folder: Path, file: PublishedFile) -> bool:
    path = folder / file.path
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    algorithm, _colon, expected = file.hash.partition(":")
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest() == expected


def _image_files(spec: Dataset) -> list[PublishedFile]:
    """Those files that hold images: labels are carried along, as they were learnt."""
    return [file for file in spec.files if "-labels-" not in file.path]


def _files(spec: Dataset) -> str:
    lines = ["FILES = {  # name: hash as published, addresses"]
    for file in _image_files(spec):
        lines += [f"    {json.dumps(file.path)}: (", f"        {json.dumps(file.hash)},", "        ["]
        lines += [f"            {json.dumps(url)}," for url in file.urls]
        lines += ["        ],", "    ),"]
    return "\n".join([*lines, "}"]) + DOWNLOAD
