"""A dataset by its name -> the training, validation and test images of one run, as its recipe wants them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.data import cache, catalogue, versions
from core.data.cache import available, load
from core.data.dataset import Images, Prepared, Progress, Splits, silent
from core.data.stratified import stratified_order
from core.errors import DataError
from core.recipe.config import class_indices
from core.training import spoil

__all__ = ["available", "describe", "load", "prepare", "stratified_order"]


def prepare(
    name: str,
    *,
    image_size: int = 0,
    version: str = "",
    classes: Sequence[str] = (),
    test_fraction: float = 0.0,
    validation_fraction: float,
    imbalance: float = 1.0,
    train_images: int = 0,
    label_noise: float = 0.0,
    input_noise: float = 0.0,
    seed: int,
    progress: Progress = silent,
) -> Prepared:
    """The splits of one run, `validation` always present.

    classes              names of those to take, renumbered in the dataset's order; () for all
    test_fraction        0 keeps the published test images; otherwise training and test images are pooled, and this
                         share of them, stratified, becomes the test set
    validation_fraction  of the training images, stratified, where no validation images are published: the same ones
                         whatever follows
    imbalance            the first class keeps all of its training images, the last one in so many, and those between
                         fall off exponentially
    train_images         so many of them, stratified; 0 = all. With the same seed, a smaller set is in each larger one
    label_noise          share of the training labels that are changed to another class
    input_noise          standard deviation of noise on the training images; 1 is from black to white
    Raises DataError, OfflineError, StorageError, SettingError.
    """
    published = load(name, image_size, version, progress)
    pool, kept, train, validation, test = _choose(
        name, version, published, classes, test_fraction, validation_fraction, imbalance, train_images, seed
    )
    learnt, changed = _spoilt(pool.gather(train, kept), len(kept), label_noise, input_noise, seed)
    return Prepared(
        train=learnt,
        validation=pool.gather(validation, kept),
        test=pool.gather(test, kept),
        classes=tuple(cache.classes(name, version)[index] for index in kept),
        rows={"train": pool.rows[train], "validation": pool.rows[validation], "test": pool.rows[test]},
        changed=changed,
        version=cache.content(name, version),
    )


def counts(
    name: str,
    *,
    image_size: int = 0,
    version: str = "",
    classes: Sequence[str] = (),
    test_fraction: float = 0.0,
    validation_fraction: float,
    imbalance: float = 1.0,
    train_images: int = 0,
    seed: int,
    **_noise: float,
) -> dict[str, list[int]]:
    """split -> images of each class, as `prepare` would give them; touches no image, raises what `prepare` raises."""
    published = load(name, 0, version)
    pool, kept, *parts = _choose(
        name, version, published, classes, test_fraction, validation_fraction, imbalance, train_images, seed
    )
    labels = {split: np.searchsorted(kept, pool.labels[part]) for split, part in zip(cache.SPLITS, parts, strict=True)}
    return {split: np.bincount(found, minlength=len(kept)).tolist() for split, found in labels.items()}


def pictures(name: str, rows: np.ndarray, image_size: int = 0, version: str = "") -> np.ndarray:
    """The images of some `rows` of a `Prepared`, in that order: (n, height, width, channels) uint8."""
    base = versions.base(name, version) if version else ""
    stored = load(name, image_size, base if catalogue.dataset(name).folder else "")
    made, before = None, 0
    for split, n in cache.counts(name, version).items():
        images = getattr(stored, split).images
        made = np.empty((len(rows), *images.shape[1:]), np.uint8) if made is None else made
        here = np.flatnonzero((rows >= before) & (rows < before + n))
        made[here] = images[rows[here] - before]
        before += n
    assert made is not None
    return made


def describe() -> list[dict[str, Any]]:
    """One row per dataset for tables: name, title, images per split as far as known, shape, classes, available."""
    rows = []
    for name in catalogue.datasets():
        spec = cache.facts(name)
        rows.append(
            {
                "name": name,
                "title": spec.title,
                "n_train": spec.n_train,
                "n_validation": spec.n_validation,
                "n_test": spec.n_test,
                "shape": spec.shape,
                "classes": spec.classes,
                "available": available(name),
            }
        )
    return rows


def _choose(
    name: str,
    version: str,
    published: Splits,
    classes: Sequence[str],
    test_fraction: float,
    validation_fraction: float,
    imbalance: float,
    train_images: int,
    seed: int,
) -> tuple["_Pool", list[int], np.ndarray, np.ndarray, np.ndarray]:
    """All images, the labels that stay, and the numbers of the training, validation and test images, sorted."""
    pool, kept = _Pool(name, version, published), class_indices(cache.classes(name, version), classes)
    train, validation, test = (pool.of_classes(split, kept) for split in cache.SPLITS)
    if test_fraction:
        train, test = _cut_test(name, pool.labels, np.concatenate([train, test]), test_fraction, seed)
    if "validation" not in pool.parts:
        rest, held_out = _cut_validation(name, pool.labels[train], validation_fraction, seed)
        train, validation = train[rest], train[held_out]
    if imbalance > 1:
        train = train[spoil.imbalanced_rows(pool.labels[train], imbalance, _rng(seed, 4))]
    if train_images:
        train = _take_some(name, pool.labels, train, train_images, seed)
    return pool, kept, train, validation, test


class _Pool:
    """All images of a dataset in one row of numbers: through training, validation and test.

    labels  (n,) int64      parts  split -> its numbers      rows  number -> row among the images without edits
    """

    def __init__(self, name: str, version: str, splits: Splits):
        self.splits = {split: part for split in cache.SPLITS if (part := getattr(splits, split)) is not None}
        self.labels = np.concatenate([part.labels for part in self.splits.values()])
        self.starts = dict(zip(self.splits, np.cumsum([0, *map(len, self.splits.values())]).tolist(), strict=False))
        self.parts = {split: start + np.arange(len(self.splits[split])) for split, start in self.starts.items()}
        stored, before = [], 0
        for split, n in cache.counts(name, version).items():
            stored.append(before + versions.rows(name, version, split, n))
            before += n
        self.rows = np.concatenate(stored)

    def of_classes(self, split: str, kept: list[int]) -> np.ndarray:
        """The numbers of a split's images that show one of those classes."""
        numbers = self.parts.get(split, np.empty(0, np.int64))
        return numbers[np.isin(self.labels[numbers], kept)]

    def gather(self, numbers: np.ndarray, kept: list[int]) -> Images:
        """Those images (sorted numbers), labels counted within `kept`; a whole split stays in its memory map."""
        labels = np.searchsorted(kept, self.labels[numbers])
        for split, part in self.splits.items():
            if np.array_equal(numbers, self.parts[split]):
                return Images(part.images, labels)
        found = [
            np.asarray(part.images[inside - self.starts[split]])
            for split, part in self.splits.items()
            if len(inside := numbers[np.isin(numbers, self.parts[split])])
        ]
        return Images(found[0] if len(found) == 1 else np.concatenate(found), labels)


