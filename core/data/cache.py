"""The images of a dataset as plain .npy files, mapped into memory: made once, shared by all runs, believed by none."""

import contextlib
import hashlib
import io
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from core.data import catalogue, statistics, versions
from core.data.dataset import Dataset, Form, Images, Progress, PublishedFile, Splits, silent
from core.data.download import download
from core.errors import DataError, StorageError
from core.folders import data_folder, data_folders
from core.pictures import resize as pictures

BLOCK = 4096  # pictures resized and written at a time: 200 MB at 128×128 RGB
SPLITS = ("train", "validation", "test")
ID_LENGTH = len("a1b2c3d4e5f6")  # of a content hash, enough for the datasets of one machine


@dataclass(frozen=True)
class Stamp:
    """What a cache was made from.

    files    the source files: path -> [size in bytes, time of change in ns]
    counts   images in each split
    classes  how many classes there were: an imported dataset may have got more since
    content  hash of all images and labels in their stored size: the version a run names
    """

    files: Mapping[str, list[int]]
    counts: Mapping[str, int]
    classes: int
    content: str


def load(name: str, image_size: int = 0, version: str = "", progress: Progress = silent) -> Splits:
    """The splits of a dataset; images (n, height, width, channels) uint8, labels (n,) int64.

    The first call reads, downloads or generates them and writes a cache; later calls map it into memory.
    image_size  0 leaves them as stored; otherwise they are resized to squares of that many pixels a side
    version     "" for the images as published or imported, otherwise one from `core.data.versions`
    Raises DataError, OfflineError, StorageError, SettingError.
    """
    spec = _based_on(name, version)
    edits = "" if version in ("", spec.version) else version
    size = 0 if image_size == 0 or spec.shape[:2] == (image_size, image_size) else pictures.check_size(image_size)
    cached = _cached(name, spec, size, edits)
    return cached if cached is not None else _cache(name, spec, size, edits, progress)


def content(name: str, version: str = "") -> str:
    """The content hash of a dataset that has been loaded before; raises DataError."""
    spec = _based_on(name, version)
    edits = "" if version in ("", spec.version) else version
    return edits or _stamp_of(name, spec).content


def counts(name: str, version: str = "") -> dict[str, int]:
    """split -> images without any edits, of a dataset that has been loaded before; raises DataError."""
    found = _stamp_of(name, _based_on(name, version)).counts
    return {split: found[split] for split in SPLITS if split in found}


def classes(name: str, version: str = "") -> tuple[str, ...]:
    """The names of the classes that a version has; an imported dataset may have got more since. Raises DataError."""
    return catalogue.dataset(name).classes[: _stamp_of(name, _based_on(name, version)).classes]


def facts(name: str) -> Dataset:
    """The SPEC of a dataset with the numbers of images it has on this machine, as far as they are known here."""
    spec = catalogue.dataset(name)
    with contextlib.suppress(DataError):
        n = _stamp_of(name, spec).counts
        return replace(spec, n_train=n["train"], n_validation=n.get("validation", 0), n_test=n["test"])
    return spec


def available(name: str) -> bool:
    """Whether the dataset can be loaded without a network."""
    spec = catalogue.dataset(name)
    here = not spec.files or _form(spec) is not None
    return here or _cached(name, spec, 0, "") is not None


def is_read(name: str) -> bool:
    """Whether its images lie ready to be mapped into memory."""
    return _cached(name, catalogue.dataset(name), 0, "") is not None


def folder(name: str, version: str = "") -> Path:
    """Where the arrays of a dataset in its stored size lie, and whatever is worked out from them."""
    spec = _based_on(name, version)
    return _folder(name, spec, 0, "" if version in ("", spec.version) else version)


def write_arrays(folder: Path, splits: Splits, n_classes: int, progress: Progress = silent) -> str:
    """Writes splits into a new folder in the form `load` maps; returns their content hash. Raises StorageError."""
    with _storage_errors():
        return _write(folder, splits, n_classes, 0, {}, "", progress)


# From a name to its arrays


def _based_on(name: str, version: str) -> Dataset:
    """The SPEC of a dataset, with the folder of those imported images that a version was made of."""
    spec = catalogue.dataset(name)
    base = versions.base(name, version) if version else ""
    if spec.folder is None or base in ("", spec.version):
        return spec
    return replace(spec, folder=spec.folder.with_name(base), version=base)


def _cached(name: str, spec: Dataset, size: int, edits: str) -> Splits | None:
    """The cached splits, images mapped into memory; None where there is no cache that can be believed."""
    folder = _folder(name, spec, size, edits)
    try:
        stamp = _read_stamp(folder)
        if not _still_true(stamp, spec):
            return None
        return Splits(**{split: _open(folder, split, n, spec, size) for split, n in stamp.counts.items()})
    except (OSError, ValueError, TypeError):  # absent, damaged, or not what `_write` wrote
        return None


