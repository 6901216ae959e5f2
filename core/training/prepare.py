"""A dataset -> the training, validation and test images of one run, as its recipe wants them."""

import math
from dataclasses import dataclass

import numpy as np

from core.data import cache, versions
from core.data.dataset import SPLITS, Dataset, Images, Prepared, Splits
from core.data.stratified import stratified_order
from core.errors import DataError
from core.progress import Progress, silent
from core.recipe.config import TrainingConfig, class_indices
from core.training import spoil


def prepare(dataset: Dataset, recipe: TrainingConfig, progress: Progress = silent) -> Prepared:
    """The splits of one run, `validation` always present; of the recipe only the settings of the group "data" count.

    test_fraction        0 keeps the published test images; otherwise training and test images are pooled, and this
                         share of them, stratified, becomes the test set
    validation_fraction  of the training images, stratified, where no validation images are published: the same ones
                         whatever follows
    folds, fold          training and validation images are pooled and cut into so many parts, stratified; that part is
                         the validation set. Each image is in one part, the same ones with the same seed
    imbalance            the first class keeps all of its training images, the last one in so many, and those between
                         fall off exponentially
    train_images         so many of them, stratified; with the same seed, a smaller set is in each larger one
    Raises DataError, OfflineError, StorageError, SettingError.
    """
    version = recipe.dataset_version
    pool, chosen = _choose(dataset, recipe, cache.load(dataset, recipe.image_size, version, progress))
    classes = cache.classes(dataset, version)
    train, changed, was = _spoilt(pool.gather(chosen.train, chosen.labels), len(chosen.labels), recipe)
    return Prepared(
        train=train,
        validation=pool.gather(chosen.validation, chosen.labels),
        test=pool.gather(chosen.test, chosen.labels),
        classes=tuple(classes[label] for label in chosen.labels),
        rows={split: pool.rows[getattr(chosen, split)] for split in SPLITS},
        changed=changed,
        was=was,
        version=cache.content(dataset, version),
    )


def counts(dataset: Dataset, recipe: TrainingConfig) -> dict[str, list[int]]:
    """split -> images of each class, as `prepare` would give them; touches no image, raises what `prepare` raises."""
    pool, chosen = _choose(dataset, recipe, cache.load(dataset, 0, recipe.dataset_version))
    labels = {split: np.searchsorted(chosen.labels, pool.labels[getattr(chosen, split)]) for split in SPLITS}
    return {split: np.bincount(of, minlength=len(chosen.labels)).tolist() for split, of in labels.items()}


def pictures(dataset: Dataset, recipe: TrainingConfig, rows: np.ndarray) -> np.ndarray:
    """The images of some `rows` of a `Prepared`, in that order: (n, height, width, channels) uint8."""
    return cache.load_base(dataset, recipe.image_size, recipe.dataset_version).take(rows)


@dataclass(frozen=True)
class _Chosen:
    """Which images a recipe takes: sorted numbers of each split, counted in the pool, and the labels that stay."""

    labels: list[int]
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def _choose(dataset: Dataset, recipe: TrainingConfig, images: Splits) -> tuple["_Pool", _Chosen]:
    pool, name, seed = _Pool(dataset, recipe.dataset_version, images), dataset.name, recipe.seed
    kept = class_indices(cache.classes(dataset, recipe.dataset_version), recipe.classes)
    train, validation, test = (pool.of_classes(split, kept) for split in SPLITS)
    if recipe.test_fraction:
        train, test = _cut_test(name, pool.labels, np.concatenate([train, test]), recipe.test_fraction, seed)
    if recipe.folds:
        both = np.sort(np.concatenate([train, validation]))
        rest, held_out = _cut_fold(name, pool.labels[both], recipe.folds, recipe.fold, seed)
        train, validation = both[rest], both[held_out]
    elif "validation" not in pool.numbers:
        rest, held_out = _cut_validation(name, pool.labels[train], recipe.validation_fraction, seed)
        train, validation = train[rest], train[held_out]
    if recipe.imbalance > 1:
        train = train[spoil.imbalanced_rows(pool.labels[train], recipe.imbalance, _rng(seed, 4))]
    if recipe.train_images:
        train = _take_some(name, pool.labels, train, recipe.train_images, seed)
    return pool, _Chosen(kept, train, validation, test)


class _Pool:
    """All images of a dataset in one row of numbers, as `Splits` counts them.

    labels   (n,) int64
    numbers  split -> those of its images
    rows     number -> row among the images without edits
    """

    def __init__(self, dataset: Dataset, version: str, images: Splits):
        self.images, self.labels = images, images.labels
        sizes = {split: len(part) for split, part in images.items()}
        ends = dict(zip(sizes, np.cumsum(list(sizes.values())).tolist(), strict=True))
        self.numbers = {split: np.arange(ends[split] - n, ends[split]) for split, n in sizes.items()}
        stored, before = [], 0
        for split, n in cache.counts(dataset, version).items():
            stored.append(before + versions.rows(dataset, version, split, n))
            before += n
        self.rows = np.concatenate(stored)

    def of_classes(self, split: str, labels_kept: list[int]) -> np.ndarray:
        """The numbers of a split's images that show one of those classes."""
        numbers = self.numbers.get(split, np.empty(0, np.int64))
        return numbers[np.isin(self.labels[numbers], labels_kept)]

    def gather(self, numbers: np.ndarray, labels_kept: list[int]) -> Images:
        """Those images (sorted numbers), labels counted within `kept`; a whole split stays in its memory map."""
        labels = np.searchsorted(labels_kept, self.labels[numbers])
        for split, part in self.images.items():
            if np.array_equal(numbers, self.numbers[split]):
                return Images(part.images, labels)
        return Images(self.images.take(numbers), labels)


def _spoilt(train: Images, classes: int, recipe: TrainingConfig) -> tuple[Images, np.ndarray, np.ndarray]:
    """The training images with noise on labels and pixels, the positions whose label was changed, and what it was."""
    labels, images, changed = train.labels, train.images, np.empty(0, np.int64)
    if recipe.label_noise:
        labels, changed = spoil.noisy_labels(labels, recipe.label_noise, classes, _rng(recipe.seed, 5))
    if recipe.input_noise:
        images = spoil.noisy_images(images, recipe.input_noise, _rng(recipe.seed, 6))
    return Images(images, labels), changed, train.labels[changed]


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


def _cut_fold(name: str, labels: np.ndarray, folds: int, fold: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions in two parts that have none in common: (the other folds, this fold), sorted.

    The images are dealt to the folds class by class, as cards are: sizes and classes differ by one at most.
    """
    rarest = int(np.unique(labels, return_counts=True)[1].min())
    if rarest < folds:
        raise DataError(
            "folds={folds} is more than the {n} images of the rarest class of {dataset}; choose at most {n}.",
            folds=folds,
            n=rarest,
            dataset=name,
        )
    shuffled = _rng(seed, 7).permutation(len(labels))
    dealt = shuffled[np.argsort(labels[shuffled], kind="stable")]
    held_out = np.arange(len(labels)) % folds == fold - 1
    return np.sort(dealt[~held_out]), np.sort(dealt[held_out])


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
