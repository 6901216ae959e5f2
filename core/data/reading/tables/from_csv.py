"""Reads a CSV of pixels, as FER2013 and MNIST are passed round, into a collection, a block of lines at a time."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from core.data.reading.collection import Collection, as_picture, spread
from core.data.reading.decode import Refused
from core.data.reading.folders.capitals import Spelling, keep_case_of
from core.data.reading.folders.class_folders import Place, Split, split_within
from core.data.reading.tables.columns import NUMBER, SMALLEST_SIDE
from core.data.reading.tables.csv_rows import Row, Table
from core.data.reading.tables.orientation import ask_orientation
from core.data.reading.tables.raw_arrays import MOST_PICTURES, side_of
from core.errors import DataError
from core.progress import Progress

BLOCK = 512  # lines parsed at a time
BLOCK_TEXT = 1 << 24  # characters of a block, where the lines are long


def read_tables(paths: Sequence[Path], collection: Collection, progress: Progress) -> None:
    """Several tables, each a split by its name, such as mnist_train.csv and mnist_test.csv; raises DataError.

    One without labels, as contests give, is left out; where none is a table of pixels, the first says why.
    """
    good, errors = [], []
    for path in paths:
        try:
            good.append(Table(path, collection.understanding))
        except DataError as error:
            errors.append(error)
            collection.refuse(path.name, Refused(error.template, **error.values))
    if not good:
        raise errors[0]
    splits = [split_within(table.path.name.partition(".")[0]) for table in good]
    if len(good) > 1 and len(set(splits)) < len(good):
        raise DataError(
            "Several tables of pixels are here: {files}. Choose one of them, or call them train.csv and test.csv.",
            files=", ".join(table.path.name for table in good[:10]),
        )
    for table, split in zip(good, splits, strict=True):
        _read(table, collection, progress, split if len(good) > 1 else None)


def read_csv(path: Path, collection: Collection, progress: Progress) -> None:
    """All pictures of the table; a line that is none is refused by its number. Raises DataError."""
    _read(Table(path, collection.understanding), collection, progress)


def _read(table: Table, collection: Collection, progress: Progress, split: Split | None = None) -> None:
    """split  of all rows that name none themselves"""
    collection.understanding.settle()
    reader = _Reader(table.columns.between, collection, split)
    for block in _blocks(table, collection):
        progress("Reading the pictures", table.fraction)
        reader.add(block)
        if len(collection.names) > MOST_PICTURES:
            raise DataError(
                "{file} holds more than {most} pictures. Save fewer.",
                file=table.path.name,
                most=MOST_PICTURES,
            )
    keep_case_of(reader.written, collection.understanding)
    progress("Reading the pictures", 1.0)


def _blocks(table: Table, collection: Collection) -> Iterator[list[Row]]:
    block: list[Row] = []
    size = 0
    for line, row in table.rows():
        if isinstance(row, Refused):
            collection.refuse(f"line {line}", row)
            continue
        block.append(row)
        size += len(row.pixels)
        if len(block) == BLOCK or size > BLOCK_TEXT:
            yield block
            block, size = [], 0
    yield block


class _Reader:
    """Turns rows into pictures; the first of them decides how many numbers a picture has and how large they are."""

    def __init__(self, between: str, collection: Collection, split: Split | None = None):
        self.between, self.collection, self.split = between, collection, split
        self.n = 0  # numbers in a picture; 0 until a row with a sensible number of them has come
        self.most = 0  # 1 or 255; 0 until a number above 0 has come
        # A table is read row by row: what differs only in capitals is several classes until a person says otherwise.
        self.orientation = ask_orientation(collection.understanding)
        self.written: set[str] = set()  # labels as they stand in the table
        self.spelling = Spelling(collection.understanding.given.get("keep-case") != "no")

    def add(self, rows: Sequence[Row]) -> None:
        self.n = self.n or next((row.n for row in rows if side_of(row.n) >= SMALLEST_SIDE), 0)
        good = [row for row in rows if self._has_all(row)]
        numbers = self._numbers(good)
        self.most = self.most or _scale(numbers)
        places = [self._place(row, values) for row, values in zip(good, numbers, strict=True)]
        chosen = [number for number, place in enumerate(places) if place]
        if not chosen:
            return
        side = side_of(self.n)
        images = self.orientation.of(_to_bytes(numbers[chosen], self.most).reshape(len(chosen), side, side, -1))
        if not self.collection.size:
            self.collection.settle(as_picture(images[number]) for number in spread(len(images)))
        names = [f"line {good[number].line}" for number in chosen]
        self.collection.add_block(images, names, [place for place in places if place])

    def _has_all(self, row: Row) -> bool:
        if row.n and row.n == self.n:
            return True
        wrong = Refused(
            "it has {n} pixels; expected {expected}, a square picture in grey or in colour as on the first line",
            n=row.n,
            expected=self.n or "16, 64, 784",
        )
        self.collection.refuse(f"line {row.line}", wrong)
        return False

    def _numbers(self, rows: Sequence[Row]) -> np.ndarray:
        """(len(rows), n) float32, NaN in a row that is not all numbers; quick where all rows are good."""
        if not rows:
            return np.empty((0, self.n), np.float32)
        try:
            return self._parsed([row.pixels for row in rows])
        except (ValueError, OverflowError):  # pandas' own errors are ValueErrors; somewhere in these rows
            return np.concatenate([self._parsed_alone(row) for row in rows])

    def _parsed(self, lines: Sequence[str]) -> np.ndarray:
        import pandas as pd  # late: most imports are of pictures, and it takes half a second

        text = io.StringIO("\n".join(lines))
        settings = {"header": None, "sep": self.between, "quoting": csv.QUOTE_NONE, "na_filter": False}
        table = pd.read_csv(text, dtype=np.float32, engine="c", **settings)  # type: ignore[call-overload]
        if table.shape != (len(lines), self.n):
            raise ValueError(f"{table.shape} in place of {len(lines)} × {self.n} numbers")
        return table.to_numpy()

    def _parsed_alone(self, row: Row) -> np.ndarray:
        try:
            return self._parsed([row.pixels])
        except (ValueError, OverflowError):
            return np.full((1, self.n), np.nan, np.float32)

    def _place(self, row: Row, values: np.ndarray) -> Place | None:
        """Where the row belongs; None where it is refused."""
        try:
            self._check(row, values)
            label = self.spelling.label(row.label)
            self.written.add(row.label)
        except Refused as refusal:
            self.collection.refuse(f"line {row.line}", refusal)
            return None
        self.collection.mentioned.add(label)
        return Place(row.split or self.split, label)

    def _check(self, row: Row, values: np.ndarray) -> None:
        if np.isnan(values).any():
            cells = (cell.strip() for cell in row.pixels.split(self.between))
            wrong = next((cell for cell in cells if not NUMBER.fullmatch(cell)), "?")
            raise Refused('it has "{text}" where a number is expected', text=wrong[:40])
        low, high = float(values.min()), float(values.max())
        if not (low >= 0 and high <= (self.most or 255)):
            raise Refused(
                "its numbers go from {low} to {high}; expected 0 to {most}",
                low=f"{low:g}",
                high=f"{high:g}",
                most=self.most or 255,
            )


def _scale(numbers: np.ndarray) -> int:
    """What white is: 1 where no number is above it, else 255; 0 where all are black."""
    highest = np.where(np.isfinite(numbers), numbers, 0).max(initial=0)
    return 0 if highest <= 0 else 1 if highest <= 1 else 255


def _to_bytes(numbers: np.ndarray, most: int) -> np.ndarray:
    return np.rint(numbers * np.float32(255 / (most or 255))).astype(np.uint8)
