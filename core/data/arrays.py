"""A folder of .npy files, mapped into memory: how images and labels lie on the disk, and when to believe them."""

import contextlib
import hashlib
import io
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.data import statistics
from core.data.dataset import SPLITS, Images, Splits
from core.errors import StorageError
from core.folders import data_folder
from core.pictures.resize import resize
from core.progress import Progress, silent

BLOCK = 4096  # pictures resized and written at a time: 200 MB at 128×128 RGB
ID_LENGTH = len("a1b2c3d4e5f6")  # of a content hash, enough for the datasets of one machine


@dataclass(frozen=True)
class Stamp:
    """What the arrays of a folder are.

    classes  how many classes there were: an imported dataset may have got more since
    files    the source files: path -> [size in bytes, time of change in ns]
    counts   images in each split
    content  hash of all images and labels in their stored size: the version a run names
    """

    classes: int
    files: Mapping[str, list[int]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    content: str = ""


def write(folder: Path, splits: Splits, stamp: Stamp, size: int = 0, progress: Progress = silent) -> str:
    """Writes a whole folder, or none at all; returns its content hash. Raises StorageError.

    stamp  what is known before: its counts are filled in, its content hash where it has none
    size   0 leaves the images as they are; otherwise they are resized to squares of that many pixels a side
    """
    part = folder.with_name(folder.name + ".part")
    with storage_errors():
        shutil.rmtree(part, ignore_errors=True)  # left by a process that was killed
        part.mkdir(parents=True)
        try:
            stamp = _write(part, splits, stamp, size, progress)
            shutil.rmtree(folder, ignore_errors=True)  # another process that has it mapped keeps its pages
            os.rename(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return stamp.content


def read(folder: Path, split: str, n: int, shape: tuple[int, int, int], classes: int) -> Images:
    """One split of `n` images, the images mapped, the labels in memory; raises OSError, ValueError, not to be believed.

    shape    (height, width, channels)
    classes  how many there may be
    """
    images = _open_array(folder / f"{split}-images.npy", (n, *shape), np.uint8)
    labels = np.array(_open_array(folder / f"{split}-labels.npy", (n,), np.int64))
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"{folder}: labels out of range")
    return Images(images, labels)


def read_stamp(folder: Path) -> Stamp:
    """What the arrays of a folder are; raises OSError, ValueError, TypeError where that is not to be believed."""
    stamp = Stamp(**json.loads((folder / "stamp.json").read_text("utf-8")))
    counts = stamp.counts.items() if isinstance(stamp.counts, dict) else ()
    good = all(split in SPLITS and isinstance(n, int) and n > 0 for split, n in counts)
    good = good and isinstance(stamp.classes, int) and isinstance(stamp.content, str)
    if not (isinstance(stamp.files, dict) and {"train", "test"} <= {split for split, _n in counts} and good):
        raise ValueError(f"{folder}: damaged stamp")
    return stamp


@contextlib.contextmanager
def storage_errors() -> Iterator[None]:
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


def _write(folder: Path, splits: Splits, stamp: Stamp, size: int, progress: Progress) -> Stamp:
    digest = hashlib.sha256(str(stamp.classes).encode())
    for split, part in splits.items():
        shape = (size, size, part.images.shape[3]) if size else part.images.shape[1:]
        digest.update(f"{split} {len(part)} {shape}".encode())
        images = folder / f"{split}-images.npy"
        _write_array(images, (len(part), *shape), np.uint8, _blocks(part, size, progress), digest)
        _write_array(folder / f"{split}-labels.npy", (len(part),), np.int64, [part.labels], digest)
    if not size:  # what the Images page shows, counted while everything is at hand
        for split, part in splits.items():
            written = Images(np.load(folder / f"{split}-images.npy", mmap_mode="r"), part.labels)
            statistics.write(folder / f"statistics-{split}.npz", statistics.statistics(written, stamp.classes))
    counts = {split: len(part) for split, part in splits.items()}
    stamp = replace(stamp, counts=counts, content=stamp.content or digest.hexdigest()[:ID_LENGTH])
    (folder / "stamp.json").write_text(json.dumps(asdict(stamp)), "utf-8")
    return stamp


def _blocks(source: Images, size: int, progress: Progress) -> Iterator[np.ndarray]:
    """The images, resized where a size is given, a block at a time: all of them might not fit into memory."""
    for start in range(0, len(source), BLOCK):
        progress("Preparing the pictures", start / len(source))
        block = np.asarray(source.images[start : start + BLOCK])
        yield resize(block, size) if size else block
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


def _open_array(path: Path, shape: tuple[int, ...], dtype: type) -> np.ndarray:
    """The array of a .npy file, mapped; ValueError unless header and size are exactly what they must be."""
    header = _npy_header(shape, dtype)
    with open(path, "rb") as stream:
        start = stream.read(len(header))
    if start != header or path.stat().st_size != len(header) + math.prod(shape) * np.dtype(dtype).itemsize:
        raise ValueError(f"{path} is damaged")
    return np.load(path, mmap_mode="r")


def _npy_header(shape: tuple[int, ...], dtype: type) -> bytes:
    stream = io.BytesIO()
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue()
