"""Arrays of labelled pictures from files that may lie: copied to the disk, checked, turned to bytes block by block."""

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.reading.collection import Collection, as_picture, spread
from core.data.reading.decode import MOST_PIXELS, Refused, white_of
from core.data.reading.folders.brightness import ask_white
from core.data.reading.folders.capitals import Spelling, keep_case_of
from core.data.reading.folders.class_folders import Place, Split
from core.data.reading.tables.orientation import ask_orientation
from core.errors import DataError
from core.files import writing_to
from core.pictures.picture_file import FRACTIONS, WHITES
from core.progress import Progress

MOST_ARRAY_BYTES = 8 * 2**30  # of all arrays of one file: 70,000 pictures of 128×128 in colour have 3.4 GB
MOST_PICTURES = 2_000_000
COPIED = 1 << 22  # bytes between two progress reports
BLOCK_BYTES = 1 << 24  # of a block of pictures


@dataclass(frozen=True)
class Labelled:
    """An array of pictures as it was found: `images` (n, h, w, 1 | 3 | 4) of any numbers, `labels` n names of classes.

    file  what image 7 is called after: "FILE[7]"
    """

    file: str
    split: Split | None
    images: np.ndarray
    labels: Sequence[str]


def collect_arrays(collection: Collection, arrays: Sequence[Labelled], progress: Progress, lies: bool = False) -> None:
    """Adds all images, but those whose label is no name of a class; raises DataError for numbers that are no pixels.

    lies  whether such files are known for pictures that lie on their side
    """
    orientation = ask_orientation(collection.understanding, lies)
    whites = _whites(collection, arrays, progress)
    collection.white = max((white for white in whites if white), default=None)
    every = len(arrays)  # fewer of each, where there are several
    collection.settle(
        as_picture(_to_bytes(array.images[number], white))
        for array, white in zip(arrays, whites, strict=True)
        for number in spread(len(array.images))[::every]
    )
    keep_case = keep_case_of((label for array in arrays for label in array.labels), collection.understanding)
    for array, white in zip(arrays, whites, strict=True):
        known = _classes(array.labels, keep_case)
        collection.mentioned |= {label for label in known.values() if isinstance(label, str)}
        for start, block in _blocks(array.images):
            progress("Reading the pictures", start / len(array.images))
            _collect_block(collection, array, start, orientation.of(_to_bytes(block, white)), known)
    progress("Reading the pictures", 1.0)


def copy_array(
    read: Callable[[int], bytes], shape: tuple[int, ...], dtype: np.dtype, fortran: bool, file: Path, progress: Progress
) -> np.ndarray | None:
    """The array whose bytes `read(n)` gives next, mapped from a copy in `file`; None where fewer or more come."""
    size = math.prod(shape) * dtype.itemsize
    copied = 0
    with contextlib.ExitStack() as stack:
        with writing_to(file):  # and nothing else: `read` and `progress` have errors of their own
            copy = stack.enter_context(open(file, "wb"))
        while block := read(min(COPIED, size - copied + 1)):  # one more than promised, to notice a surplus
            copied += len(block)
            if copied > size:
                return None
            with writing_to(file):
                copy.write(block)
            progress("Reading the file", copied / size)
        with writing_to(file):
            copy.flush()
    if copied < size:
        return None
    return np.memmap(file, dtype, "r", 0, shape, "F" if fortran else "C") if size else np.empty(shape, dtype)


def check_sizes(file: str, shape: Sequence[int], itemsize: int, most: int = MOST_ARRAY_BYTES) -> int:
    """The bytes of an array; raises DataError where it is larger than anybody needs."""
    size = math.prod(shape) * itemsize
    if max(size, *shape) > most:  # a side may be huge where another is 0
        raise DataError(
            "{file} promises {shape} numbers, {size} MB; at most {most} MB are read. Save fewer or smaller pictures.",
            file=file,
            shape=" × ".join(map(str, shape)),
            size=size >> 20,
            most=most >> 20,
        )
    if shape and shape[0] > MOST_PICTURES:
        raise DataError(
            "{file} holds {n} pictures; at most {most} are read. Save fewer.",
            file=file,
            n=shape[0],
            most=MOST_PICTURES,
        )
    return size