def _cache(name: str, spec: Dataset, size: int, edits: str, progress: Progress) -> Splits:
    """Makes the cache, one process at a time; one that had to wait finds it made."""
    folder = _folder(name, spec, size, edits)
    with _locked(folder.with_name(folder.name + ".lock"), progress):
        splits = _cached(name, spec, size, edits)
        if splits is None:
            source, stamp = _source(name, spec, size, edits, progress)
            content = stamp.content if size or edits else ""
            with _storage_errors():
                _write(folder, source, stamp.classes, size, stamp.files, content, progress)
            splits = _cached(name, spec, size, edits)
    if splits is None:
        raise DataError("The files of {dataset} changed while they were being read. Try again.", dataset=name)
    return splits


def _source(name: str, spec: Dataset, size: int, edits: str, progress: Progress) -> tuple[Splits, Stamp]:
    """What a cache is made from: the same version unresized, else the images without edits, else the files."""
    if size:
        return load(name, 0, edits or _version(spec), progress), _read_stamp(_folder(name, spec, 0, edits))
    if edits:
        base = load(name, 0, _version(spec), progress)
        stamp = _stamp_of(name, spec)
        return versions.edited(name, edits, base, stamp.content), replace(stamp, content=edits)
    return _read(name, spec, progress)


def _version(spec: Dataset) -> str:
    return spec.version if spec.folder else ""


def _read(name: str, spec: Dataset, progress: Progress) -> tuple[Splits, Stamp]:
    """The slow way: downloads what is absent, reads or generates all, and checks that it is what SPEC says."""
    if spec.folder:
        raise DataError(
            "The images of {dataset} are damaged or gone from {folder}. Import them again under a new name.",
            dataset=spec.title,
            folder=spec.folder,
        )
    form = _form(spec) or _first_form(spec)
    missing = [file for file in form.files if not _find(file)]
    if missing:
        download(missing, data_folder(), progress)
    files = _facts(form)  # before the reading: a file that changes meanwhile will not match them
    paths = [_find(file) or data_folder() / file.path for file in form.files]
    splits = form.read(paths, progress)
    exact = form.files == spec.files and all(file.hash for file in form.files)  # as published, to the last byte
    expected = _expected(spec) if exact else {}
    for split in SPLITS:
        _check(name, spec, split, getattr(splits, split), paths, expected)
    return splits, Stamp(files, {}, len(spec.classes), "")


def _check(
    name: str, spec: Dataset, split: str, found: Images | None, paths: list[Path], expected: Mapping[str, int]
) -> None:
    """Whether a split is what SPEC says: files may be another dataset's; the rest is a bug in the plug-in."""
    if found is None:
        if split == "validation" and not expected.get(split):
            return
        raise ValueError(f"{name}: there are no {split} images")
    shape, wanted = found.images.shape, (expected.get(split, len(found)), *spec.shape)
    if shape != wanted and paths:
        raise DataError(
            "The {split} images of {dataset} are {found}, expected {expected}. Delete {files} and Fitscope downloads "
            "them again, or copy good ones there.",
            split=split,
            dataset=name,
            found=shape,
            expected=wanted,
            files=", ".join(map(str, paths)),
        )
    if shape != wanted or found.images.dtype != np.uint8:
        raise ValueError(f"{name}: the {split} images are {shape} {found.images.dtype}, expected {wanted} uint8")
    if found.labels.shape != shape[:1] or found.labels.min() < 0 or found.labels.max() >= len(spec.classes):
        raise ValueError(f"{name}: the {split} labels are not {shape[0]} numbers from 0 to {len(spec.classes) - 1}")


# Writing and reading the arrays of one folder


