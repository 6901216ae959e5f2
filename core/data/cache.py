"""The images of a dataset as arrays, mapped into memory: made once, shared by all runs, believed by none."""

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from core.data import arrays, versions
from core.data.arrays import Stamp
from core.data.dataset import SPLITS, Dataset, Form, Images, PublishedFile, Splits
from core.data.download import download
from core.errors import DataError
from core.folders import data_folder, data_folders
from core.pictures.resize import check_size
from core.progress import Progress, silent
from core.scratch import remove


def load(dataset: Dataset, image_size: int = 0, version: str = "", progress: Progress = silent) -> Splits:
    """The splits of a dataset; images (n, height, width, channels) uint8, labels (n,) int64.

    The first call reads, downloads or generates them and writes a cache; later calls map it into memory.
    image_size  0 leaves them as stored; otherwise they are resized to squares of that many pixels a side
    version     "" for the images as published or imported, otherwise one from `core.data.versions`
    Raises DataError, OfflineError, StorageError, SettingError.
    """
    based, edits = _based_on(dataset, version)
    size = 0 if image_size == 0 or based.shape[:2] == (image_size, image_size) else check_size(image_size)
    cached = _cached(based, size, edits)
    return cached if cached is not None else _cache(based, size, edits, progress)


def load_base(dataset: Dataset, image_size: int = 0, version: str = "", progress: Progress = silent) -> Splits:
    """The images without edits that a version is made of, as its rows count them; raises what `load` raises."""
    base = versions.base(dataset, version) if version and dataset.folder else ""
    return load(dataset, image_size, base, progress)


def content(dataset: Dataset, version: str = "") -> str:
    """The content hash of a dataset that has been loaded before; raises DataError."""
    based, edits = _based_on(dataset, version)
    return edits or _stamp_of(based).content


def counts(dataset: Dataset, version: str = "") -> dict[str, int]:
    """split -> images without any edits, of a dataset that has been loaded before; raises DataError."""
    stamp = _stamp_of(_based_on(dataset, version)[0])
    return {split: stamp.counts[split] for split in SPLITS if split in stamp.counts}


def classes(dataset: Dataset, version: str = "") -> tuple[str, ...]:
    """The names of the classes that a version has; an imported dataset may have got more since. Raises DataError."""
    return dataset.classes[: _stamp_of(_based_on(dataset, version)[0]).classes]


def facts(dataset: Dataset) -> Dataset:
    """A dataset with the numbers of images it has on this machine, as far as they are known here."""
    with contextlib.suppress(DataError):
        n = _stamp_of(dataset).counts
        return replace(dataset, n_train=n["train"], n_validation=n.get("validation", 0), n_test=n["test"])
    return dataset


def available(dataset: Dataset) -> bool:
    """Whether the dataset can be loaded without a network."""
    return not dataset.files or _form(dataset) is not None or is_read(dataset)


def is_read(dataset: Dataset) -> bool:
    """Whether its images lie ready to be mapped into memory."""
    return _cached(dataset, 0, "") is not None


def folder(dataset: Dataset, version: str = "") -> Path:
    """Where the arrays of a dataset in its stored size lie, and whatever is worked out from them."""
    based, edits = _based_on(dataset, version)
    return _folder(based, 0, edits)


def forget(home: Path, but: Collection[str] = ()) -> None:
    """Removes the imported images in `home`/bases for good, with all that was made of them: other sizes, with edits.

    but  versions that stay; where none is named, the whole folder of the dataset goes
    """
    for base in (home / "bases").glob("*"):
        if base.name not in but:
            for made in (data_folder() / ".cache").glob(f"{home.name}-{base.name}*"):
                remove(made)
            remove(base)
    if not but:
        remove(home)


# From a dataset to its arrays


def _based_on(dataset: Dataset, version: str) -> tuple[Dataset, str]:
    """The dataset with the folder of those imported images that a version was made of, and the edits: "" for none."""
    base = versions.base(dataset, version) if version else ""
    edits = "" if version in ("", base) else version
    if dataset.folder is None or base in ("", dataset.version):
        return dataset, edits
    return replace(dataset, folder=dataset.folder.with_name(base), version=base), edits


def _cached(dataset: Dataset, size: int, edits: str) -> Splits | None:
    """The cached splits, images mapped into memory; None where there is no cache that can be believed."""
    folder = _folder(dataset, size, edits)
    shape = (size, size, dataset.shape[2]) if size else dataset.shape
    try:
        stamp = arrays.read_stamp(folder)
        if not _still_true(stamp, dataset):
            return None
        n_classes = len(dataset.classes)
        return Splits(**{split: arrays.read(folder, split, n, shape, n_classes) for split, n in stamp.counts.items()})
    except (OSError, ValueError, TypeError):  # absent, damaged, or not what `arrays.write` wrote
        return None


def _cache(dataset: Dataset, size: int, edits: str, progress: Progress) -> Splits:
    """Makes the cache, one process at a time; one that had to wait finds it made."""
    folder = _folder(dataset, size, edits)
    with _locked(folder.with_name(folder.name + ".lock"), progress):
        splits = _cached(dataset, size, edits)
        if splits is None:
            source, stamp = _source(dataset, size, edits, progress)
            arrays.write(folder, source, replace(stamp, content=stamp.content if size or edits else ""), size, progress)
            splits = _cached(dataset, size, edits)
    if splits is None:
        raise DataError("The files of {dataset} changed while they were being read. Try again.", dataset=dataset.name)
    return splits


