"""The lines of a table of pixels, one by one; no line is believed."""

import codecs
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.data.reading.decode import Refused
from core.data.reading.folders.class_folders import Split, split_of
from core.data.reading.tables.columns import FILES, NUMBER, Columns, cells_of, columns_of
from core.data.reading.tables.from_idx import opened
from core.data.reading.understanding import Understanding
from core.errors import DataError

MOST_LINE = 16 * 2**20  # bytes; a picture of 1,000×1,000 in colour has 12 million
MOST_UNPACKED = 8 * 2**30  # bytes of a table
MOST_ABOUT = 12  # columns of a table about pictures; one of pixels has more
LOOKED_AT, LOOKED_AT_BYTES = 200, 1 << 22  # of the first lines, from which the columns are recognised

_DECIMAL_COMMA = re.compile(r"(\d),(\d)")


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

    def __init__(self, path: Path, understanding: Understanding | None = None):
        self.path = path
        self._packed_size = max(path.stat().st_size, 1)
        self.fraction = 0.0  # of the file that was read so far
        head = self._head()
        columns = columns_of(head, understanding or Understanding())
        if columns is None:
            raise self._no_pixels(head)
        self.columns = columns

    def rows(self) -> Iterator[tuple[int, Row | Refused]]:
        """The number of each line, counted from 1, and what is in it; empty lines are passed over."""
        for line, text in self._lines():
            if text.strip() and line >= self.columns.first:
                try:
                    yield line, _row(line, text, self.columns)
                except Refused as refusal:
                    yield line, refusal

    def _head(self) -> list[str]:
        lines, size = [], 0
        for number, text in self._lines():
            lines.append(text)
            size += len(text)
            if number == LOOKED_AT or size > LOOKED_AT_BYTES:
                break
        return lines

    def _lines(self) -> Iterator[tuple[int, str]]:
        total = 0
        with opened(self.path) as stream:
            raw = getattr(stream, "fileobj", stream)  # what a gzip file is read from
            read_line = _reader_of(stream)
            for line in range(1, MOST_UNPACKED):
                try:
                    text = read_line(MOST_LINE + 1)
                except (OSError, EOFError, zlib.error, UnicodeError) as error:
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
            file=self.path.name,
            reason=reason,
        )

    def _no_pixels(self, head: list[str]) -> DataError:
        """Why it is no table of pixels; a table that names pictures is told from others."""
        names = re.split("[,;\t]", head[0].casefold()) if head else []
        if len(names) <= MOST_ABOUT and {*FILES, "id"} & set(names):
            return without_pictures(self.path)
        return DataError(
            "{file} is not a table of pixels; expected a column with the label, and either one column for each "
            "pixel or a column called pixels with all of them between spaces. Its first columns are {columns}. "
            "Save it in this form, as CSV in UTF-8.",
            file=self.path.name,
            columns=(head[0] if head else "–")[:80],
        )


def without_pictures(path: Path) -> DataError:
    """What is said of a table that only names pictures."""
    return DataError(
        "{file} names pictures, and holds none. Put it into the folder or zip with these pictures, and choose that.",
        file=path.name,
    )


def _reader_of(stream: IO[bytes]) -> Callable[[int], bytes]:
    """Reads a line as UTF-8 bytes; spreadsheets also save UTF-16."""
    mark = stream.read(2)
    stream.seek(0)
    if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        lines = codecs.getreader("utf-16")(stream)
        return lambda size: lines.readline(size).encode()
    return stream.readline


def _decoded(line: bytes, number: int) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return line.decode("latin-1").rstrip("\r\n")  # an older spreadsheet; only its labels matter


def _row(line: int, text: str, columns: Columns) -> Row:
    if "\0" in text:
        raise Refused("it has zero bytes in it; save the table as CSV in UTF-8")
    cells = cells_of(text, columns.separator)
    if len(cells) != columns.total:
        raise Refused(
            "it has {n} columns, and the first line has {expected}; give all lines as many",
            n=len(cells),
            expected=columns.total,
        )
    numbers = cells[columns.pixels[0]].split() if columns.packed else [cells[place] for place in columns.pixels]
    pixels = columns.between.join(numbers)
    if columns.separator != ",":
        pixels = _DECIMAL_COMMA.sub(r"\1.\2", pixels)
    return Row(line, _label(cells, columns), _split(cells, columns), pixels, len(numbers))


def _label(cells: list[str], columns: Columns) -> str:
    if columns.one_hot:
        names = [name for place, name in columns.one_hot if NUMBER.fullmatch(cells[place]) and float(cells[place]) == 1]
        if len(names) != 1:
            raise Refused("it belongs to {n} classes; expected a single 1 among them", n=len(names))
        return names[0]
    label = cells[columns.label].strip()
    if NUMBER.fullmatch(label) and float(label).is_integer() and not label.lstrip("+-").isdigit():
        return str(int(float(label)))  # 3.0 where a table once had a gap, 3e0 from NumPy
    return label


def _split(cells: list[str], columns: Columns) -> Split | None:
    if columns.split is None:
        return None
    split = split_of(cells[columns.split])
    if split is None:
        text = cells[columns.split].strip()[:40]
        raise Refused('its split is "{split}"; expected train, validation or test', split=text)
    return split