def _write(
    folder: Path,
    splits: Splits,
    n_classes: int,
    size: int,
    files: Mapping[str, list[int]],
    content: str,
    progress: Progress,
) -> str:
    """Writes everything into a folder beside and renames it: half a cache never has the cache's name."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # left by a process that was killed
    part.mkdir(parents=True)
    present = {split: images for split in SPLITS if (images := getattr(splits, split)) is not None}
    digest = hashlib.sha256(str(n_classes).encode())
    try:
        for split, images in present.items():
            shape = (size, size, images.images.shape[3]) if size else images.images.shape[1:]
            blocks = _blocks(images, size, progress)
            digest.update(f"{split} {len(images)} {shape}".encode())
            _write_array(part / f"{split}-images.npy", (len(images), *shape), np.uint8, blocks, digest)
            _write_array(part / f"{split}-labels.npy", (len(images),), np.int64, [images.labels], digest)
        content = content or digest.hexdigest()[:ID_LENGTH]
        counts = {split: len(images) for split, images in present.items()}
        stamp = {"files": dict(files), "counts": counts, "classes": n_classes, "content": content}
        if not size:  # what the Images page shows, counted while everything is at hand
            for split, images in present.items():
                arrays = Images(np.load(part / f"{split}-images.npy", mmap_mode="r"), images.labels)
                statistics.write(part / f"statistics-{split}.npz", statistics.statistics(arrays, n_classes))
        (part / "stamp.json").write_text(json.dumps(stamp), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # another process that has it mapped keeps its pages
        os.rename(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return content


def _blocks(source: Images, size: int, progress: Progress) -> Iterator[np.ndarray]:
    """The images, resized where a size is given, a block at a time: all of them might not fit into memory."""
    for start in range(0, len(source), BLOCK):
        progress("Preparing the pictures", start / len(source))
        block = np.asarray(source.images[start : start + BLOCK])
        yield pictures.resize(block, size) if size else block
    progress("Preparing the pictures", 1.0)


def _write_array(path: Path, shape: tuple[int, ...], dtype: type, blocks: Iterable[np.ndarray], digest: Any) -> None:
    """A .npy file, by plain writes: on a full disk these raise OSError, where a memory map ends the process."""
    with open(path, "wb") as stream:
        stream.write(_npy_header(shape, dtype))
        for block in blocks:
            values = np.ascontiguousarray(block, dtype).data
            digest.update(values)
            stream.write(values)
        stream.flush()
        os.fsync(stream.fileno())


def _open(folder: Path, split: str, n: int, spec: Dataset, size: int) -> Images:
    """One split, the images mapped, the labels in memory; ValueError where they cannot be believed."""
    shape = (size, size, spec.shape[2]) if size else spec.shape
    images = _open_array(folder / f"{split}-images.npy", (n, *shape), np.uint8)
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
            folder=data_folder(),
            reason=error,
        ) from error


# Small facts about a dataset's files


def _form(spec: Dataset) -> Form | None:
    """The first form of a dataset whose files are all here."""
    forms = [_first_form(spec), *spec.forms]
    return next((form for form in forms if form.files and all(_find(file) for file in form.files)), None)


def _first_form(spec: Dataset) -> Form:
    return Form(spec.files, spec.read)


def _find(file: PublishedFile) -> Path | None:
    return next((folder / file.path for folder in data_folders() if (folder / file.path).exists()), None)


def _facts(form: Form) -> dict[str, list[int]]:
    """The size and the time of change of each source file that is there."""
    found = {file.path: _find(file) for file in form.files}
    return {name: _fact(path) for name, path in found.items() if path}


def _fact(path: Path) -> list[int]:
    """[size in bytes, time of change in ns]; of a folder: how much is in it and in its folders, and the latest time."""
    if not path.is_dir():
        fact = path.stat()
        return [fact.st_size, fact.st_mtime_ns]
    folders = [Path(found) for found, _folders, _files in os.walk(path)]
    entries = sum(len(os.listdir(one)) for one in folders)
    return [entries, max(one.stat().st_mtime_ns for one in folders)]


def _still_true(stamp: Stamp, spec: Dataset) -> bool:
    """Whether no source file has changed; one that is gone has not, so a cache goes on serving without it."""
    form = _form(spec)
    return form is None or spec.folder is not None or all(stamp.files.get(p) == now for p, now in _facts(form).items())


def _stamp_of(name: str, spec: Dataset) -> Stamp:
    """The stamp of a dataset's unresized images; raises DataError where it has not been loaded yet."""
    try:
        return _read_stamp(_folder(name, spec, 0, ""))
    except (OSError, ValueError, TypeError) as error:
        raise DataError("{dataset} has not been read yet. Open it on the Images page first.", dataset=name) from error


def _read_stamp(folder: Path) -> Stamp:
    """Raises OSError, ValueError, TypeError."""
    told = json.loads((folder / "stamp.json").read_text("utf-8"))
    stamp = Stamp(**told)
    counts = stamp.counts.items() if isinstance(stamp.counts, dict) else ()
    good = all(split in SPLITS and isinstance(n, int) and n > 0 for split, n in counts)
    good = good and isinstance(stamp.classes, int) and isinstance(stamp.content, str)
    if not (isinstance(stamp.files, dict) and {"train", "test"} <= {split for split, _n in counts} and good):
        raise ValueError(f"{folder}: damaged stamp")
    return stamp


def _folder(name: str, spec: Dataset, size: int, edits: str) -> Path:
    if spec.folder and not size and not edits:
        return spec.folder
    parts = [name, spec.version, *([edits] if edits else []), *([str(size)] if size else [])]
    return data_folder() / ".cache" / "-".join(parts)


def _expected(spec: Dataset) -> dict[str, int]:
    """How many images each published split has; a split that is not published is left out."""
    counts = {"train": spec.n_train, "validation": spec.n_validation, "test": spec.n_test}
    return {split: n for split, n in counts.items() if n}
