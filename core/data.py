"""A dataset by its name -> training, validation and test images: found, downloaded, cached, split."""

import contextlib
import io
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from core import images as pictures
from core import registry
from core.dataset import Dataset, Images, Progress, PublishedFile, Splits, silent
from core.download import download
from core.errors import DataError, StorageError

PROJECT = Path(__file__).resolve().parent.parent
BLOCK = 4096  # pictures resized and written at a time: 200 MB at 128×128 RGB

Stamp = dict[str, list[int]]
"""The source files of a cache: path -> [size in bytes, time of change in ns]."""


def load(name: str, image_size: int = 0, progress: Progress = silent) -> Splits:
    """The published splits of a dataset; images (n, height, width, channels) uint8, labels (n,) int64.

    The first call reads, downloads or generates them and writes a cache; later calls map it into memory.
    `image_size` 0 leaves them as published; otherwise they are resized to squares of that many pixels a side.
    Raises DataError, OfflineError, StorageError, SettingError.
    """
    spec = registry.dataset(name)
    size = 0 if image_size == 0 or spec.shape[:2] == (image_size, image_size) else pictures.check_size(image_size)
    cached = _cached(name, spec, size)
    return cached if cached is not None else _cache(name, spec, size, progress)


def prepare(
    name: str,
    *,
    image_size: int = 0,
    validation_fraction: float,
    train_images: int = 0,
    seed: int,
    progress: Progress = silent,
) -> Splits:
    """The splits of one run, `validation` always present.

    The published validation images if there are any, else a stratified `validation_fraction` of the training
    images: the same ones whatever `train_images` is. Of the rest, `train_images` (0 = all) are taken stratified;
    with the same seed, a smaller training set is contained in each larger one.
    """
    published = load(name, image_size, progress)
    train, validation = published.train, published.validation
    chosen = np.arange(len(train))
    if validation is None:
        chosen, held_out = _cut_validation(name, train.labels, validation_fraction, seed)
        validation = _gather(train, held_out)
    if train_images:
        chosen = _take_some(name, train.labels, chosen, train_images, seed)
    return Splits(train=_gather(train, chosen), validation=validation, test=published.test)