def _source(dataset: Dataset, size: int, edits: str, progress: Progress) -> tuple[Splits, Stamp]:
    """What a cache is made from: the same version unresized, else the images without edits, else the files."""
    original = versions.original(dataset)
    if size:
        return load(dataset, 0, edits or original, progress), arrays.read_stamp(_folder(dataset, 0, edits))
    if edits:
        base, stamp = load(dataset, 0, original, progress), _stamp_of(dataset)
        return versions.edited(dataset, edits, base, stamp.content), replace(stamp, content=edits)
    return _read(dataset, progress)


def _read(dataset: Dataset, progress: Progress) -> tuple[Splits, Stamp]:
    """The slow way: downloads what is absent, reads or generates all, and checks that it is what SPEC says."""
    if dataset.folder and not any(dataset.folder.parent.glob("*/stamp.json")):  # a run was carried here without them
        raise DataError(
            "The images of {dataset} did not come along to this machine. Curves, figures and networks are here; for "
            "the images, open a file of the run that was packed with them.",
            dataset=dataset.title,
        )
    if dataset.folder:
        raise DataError(
            "The images of {dataset} are damaged or gone from {folder}. Import them again under a new name.",
            dataset=dataset.title,
            folder=dataset.folder,
        )
    form = _form(dataset) or _first_form(dataset)
    missing = [file for file in form.files if not _find(file)]
    if missing:
        download(missing, data_folder(), progress)
    files = _facts(form)  # before the reading: a file that changes meanwhile will not match them
    paths = [_find(file) or data_folder() / file.path for file in form.files]
    splits = form.read(paths, progress)
    exact = form.files == dataset.files and all(file.hash for file in form.files)  # as published, to the last byte
    expected = _expected(dataset) if exact else {}
    for split in SPLITS:
        _check(dataset, split, getattr(splits, split), paths, expected)
    return splits, Stamp(len(dataset.classes), files)


def _check(dataset: Dataset, split: str, part: Images | None, paths: list[Path], expected: Mapping[str, int]) -> None:
    """Whether a split is what SPEC says: files may be another dataset's; the rest is a bug in the plug-in."""
    name = dataset.name
    if part is None:
        if split == "validation" and not expected.get(split):
            return
        raise ValueError(f"{name}: there are no {split} images")
    shape, wanted = part.images.shape, (expected.get(split, len(part)), *dataset.shape)
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
    if shape != wanted or part.images.dtype != np.uint8:
        raise ValueError(f"{name}: the {split} images are {shape} {part.images.dtype}, expected {wanted} uint8")
    if part.labels.shape != shape[:1] or part.labels.min() < 0 or part.labels.max() >= len(dataset.classes):
        raise ValueError(f"{name}: the {split} labels are not {shape[0]} numbers from 0 to {len(dataset.classes) - 1}")


@contextlib.contextmanager
def _locked(path: Path, progress: Progress) -> Iterator[None]:
    lock = FileLock(path)
    with arrays.storage_errors():
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


# Small facts about a dataset's files


def _form(dataset: Dataset) -> Form | None:
    """The first form of a dataset whose files are all here."""
    forms = [_first_form(dataset), *dataset.forms]
    return next((form for form in forms if form.files and all(_find(file) for file in form.files)), None)


def _first_form(dataset: Dataset) -> Form:
    return Form(dataset.files, dataset.read)


def _find(file: PublishedFile) -> Path | None:
    return next((folder / file.path for folder in data_folders() if (folder / file.path).exists()), None)


def _facts(form: Form) -> dict[str, list[int]]:
    """The size and the time of change of each source file that is there."""
    paths = {file.path: _find(file) for file in form.files}
    return {name: _fact(path) for name, path in paths.items() if path}


def _fact(path: Path) -> list[int]:
    """[size in bytes, time of change in ns]; of a folder: how much is in it and in its folders, and the latest time."""
    if not path.is_dir():
        fact = path.stat()
        return [fact.st_size, fact.st_mtime_ns]
    folders = [Path(walked) for walked, _folders, _files in os.walk(path)]
    entries = sum(len(os.listdir(folder)) for folder in folders)
    return [entries, max(folder.stat().st_mtime_ns for folder in folders)]


def _still_true(stamp: Stamp, dataset: Dataset) -> bool:
    """Whether no source file has changed; one that is gone has not, so a cache goes on serving without it."""
    form = _form(dataset)
    if form is None or dataset.folder is not None:
        return True
    return all(stamp.files.get(path) == now for path, now in _facts(form).items())


def _stamp_of(dataset: Dataset) -> Stamp:
    """The stamp of a dataset's unresized images; raises DataError where it has not been loaded yet."""
    try:
        return arrays.read_stamp(_folder(dataset, 0, ""))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            "{dataset} has not been read yet. Open it on the Images page first.", dataset=dataset.name
        ) from error


def _folder(dataset: Dataset, size: int, edits: str) -> Path:
    if dataset.folder and not size and not edits:
        return dataset.folder
    parts = [dataset.name, dataset.version, *([edits] if edits else []), *([str(size)] if size else [])]
    return data_folder() / ".cache" / "-".join(parts)


def _expected(dataset: Dataset) -> dict[str, int]:
    """How many images each published split has; a split that is not published is left out."""
    counts = {"train": dataset.n_train, "validation": dataset.n_validation, "test": dataset.n_test}
    return {split: n for split, n in counts.items() if n}