def as_images(array: np.ndarray, file: str) -> np.ndarray:
    """A view of an array of pictures as (n, height, width, 1 | 3 | 4), whichever way its axes lie; DataError if none.

    Known are (n, h, w), (n, h, w, c), (n, c, h, w), and pixels in one row: (n, side²) or (n, 3·side²).
    """
    n, *shape = array.shape or (0,)
    images = None
    if len(shape) == 1 and (side := side_of(shape[0])):
        images = array.reshape(n, side, side, shape[0] // side**2)
    elif len(shape) == 2:
        images = array[..., None]
    elif len(shape) == 3 and shape[2] in (1, 3, 4):
        images = array
    elif len(shape) == 3 and shape[0] in (1, 3):
        images = array.transpose(0, 2, 3, 1)
    if images is None or not 1 <= images.shape[1] * images.shape[2] <= MOST_PIXELS:
        raise DataError(
            "{file} has the shape {shape}; expected pictures: (n, height, width), (n, height, width, 1 or 3) or "
            "(n, side²). Save it in one of these shapes.",
            file=file,
            shape=array.shape,
        )
    return images


def side_of(numbers: int) -> int:
    """The side of a square picture of that many numbers, grey or RGB; 0 where there is none."""
    for pixels in (numbers, numbers // 3 if numbers % 3 == 0 else 0):
        side = math.isqrt(pixels)
        if side and side * side == pixels:
            return side
    return 0


def _classes(labels: Iterable[str], keep_case: bool) -> dict[str, str | Refused]:
    """The class that each label stands for, or why it stands for none."""
    spelling, known = Spelling(keep_case), dict[str, str | Refused]()
    for text in dict.fromkeys(labels):
        try:
            known[text] = spelling.label(text)
        except Refused as refusal:
            known[text] = refusal
    return known


def _collect_block(
    collection: Collection, array: Labelled, start: int, block: np.ndarray, known: Mapping[str, str | Refused]
) -> None:
    good, names, places = [], [], []
    for number, text in enumerate(array.labels[start : start + len(block)]):
        name, label = f"{array.file}[{start + number}]", known[text]
        if isinstance(label, Refused):
            collection.refuse(name, label)
        else:
            good.append(number)
            names.append(name)
            places.append(Place(array.split, label))
    collection.add_block(block if len(good) == len(block) else block[good], names, places)


def _whites(collection: Collection, arrays: Sequence[Labelled], progress: Progress) -> list[int | None]:
    """What is white in the numbers of each array, None where they are bytes or yes and no; DataError where nothing is.

    Arrays of one kind, fractions or whole numbers, have one scale: test images are no brighter than training images.
    """
    ranges = {place: _range(array.images, progress) for place, array in enumerate(arrays) if _is_wide(array.images)}
    whites: list[int | None] = [None] * len(arrays)
    for floating in (False, True):
        places = [place for place in ranges if (arrays[place].images.dtype.kind == "f") == floating]
        for place in places:
            _check_range(arrays[place].file, *ranges[place], floating)
        white = white_of(max((ranges[place][1] for place in places), default=0), floating)
        if places and white not in (None, FRACTIONS):
            white = _said_white(collection, arrays[places[0]].file, white)
        for place in places:
            whites[place] = white
    return whites


def _said_white(collection: Collection, file: str, own: int) -> int:
    """What is white in whole numbers that need `own` at least: as in the dataset they are added to, else asked."""
    white = collection.wanted.white
    if white in (None, FRACTIONS):
        others = [one for one in WHITES if one > own]
        # Up to 255 they are bytes in a wider type, as most arrays of them are.
        return ask_white(own, others, collection.understanding, aside=own == WHITES[0])
    if own > white:
        raise DataError(
            "{file} holds numbers beyond {white}, which is white in this dataset. Import it as a dataset of its own.",
            file=file,
            white=white,
        )
    return white


def _is_wide(images: np.ndarray) -> bool:
    """Whether its type can hold more than bytes."""
    return images.dtype not in (np.bool_, np.uint8) and images.size > 0


def _check_range(file: str, low: float, high: float, floating: bool) -> None:
    if low >= 0 and white_of(high, floating):  # false for NaN
        return
    raise DataError(
        "{file} holds numbers from {low} to {high}; expected pictures of 0 to 255, of 0 to 1, or of up to 16 bits. "
        "Bring the numbers into this range and save it again.",
        file=file,
        low=f"{low:g}",
        high=f"{high:g}",
    )


def _to_bytes(images: np.ndarray, white: int | None) -> np.ndarray:
    """Numbers from 0 to white as uint8, rounded."""
    if images.dtype == np.bool_:
        white = 1
    if white in (None, 255) and images.dtype.kind in "ui":
        return images.astype(np.uint8, copy=False)
    return np.rint(images.astype(np.float64) * (255 / (white or 255))).clip(0, 255).astype(np.uint8)


def _blocks(images: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Where a block begins, and the block: some megabytes at a time."""
    at_a_time = max(1, BLOCK_BYTES * len(images) // max(images.nbytes, 1))
    for start in range(0, len(images), at_a_time):
        yield start, images[start : start + at_a_time]


def _range(images: np.ndarray, progress: Progress) -> tuple[float, float]:
    """The smallest and the largest number; NaN where one is none."""
    low, high = math.inf, -math.inf
    for start, block in _blocks(images):
        progress("Reading the file", start / len(images))
        low, high = np.minimum(low, block.min()), np.maximum(high, block.max())  # both pass NaN on
    return float(low), float(high)