def _spoilt(
    train: Images, classes: int, label_noise: float, input_noise: float, seed: int
) -> tuple[Images, np.ndarray]:
    """The training images with noise on labels and pixels, and the positions whose label was changed."""
    labels, changed = train.labels, np.empty(0, np.int64)
    if label_noise:
        labels, changed = spoil.noisy_labels(labels, label_noise, classes, _rng(seed, 5))
    images = spoil.noisy_images(train.images, input_noise, _rng(seed, 6)) if input_noise else train.images
    return Images(images, labels), changed


def _cut_test(
    name: str, labels: np.ndarray, numbers: np.ndarray, fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the images in two parts that have none in common: (training, test), sorted."""
    n_classes = _n_classes(labels[numbers])
    n_test = max(n_classes, round(fraction * len(numbers)))
    order = numbers[stratified_order(labels[numbers], _rng(seed, 3))]
    train, test = np.sort(order[n_test:]), np.sort(order[:n_test])
    if _n_classes(labels[train]) < n_classes:
        raise DataError(
            "test_fraction={fraction} leaves {n} training images of {total}, not one for each of the {classes} "
            "classes of {dataset}; choose a smaller one.",
            fraction=fraction,
            n=len(train),
            total=len(numbers),
            classes=n_classes,
            dataset=name,
        )
    return train, test


def _cut_validation(name: str, labels: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the training images in two parts that have none in common: (training, validation), sorted."""
    n_validation, n_classes = round(fraction * len(labels)), _n_classes(labels)
    if n_validation < n_classes:
        raise DataError(
            "validation_fraction={fraction} leaves {n} validation images of {total} for the {classes} classes of "
            "{dataset}; choose at least {least}.",
            fraction=fraction,
            n=n_validation,
            total=len(labels),
            classes=n_classes,
            dataset=name,
            least=math.ceil(1000 * n_classes / len(labels)) / 1000,
        )
    order = stratified_order(labels, _rng(seed, 1))
    rest, validation = np.sort(order[n_validation:]), np.sort(order[:n_validation])
    if _n_classes(labels[rest]) < n_classes:
        raise DataError(
            "validation_fraction={fraction} leaves {n} training images of {total}, not one for each of the {classes} "
            "classes of {dataset}; choose a smaller one.",
            fraction=fraction,
            n=len(rest),
            total=len(labels),
            classes=n_classes,
            dataset=name,
        )
    return rest, validation


def _take_some(name: str, labels: np.ndarray, rest: np.ndarray, n: int, seed: int) -> np.ndarray:
    """`n` of the positions in `rest`, stratified and sorted."""
    n_classes = _n_classes(labels[rest])
    if not n_classes <= n <= len(rest):
        raise DataError(
            "train_images={n} is out of range; {dataset} has {classes} classes and {available} training images once "
            "the validation images are set aside. Choose between {classes} and {available}, or 0 for all.",
            n=n,
            dataset=name,
            classes=n_classes,
            available=len(rest),
        )
    return np.sort(rest[stratified_order(labels[rest], _rng(seed, 2))[:n]])


def _n_classes(labels: np.ndarray) -> int:
    return len(np.unique(labels))


def _rng(seed: int, purpose: int) -> np.random.Generator:
    """Randomness of its own for each purpose; the training loop draws from [seed, epoch]."""
    return np.random.default_rng([seed, 0, purpose])
