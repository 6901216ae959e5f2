"""Which columns of a table hold the label, the split and the pixels: from its header and its first rows."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.data.reading.decode import Refused
from core.data.reading.folders.class_folders import split_of
from core.data.reading.tables.raw_arrays import side_of
from core.data.reading.understanding import Choice, Understanding
from core.errors import N_

SMALLEST_SIDE = 4  # pixels; less is not a picture but a table of something else

LABELS = ("label", "labels", "class", "choice", "emotion", "target", "y")  # "choice" is Label Studio's
SPLITS = ("usage", "split", "set", "subset")
PIXELS = ("pixels", "pixel")
FILES = ("filename", "file", "file_name", "image", "image_id", "image_name", "img", "path", "name")
PASSED_OVER = ("", "id", "index", "unnamed: 0", *FILES)  # numbers of rows, which spreadsheets and pandas add

NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
_PIXEL_NAME = re.compile(r"(pixels?|px|p|x|f|feature|attr)?[ _]?\d+([x_.]\d+)?", re.IGNORECASE)
Rows = Sequence[Sequence[str]]

_MANGLED = re.compile(r"-?\d+\.([1-9]\d*)")  # what pandas makes of a second and third column of one name
_SEPARATOR = re.compile(r"sep=(.)\s*")  # a first line for a spreadsheet program


@dataclass(frozen=True)
class Columns:
    """Where the label, the split (None: nowhere) and the pixels are; `packed` where one column holds all pixels.

    one_hot  (place, name) of columns of which one is 1: its name is the label, and `label` is not looked at
    first    the number of the first line with a picture
    """

    separator: str
    total: int
    label: int
    split: int | None
    pixels: tuple[int, ...]
    packed: bool
    one_hot: tuple[tuple[int, str], ...] = ()
    first: int = 1

    @property
    def between(self) -> str:
        """What is between two numbers in `Row.pixels`."""
        return " " if self.packed else self.separator


def columns_of(lines: Sequence[str], understanding: Understanding) -> Columns | None:
    """What the first lines tell; None where they are not those of a table of pixels. Asks `header`, `label-column`."""
    first, separator = _start(lines)
    rows = [cells for line in lines[first:] if line.strip() and (cells := _cells(line, separator))]
    if not rows:
        return None
    header = _has_header(rows, understanding)
    body = [row for row in rows[header:] if len(row) == len(rows[0])]
    columns = _named(rows[0], body, understanding) if header else _unnamed(body, understanding)
    if columns is None or (not columns.packed and side_of(len(columns.pixels)) < SMALLEST_SIDE):
        return None
    return replace(columns, separator=separator, total=len(rows[0]), first=first + header + 1)


def cells_of(text: str, separator: str) -> list[str]:
    """The cells of one line; raises Refused where its quotation marks do not match."""
    if '"' not in text:
        return text.split(separator)
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise Refused("its quotation marks do not match; write each picture on one line") from error


def _cells(line: str, separator: str) -> list[str]:
    """None where the line is broken, which is said when its turn comes."""
    try:
        return [cell.strip() for cell in cells_of(line, separator)]
    except Refused:
        return []


def _start(lines: Sequence[str]) -> tuple[int, str]:
    """(lines before the table, what separates its cells)."""
    said = _SEPARATOR.fullmatch(lines[0]) if lines else None
    if said:
        return 1, said[1]
    return 0, max(";,\t", key=lines[0].count) if lines else ","


def _has_header(rows: Rows, understanding: Understanding) -> bool:
    """Whether the first row names the columns; asked where it holds only numbers that look like names."""
    names = [cell.casefold() for cell in rows[0]]
    if {*LABELS, *PIXELS} & set(names) or not any(is_number(cell) or _is_packed(cell) for cell in rows[0]):
        return True
    if not all(map(is_number, rows[0])):
        return sum(bool(_PIXEL_NAME.fullmatch(name)) for name in names) > len(names) / 2 and not _looks_like_data(rows)
    if len(rows) < 2 or not _is_mangled(rows[0]):
        return False
    choices = [
        Choice("yes", N_("it names the columns: {first} …"), {"first": ", ".join(rows[0][:5])}),
        Choice("no", N_("it is a picture of the class {label}"), {"label": rows[0][0]}),
    ]
    return understanding.ask("header", N_("What is the first line of the table?"), choices) == "yes"


def _looks_like_data(rows: Rows) -> bool:
    """A label in words, and numbers, as in the rows below."""
    return len(rows) > 1 and [is_number(cell) for cell in rows[0]] == [is_number(cell) for cell in rows[1]]


def _is_mangled(cells: Sequence[str]) -> bool:
    """0, 0, 0.1, 0.2, 0.3 …: a row of equal numbers that was taken for names once, and numbered."""
    numbers = [int(match[1]) for cell in cells if (match := _MANGLED.fullmatch(cell))]
    return len(numbers) > len(cells) / 2 and numbers == sorted(numbers) and len(set(numbers)) > len(numbers) / 2


def _named(header: Sequence[str], body: Rows, understanding: Understanding) -> Columns | None:
    names = [cell.casefold() for cell in header]
    split, packed = _first(names, SPLITS), _first(names, PIXELS)
    rest = [place for place, name in enumerate(names) if place not in (split, packed) and name not in PASSED_OVER]
    if not rest:
        return None
    known = next((place for word in LABELS for place in rest if names[place] == word), None)
    numbered = [place for place in rest if place != known and _PIXEL_NAME.fullmatch(names[place])]
    if known is None and packed is None and side_of(len(numbered)) >= SMALLEST_SIDE:
        return _labelled_beside(header, body, [place for place in rest if place not in numbered], numbered, split)
    label = rest[0] if known is None else known
    pixels = tuple(place for place in rest if place != label) if packed is None else (packed,)
    return Columns("", 0, label, split, pixels, packed is not None)


def _labelled_beside(
    header: Sequence[str],
    body: Rows,
    others: Sequence[int],
    pixels: Sequence[int],
    split: int | None,
) -> Columns | None:
    """Pixels that are numbered, and one other column, or several of which one is 1 in each row."""
    if not others:
        return None  # a test set without its labels
    columns = Columns("", 0, others[0], split, tuple(pixels), False)
    if len(others) == 1:
        return columns
    if all(_is_one_hot([row[place] for place in others]) for row in body):
        return replace(columns, one_hot=tuple((place, header[place]) for place in others))
    return None


def _is_one_hot(cells: Sequence[str]) -> bool:
    return all(map(is_number, cells)) and sorted(map(float, cells)) == [0.0] * (len(cells) - 1) + [1.0]


def _unnamed(body: Rows, understanding: Understanding) -> Columns | None:
    cells = body[0] if body else []
    split = next((place for place, cell in enumerate(cells) if place and split_of(cell)), None)
    packed = next((place for place, cell in enumerate(cells) if _is_packed(cell)), None)
    rest = [place for place in range(len(cells)) if place not in (split, packed)]
    if not rest:
        return None
    label = _first_or_last(body, rest, understanding) if packed is None else rest[0]
    pixels = tuple(place for place in rest if place != label) if packed is None else (packed,)
    return Columns("", 0, label, split, pixels, packed is not None)


def _first_or_last(body: Rows, rest: Sequence[int], understanding: Understanding) -> int:
    """The column of labels in a table without names: the first as a rule, the last where only that has few values."""
    values = {place: [row[place] for row in body] for place in (rest[0], rest[-1])}
    few = [place for place, column in values.items() if 1 < len(set(column)) <= max(2, len(column) // 2)]
    whole = [place for place in few if all(not is_number(cell) or float(cell).is_integer() for cell in values[place])]
    likely = rest[-1] if whole == [rest[-1]] else rest[0]
    if len(body) < 2 or len(rest) < 2 or rest[-1] not in whole:
        return likely
    words = {rest[0]: "first", rest[-1]: "last"}
    choices = [
        Choice("first", N_("the first column: {names}"), {"names": some(values[rest[0]])}),
        Choice("last", N_("the last column: {names}"), {"names": some(values[rest[-1]])}),
    ]
    if likely == rest[-1]:
        choices.reverse()
    question = N_("Which column holds the labels?")
    answer = understanding.ask("label-column", question, choices, open=likely == rest[0] and rest[0] not in whole)
    return next(place for place, word in words.items() if word == answer)


def some(labels: Sequence[str]) -> str:
    """A few of the labels, to be shown."""
    names = list(dict.fromkeys(label.strip() for label in labels))
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "")


def _first(names: Sequence[str], words: Sequence[str]) -> int | None:
    return next((place for word in words for place, name in enumerate(names) if name == word), None)


def is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


def _is_packed(cell: str) -> bool:
    numbers = cell.split()
    return len(numbers) >= SMALLEST_SIDE**2 and all(map(is_number, numbers[:20]))