def stratified_order(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random order (n,) of the images in which every beginning has the classes in their proportions.

    Each class is within one image of its share where classes are of equal size, and each is present in every
    beginning that has room for all. Scikit-learn's `train_test_split(stratify=…)` refuses to leave over fewer
    images than there are classes, and its smaller sets are not contained in the larger ones.
    """
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    counts = np.bincount(labels)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)  # 0, 1, 2 … within each class
    share_before = rank / np.repeat(counts, counts)
    return by_class[np.lexsort((rng.random(len(labels)), share_before))]


def available(name: str) -> bool:
    """Whether the dataset can be loaded without a network."""
    spec = registry.dataset(name)
    return all(_find(file) for file in spec.files) or _cached(name, spec, 0) is not None


def describe() -> list[dict[str, Any]]:
    """One row per dataset for tables: name, title, images per split as published, shape, classes, available."""
    return [
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
        for name, spec in registry.datasets().items()
    ]


def data_folders() -> list[Path]:
    """Where data files are looked for, in this order; the first is also where downloads and caches are written."""
    own = Path(os.environ.get("FITSCOPE_DATA") or PROJECT / "data").expanduser().absolute()
    shared = PROJECT.parent / "shared" / "data"
    return [own, shared] if shared.is_dir() and shared != own else [own]


# Splitting


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
    n_classes = _n_classes(labels)
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


def _gather(images: Images, sorted_positions: np.ndarray) -> Images:
    """Those images, copied into memory (15 ms for MNIST, 100 ms unsorted); all of them stay in the memory map."""
    if len(sorted_positions) == len(images):
        return images
    return Images(np.asarray(images.images[sorted_positions]), images.labels[sorted_positions])


def _n_classes(labels: np.ndarray) -> int:
    return len(np.unique(labels))


def _rng(seed: int, purpose: int) -> np.random.Generator:
    """Randomness of its own for each purpose; the training loop draws from [seed, epoch]."""
    return np.random.default_rng([seed, 0, purpose])


# The cache: plain .npy files in one folder per dataset, version and size, with a stamp of what they were made from


def _cached(name: str, spec: Dataset, size: int) -> Splits | None:
    """The cached splits, images mapped into memory; None where there is no cache that can be believed."""
    folder = _cache_folder(name, spec, size)
    try:
        if not _still_true(_read_stamp(folder), spec):
            return None
        return Splits(**{split: _open(folder, split, n, spec, size) for split, n in _counts(spec).items()})
    except (OSError, ValueError):  # absent, damaged, or not what `_write` wrote
        return None


def _cache(name: str, spec: Dataset, size: int, progress: Progress) -> Splits:
    """Makes the cache, one process at a time; one that had to wait finds it made."""
    folder = _cache_folder(name, spec, size)
    with _locked(folder.with_name(folder.name + ".lock"), progress):
        splits = _cached(name, spec, size)
        if splits is None:
            source, stamp = _as_published(name, spec, progress) if size else _read(name, spec, progress)
            with _storage_errors():
                _write(folder, source, spec, size, stamp, progress)
            splits = _cached(name, spec, size)
    if splits is None:
        raise DataError("The files of {dataset} changed while they were being read. Try again.", dataset=name)
    return splits


def _as_published(name: str, spec: Dataset, progress: Progress) -> tuple[Splits, Stamp]:
    """The cache of the published size, which the other sizes are made from."""
    splits = load(name, progress=progress)
    return splits, _read_stamp(_cache_folder(name, spec, 0))


def _read(name: str, spec: Dataset, progress: Progress) -> tuple[Splits, Stamp]:
    """The slow way: downloads what is absent, reads or generates all, and checks that it is what SPEC says."""
    missing = [file for file in spec.files if not _find(file)]
    if missing:
        download(missing, data_folders()[0], progress)
    stamp = _stamp(spec)  # before the reading: a file that changes meanwhile will not match it
    paths = [_find(file) or data_folders()[0] / file.path for file in spec.files]
    splits = spec.read(paths, progress)
    for split, n in _counts(spec).items():
        _check(name, spec, split, n, getattr(splits, split), paths)
    return splits, stamp


def _check(name: str, spec: Dataset, split: str, n: int, found: Images, paths: list[Path]) -> None:
    """Whether a split is what SPEC says: files may be another dataset's; the rest is a bug in the plug-in."""
    shape, expected = found.images.shape, (n, *spec.shape)
    if shape != expected and paths:
        raise DataError(
            "The {split} images of {dataset} are {found}, expected {expected}. Delete {files} and Fitscope downloads "
            "them again, or copy good ones there.",
            split=split,
            dataset=name,
            found=shape,
            expected=expected,
            files=", ".join(map(str, paths)),
        )
    if shape != expected or found.images.dtype != np.uint8:
        raise ValueError(f"{name}: the {split} images are {shape} {found.images.dtype}, expected {expected} uint8")
    if found.labels.shape != (n,) or found.labels.min() < 0 or found.labels.max() >= len(spec.classes):
        raise ValueError(f"{name}: the {split} labels are not {n} numbers from 0 to {len(spec.classes) - 1}")


def _write(folder: Path, splits: Splits, spec: Dataset, size: int, stamp: Stamp, progress: Progress) -> None:
    """Writes everything into a folder beside and renames it: half a cache never has the cache's name."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # left by a process that was killed
    part.mkdir()
    try:
        for split, n in _counts(spec).items():
            source = getattr(splits, split)
            _write_array(
                part / f"{split}-images.npy", (n, *_shape(spec, size)), np.uint8, _blocks(source, size, progress)
            )
            _write_array(part / f"{split}-labels.npy", (n,), np.int64, [source.labels])
        (part / "stamp.json").write_text(json.dumps(stamp), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # another process that has it mapped keeps its pages
        os.rename(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _blocks(source: Images, size: int, progress: Progress) -> Iterator[np.ndarray]:
    """The images, resized where a size is given, a block at a time: all of them might not fit into memory."""
    for start in range(0, len(source), BLOCK):
        progress("Preparing the pictures", start / len(source))
        block = source.images[start : start + BLOCK]
        yield pictures.resize(block, size) if size else block
    progress("Preparing the pictures", 1.0)


def _write_array(path: Path, shape: tuple[int, ...], dtype: type, blocks: Iterable[np.ndarray]) -> None:
    """A .npy file, by plain writes: on a full disk these raise OSError, where a memory map ends the process."""
    with open(path, "wb") as stream:
        stream.write(_npy_header(shape, dtype))
        for block in blocks:
            stream.write(np.ascontiguousarray(block, dtype).data)
        stream.flush()
        os.fsync(stream.fileno())


def _open(folder: Path, split: str, n: int, spec: Dataset, size: int) -> Images:
    images = _open_array(folder / f"{split}-images.npy", (n, *_shape(spec, size)), np.uint8)
    labels = np.array(_open_array(folder / f"{split}-labels.npy", (n,), np.int64))
    if labels.min() < 0 or labels.max() >= len(spec.classes):
        raise ValueError(f"{folder}: labels out of range")
    return Images(images, labels)


def _open_array(path: Path, shape: tuple[int, ...], dtype: type) -> np.ndarray:
    """The array of a .npy file, mapped; ValueError unless header and size are exactly what they must be."""
    header = _npy_header(shape, dtype)
    with open(path, "rb") as stream:
        found = stream.read(len(header))
    if found != header or path.stat().st_size != len(header) + math.prod(shape) * np.dtype(dtype).itemsize:
        raise ValueError(f"{path} is damaged")
    return np.load(path, mmap_mode="r")


def _npy_header(shape: tuple[int, ...], dtype: type) -> bytes:
    stream = io.BytesIO()
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue()


@contextlib.contextmanager
def _locked(path: Path, progress: Progress) -> Iterator[None]:
    lock = FileLock(path)
    with _storage_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            progress("Waiting for another process that prepares this dataset", 0.0)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _storage_errors() -> Iterator[None]:
    """Turns what the file system refuses into a StorageError."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            "The data folder {folder} cannot be written ({reason}). Free some space there, or set FITSCOPE_DATA to "
            "a folder that can be written.",
            folder=data_folders()[0],
            reason=error,
        ) from error


