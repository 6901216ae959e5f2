"""The lines of a table of pixels: which columns hold the label, the split and the pixels; no line is believed."""

import csv
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data.reading.class_folders import Split, split_of
from core.data.reading.decode import Refused
from core.data.reading.from_idx import opened
from core.data.reading.raw_arrays import side_of
from core.errors import DataError

MOST_LINE = 16 * 2**20  # bytes; a picture of 1,000×1,000 in colour has 12 million
MOST_UNPACKED = 8 * 2**30  # bytes of a table
SMALLEST_SIDE = 4  # pixels; less is not a picture but a table of something else

LABELS = ("label", "labels", "class", "emotion", "target", "y")
SPLITS = ("usage", "split", "set", "subset")
PIXELS = ("pixels", "pixel")
PASSED_OVER = ("", "id", "index", "unnamed: 0")  # numbers of rows, which spreadsheets and pandas add

NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
_WHOLE = re.compile(r"([-+]?\d+)\.0+")  # labels 3 become 3.0 where a table once had a gap


@dataclass(frozen=True)
class Columns:
    """Where the label, the split (None: nowhere) and the pixels are; `packed` where one column holds all pixels."""

    separator: str
    total: int
    label: int
    split: int | None
    pixels: tuple[int, ...]
    packed: bool
    header: bool

    @property
    def between(self) -> str:
        """What is between two numbers in `Row.pixels`."""
        return " " if self.packed else self.separator


@dataclass(frozen=True)
class Row:
    """One line, its `n` pixels still as text."""

    line: int
    label: str
    split: Split | None
    pixels: str
    n: int


class Table:
    """A table of pixels in a file, packed with gzip or not; raises DataError where it is none, or damaged."""

    def __init__(self, path: Path):
        self.path = path
        self._packed_size = max(path.stat().st_size, 1)
        self.fraction = 0.0  # of the file that was read so far
        columns = _columns(next(self._lines(), (1, ""))[1])
        if columns is None:
            raise DataError(
                "{file} is not a table of pixels; expected a column with the label, and either one column for each "
                "pixel or a column called pixels with all of them between spaces. Save it in this form, as CSV in "
                "UTF-8.",
                file=path,
            )
        self.columns = columns

    def rows(self) -> Iterator[tuple[int, Row | Refused]]:
        """The number of each line, counted from 1, and what is in it; empty lines are passed over."""
        for line, text in self._lines():
            if text.strip() and not (line == 1 and self.columns.header):
                try:
                    yield line, _row(line, text, self.columns)
                except Refused as refusal:
                    yield line, refusal

    def _lines(self) -> Iterator[tuple[int, str]]:
        total = 0
        with opened(self.path) as stream:
            raw = getattr(stream, "fileobj", stream)  # what a gzip file is read from
            for line in range(1, MOST_UNPACKED):
                try:
                    text = stream.readline(MOST_LINE + 1)
                except (OSError, EOFError, zlib.error) as error:
                    raise self._damaged(str(error)) from error
                total += len(text)
                if len(text) > MOST_LINE or total > MOST_UNPACKED:
                    raise self._damaged(f"> {MOST_LINE >> 20} MB / > {MOST_UNPACKED >> 30} GB")
                if not text:
                    return
                self.fraction = min(raw.tell() / self._packed_size, 1.0)
                yield line, _decoded(text, line)

    def _damaged(self, reason: str) -> DataError:
        return DataError(
            "{file} cannot be read to its end ({reason}). Copy it again, or save it as CSV in UTF-8.",
            file=self.path,
            reason=reason,
        )


def _decoded(line: bytes, number: int) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return line.decode("latin-1").rstrip("\r\n")  # an older spreadsheet; only its labels matter


def _cells(text: str, separator: str) -> list[str]:
    if '"' not in text:
        return text.split(separator)
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise Refused("its quotation marks do not match; write each picture on one line") from error


def _columns(first: str) -> Columns | None:
    """What the first line tells; None where it is not that of a table of pixels."""
    separator = max(",;\t", key=first.count)
    try:
        cells = [cell.strip() for cell in _cells(first, separator)]
    except Refused:
        return None
    names = [cell.casefold() for cell in cells]
    header = bool({*LABELS, *PIXELS} & set(names)) or not any(_is_number(cell) or _is_packed(cell) for cell in cells)
    places = _named_columns(names) if header else _unnamed_columns(cells)
    if places is None:
        return None
    label, split, pixels, packed = places
    if not packed and side_of(len(pixels)) < SMALLEST_SIDE:
        return None
    return Columns(separator, len(cells), label, split, pixels, packed, header)


Places = tuple[int, int | None, tuple[int, ...], bool]


def _named_columns(names: Sequence[str]) -> Places | None:
    split = _first(names, SPLITS)
    packed = _first(names, PIXELS)
    rest = [place for place, name in enumerate(names) if place not in (split, packed) and name not in PASSED_OVER]
    if not rest:
        return None
    label = next((place for word in LABELS for place in rest if names[place] == word), rest[0])
    pixels = tuple(place for place in rest if place != label) if packed is None else (packed,)
    return label, split, pixels, packed is not None


def _unnamed_columns(cells: Sequence[str]) -> Places | None:
    split = next((place for place, cell in enumerate(cells) if place and split_of(cell)), None)
    packed = next((place for place, cell in enumerate(cells) if _is_packed(cell)), None)
    rest = [place for place in range(len(cells)) if place not in (split, packed)]
    if not rest:
        return None
    pixels = tuple(rest[1:]) if packed is None else (packed,)
    return rest[0], split, pixels, packed is not None


def _first(names: Sequence[str], words: Sequence[str]) -> int | None:
    return next((place for word in words for place, name in enumerate(names) if name == word), None)


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


def _is_packed(cell: str) -> bool:
    numbers = cell.split()
    return len(numbers) >= SMALLEST_SIDE**2 and all(map(_is_number, numbers[:20]))


def _row(line: int, text: str, columns: Columns) -> Row:
    if "\0" in text:
        raise Refused("it has zero bytes in it; save the table as CSV in UTF-8")
    cells = _cells(text, columns.separator)
    if len(cells) != columns.total:
        raise Refused(
            "it has {n} columns, and the first line has {expected}; give all lines as many",
            n=len(cells),
            expected=columns.total,
        )
    numbers = cells[columns.pixels[0]].split() if columns.packed else [cells[place] for place in columns.pixels]
    split = None if columns.split is None else split_of(cells[columns.split])
    if columns.split is not None and split is None:
        raise Refused(
            'its split is "{split}"; expected train, validation or test', split=cells[columns.split].strip()[:40]
        )
    label = cells[columns.label].strip()
    whole = _WHOLE.fullmatch(label)
    return Row(line, whole[1] if whole else label, split, columns.between.join(numbers), len(numbers))
