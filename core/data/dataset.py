"""What a dataset is, and the splits a run gets from it: training, validation and test, kept apart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.pictures.preprocessing import Fit
from core.progress import Progress

SPLITS = ("train", "validation", "test")  # the order in which the images of a dataset are counted


@dataclass(frozen=True)
class Images:
    """Labelled pictures: `images` (n, height, width, channels) uint8, `labels` (n,) int64 class indices."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def __add__(self, other: "Images") -> "Images":
        return Images(np.concatenate([self.images, other.images]), np.concatenate([self.labels, other.labels]))


def joined(old: Any, new: Any) -> Any:
    """Two parts as one, the old first; the other where one is None."""
    return old + new if old is not None and new is not None else old or new


@dataclass(frozen=True)
class Splits:
    """The three parts of a dataset. `validation` is None where none is published: it is then cut from `train`."""

    train: Images
    test: Images
    validation: Images | None = None

    def items(self) -> Iterator[tuple[str, Images]]:
        """Name and images of each split there is, in the order of SPLITS."""
        return ((split, part) for split in SPLITS if (part := getattr(self, split)) is not None)

    @property
    def labels(self) -> np.ndarray:
        """(n,) int64, of all images, counted through SPLITS."""
        return np.concatenate([part.labels for _split, part in self.items()])

    def take(self, numbers: np.ndarray) -> np.ndarray:
        """The images with those numbers, counted through SPLITS: (len(numbers), height, width, channels) uint8."""
        taken, before = np.empty((len(numbers), *self.train.images.shape[1:]), np.uint8), 0
        for _split, part in self.items():
            places = np.flatnonzero((numbers >= before) & (numbers < before + len(part)))
            if len(places):
                taken[places] = part.images[numbers[places] - before]
            before += len(part)
        return taken


@dataclass(frozen=True)
class Prepared(Splits):
    """What one run learns from and is asked about: the splits after everything that its recipe changes in them.

    classes  names of the classes the run knows, index = label: a subset where the recipe leaves some out
    rows     split -> the row of each image in the dataset, counted through train, validation and test as stored
    changed  positions in `train` whose label was changed on purpose (label noise), sorted; `was`: what it was before
    version  content hash of the images as the dataset held them
    """

    classes: tuple[str, ...] = ()
    rows: Mapping[str, np.ndarray] = field(default_factory=dict)
    changed: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    was: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    version: str = ""

    @property
    def true_labels(self) -> np.ndarray:
        """Those of the training images before some were changed, (n,) int64."""
        labels = np.array(self.train.labels)
        labels[self.changed] = self.was
        return labels


@dataclass(frozen=True)
class PublishedFile:
    """A file that a dataset is read from, and where a copy can be had.

    path   relative to a data folder, with forward slashes: "mnist/train-images-idx3-ubyte.gz"; may be a folder
    size   bytes, as published; 0 where copies differ
    hash   "md5:…" or "sha256:…", as published; asked of downloads only, a file put there by hand may be packed anew
    urls   mirrors, tried in this order; empty where it can only be copied by hand
    """

    path: str
    size: int = 0
    hash: str = ""
    urls: tuple[str, ...] = ()


Read = Callable[[Sequence[Path], Progress], Splits]


@dataclass(frozen=True)
class Form:
    """Another form in which people have the same images: its files, and how they are read.

    How many images it holds is not asked: a zip of class folders may hold a part of the published ones.
    """

    files: tuple[PublishedFile, ...]
    read: Read


@dataclass(frozen=True)
class Dataset:
    """One dataset.

    title, about   shown in the form, English; of an imported one as its owner wrote them
    classes        the official class names, index = label
    shape          (height, width, channels) as stored
    n_train, n_validation, n_test   images in each split as published
    read           (paths, progress) -> Splits: the slow first read, from the paths of `files` (same order) or a seed
    version        changes whenever `read` would give other pixels: names the cache
    files          the files `read` needs; empty for a built-in dataset
    forms          other forms in which its files may lie in a data folder; `files` comes first
    flips          the mirror images that still show the same class: none for digits, horizontal for faces
    licence        who made it and on what terms
    faces          its pictures are faces, cut out of portraits
    fit            how its pictures were made square, and others are when the network is asked about them
    white          the number that is white in its files of more than 8 bits; None where none has more
    folder         where its arrays lie already: an imported dataset has no files to be read from
    name           of its file, or the id of an imported one; filled in where it is found
    owner          the id of the person in a class whose it is; "" the machine's, as all are that are built in
    split          of what a class collected, what stands on one side: "person", "burst"; "chance" where nothing does
    translations   language -> {English: translation} of its title, classes and so on, where the catalogues lack them
    """

    title: str
    about: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    n_train: int
    n_test: int
    read: Read
    version: str
    n_validation: int = 0
    files: tuple[PublishedFile, ...] = ()
    forms: tuple[Form, ...] = ()
    flips: tuple[str, ...] = ()
    licence: str = ""
    faces: bool = False
    fit: Fit = "pad"
    white: int | None = None
    folder: Path | None = None
    name: str = ""
    owner: str = ""
    split: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