# Small facts about a dataset's files


def _find(file: PublishedFile) -> Path | None:
    return next((folder / file.path for folder in data_folders() if (folder / file.path).is_file()), None)


def _stamp(spec: Dataset) -> Stamp:
    """The size and the time of change of each source file that is there."""
    found = {file.path: _find(file) for file in spec.files}
    facts = {name: path.stat() for name, path in found.items() if path}
    return {name: [fact.st_size, fact.st_mtime_ns] for name, fact in facts.items()}


def _still_true(stamp: Stamp, spec: Dataset) -> bool:
    """Whether no source file has changed; one that is gone has not, so a cache goes on serving without it."""
    return all(stamp.get(path) == now for path, now in _stamp(spec).items())


def _read_stamp(folder: Path) -> Stamp:
    stamp = json.loads((folder / "stamp.json").read_text("utf-8"))
    if not isinstance(stamp, dict):
        raise ValueError(f"{folder}: damaged stamp")
    return stamp


def _cache_folder(name: str, spec: Dataset, size: int) -> Path:
    return data_folders()[0] / ".cache" / "-".join([name, spec.version] + [str(size)] * bool(size))


def _counts(spec: Dataset) -> dict[str, int]:
    """How many images each published split has; a split that is not published is left out."""
    counts = {"train": spec.n_train, "validation": spec.n_validation, "test": spec.n_test}
    return {split: n for split, n in counts.items() if n}


def _shape(spec: Dataset, size: int) -> tuple[int, int, int]:
    return (size, size, spec.shape[2]) if size else spec.shape
