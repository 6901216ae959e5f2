"""What a dataset is, and the splits a run gets from it: training, validation and test, kept apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Progress = Callable[[str, float], None]
"""Called during long work with (what is being done, fraction done 0..1)."""


def silent(_what: str, _fraction: float) -> None:
    """A `Progress` that tells nobody."""


@dataclass(frozen=True)
class Images:
    """Labelled pictures: `images` (n, height, width, channels) uint8, `labels` (n,) int64 class indices."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Splits:
    """The three parts of a dataset. `validation` is None where none is published: it is then cut from `train`."""

    train: Images
    test: Images
    validation: Images | None = None


@dataclass(frozen=True)
class PublishedFile:
    """A file that a dataset is read from, and where a copy can be had.

    path   relative to a data folder, with forward slashes: "mnist/train-images-idx3-ubyte.gz"
    size   bytes, as published
    hash   "md5:…" or "sha256:…", as published; asked of downloads only, a file put there by hand may be packed anew
    urls   mirrors, tried in this order; empty where it can only be copied by hand
    """

    path: str
    size: int
    hash: str
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """One dataset.

    title, about   shown in the form, English
    classes        the official class names, index = label
    shape          (height, width, channels) as stored
    n_train, n_validation, n_test   images in each split as published
    read           (paths, progress) -> Splits: the slow first read, from the paths of `files` (same order) or a seed
    version        changes whenever `read` would give other pixels: names the cache
    files          the files `read` needs; empty for a built-in dataset
    licence        who made it and on what terms
    """

    title: str
    about: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    n_train: int
    n_test: int
    read: Callable[[Sequence[Path], Progress], Splits]
    version: str
    n_validation: int = 0
    files: tuple[PublishedFile, ...] = ()
    licence: str = ""
