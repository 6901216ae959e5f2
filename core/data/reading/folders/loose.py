"""Pictures that lie in no class folders: their labels stand in a table beside them, or in their own names."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.data.reading.archives.found_files import Found
from core.data.reading.decode import Refused
from core.data.reading.folders import label_studio
from core.data.reading.folders.capitals import Spelling, keep_case_of
from core.data.reading.folders.class_folders import Place, Split, split_of, split_within
from core.data.reading.folders.levels import PICTURES, wrapper
from core.data.reading.tables.columns import LABELS, some
from core.data.reading.tables.columns import SPLITS as SPLIT_COLUMNS
from core.data.reading.understanding import Choice, Understanding
from core.errors import N_

MOST_TABLE = 32 * 2**20  # bytes
TABLES = (".csv", ".tsv", ".txt", ".json")
MOST_TABLES = 20
MATCHING = 0.5  # of the rows of a table of labels name a picture
MOST_LABELS = 1000
FEWEST = 2  # pictures of each class, where the names of the files are to be their labels

# The label in the name of a file: cat-!-12.jpg of a browser tool, cat.1.jpg and cat.3.a7f.jpg, cat_12.jpg, cat (3).jpg.
SCHEMES = {
    "name-before-mark": re.compile(r"(.+)-!-.*"),
    "name-before-dot": re.compile(r"([^.]*[^.\d\W][^.]*)\..+"),
    "name-before-number": re.compile(r"(.*[^\W\d_])[\s_\-(]*\d+\)?"),
}


class Labels(Protocol):
    """Says where a file belongs.

    tables  the files in which the labels stand: they are no pictures that would be refused
    """

    tables: frozenset[str]

    def place(self, name: str) -> Place | Refused: ...


def are_loose(pictures: Sequence[str]) -> bool:
    """Whether the pictures lie in no folders but those of splits, or one called images."""
    folders = [_folders(name) for name in pictures]
    around = wrapper(folders)
    below = [parts[len(around) :] for parts in folders]
    return bool(pictures) and all(
        not parts or (len(parts) == 1 and (split_within(parts[0]) or parts[0].casefold() in PICTURES))
        for parts in below
    )


def labels_of(pictures: Sequence[str], files: Iterable[Found], understanding: Understanding) -> Labels | None:
    """The labels of loose pictures: from tables, else from their names; None where there are none. Asks `labels`."""
    tables = _tables(pictures, files, understanding)
    return _Tables(tables, understanding) if tables else _in_names(pictures, understanding)


# In tables


@dataclass(frozen=True)
class _Table:
    """A table of labels: the name of a picture, whole, without folders or without its ending -> (label, split)."""

    file: str
    rows: Mapping[str, tuple[str, Split | None]]

    @property
    def folder(self) -> str:
        """Where its pictures lie, with the last slash."""
        return self.file[: self.file.rfind("/") + 1]


class _Tables:
    def __init__(self, tables: Sequence[_Table], understanding: Understanding):
        self.tables = frozenset(table.file for table in tables)
        self._tables = sorted(tables, key=lambda table: -len(table.folder))  # the nearest first
        labels = [label for table in tables for label, _split in table.rows.values()]
        self._spelling = Spelling(keep_case_of(labels, understanding))

    def place(self, name: str) -> Place | Refused:
        for table in self._tables:
            if name.startswith(table.folder):
                row = next((table.rows[key] for key in _keys(name[len(table.folder) :]) if key in table.rows), None)
                if row:
                    return self._labelled(name, *row)
        return Refused("the table of labels does not name it")

    def _labelled(self, name: str, text: str, split: Split | None) -> Place | Refused:
        try:
            return Place(split or _split_of_folders(name), self._spelling.label(text))
        except Refused as refusal:
            return refusal


def _tables(pictures: Sequence[str], files: Iterable[Found], understanding: Understanding) -> list[_Table]:
    keys = {key for name in pictures for key in (name, *_keys(name))}
    found = []
    for file in files:
        if file.refusal is None and file.name.lower().endswith(TABLES) and file.size <= MOST_TABLE:
            table = _table(file, keys, understanding)
            if table:
                found.append(table)
        if len(found) == MOST_TABLES:
            break
    return found


def _table(file: Found, pictures: set[str], understanding: Understanding) -> _Table | None:
    """The table, if most of its rows name a picture."""
    rows = _rows(file)
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    header, body = [cell.strip() for cell in rows[0]], [row for row in rows[1:] if len(row) == len(rows[0])]
    named = [sum(_named(row[column], pictures) is not None for row in body) for column in range(len(header))]
    if not body or max(named) < MATCHING * len(body):
        return None
    column = named.index(max(named))
    split = next((place for place, word in enumerate(header) if word.casefold() in SPLIT_COLUMNS), None)
    others = [place for place in range(len(header)) if place not in (column, split)]
    label = _label_reader(file.name, header, body, others, understanding)
    if label is None:
        return None
    labelled = {
        _named(row[column], pictures): (label(row), None if split is None else split_of(row[split])) for row in body
    }
    return _Table(file.name, {name: row for name, row in labelled.items() if name and row[0]})


def _rows(file: Found) -> list[list[str]]:
    if file.name.lower().endswith(".json"):
        return _exported(file)
    try:
        text = file.read().decode("utf-8-sig")
    except (Refused, UnicodeDecodeError):
        return []
    first = text.partition("\n")[0]
    try:
        return list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
    except csv.Error:
        return []


def _exported(file: Found) -> list[list[str]]:
    try:
        return label_studio.rows_of(file.read())
    except (Refused, AttributeError, KeyError, TypeError):  # another JSON than it seemed to be
        return []


def _label_reader(
    table: str,
    header: Sequence[str],
    body: Sequence[Sequence[str]],
    others: Sequence[int],
    understanding: Understanding,
) -> Callable[[Sequence[str]], str] | None:
    """What gives the label of a row: a column, or the only 1 of several; asks `label-column`."""
    if len(others) > 1 and all(row[place].strip() in ("0", "1", "0.0", "1.0") for row in body for place in others):
        return lambda row: _only_one([header[place] for place in others if row[place].strip().startswith("1")])
    columns = [place for place in others if 1 < len({row[place] for row in body}) <= MOST_LABELS]
    columns.sort(key=lambda place: (header[place].casefold() not in LABELS, len({row[place] for row in body})))
    if not columns:
        return None
    choices = [_column_choice(header[place], [row[place] for row in body]) for place in columns]
    sure = len(columns) == 1 or header[columns[0]].casefold() in LABELS
    answer = understanding.ask("label-column", N_("Which column holds the labels?"), choices, open=not sure)
    chosen = next(place for place in columns if header[place] == answer)
    return lambda row: row[chosen].strip()


def _column_choice(name: str, labels: Sequence[str]) -> Choice:
    return Choice(name, N_("column {column}: {names}"), {"column": name, "names": some(labels)})


def _only_one(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ""  # several labels, or none: the picture is left out


def _named(cell: str, pictures: set[str]) -> str | None:
    """The picture that a cell names: by its path, or as much of its end as there is here; None where there is none."""
    path = cell.strip()
    if path in pictures:
        return path
    parts = label_studio.path_of(path).split("/")
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((end for end in ends if end in pictures), None)


def _keys(name: str) -> tuple[str, str, str]:
    base = name.rpartition("/")[2]
    return name, base, _stem(base)


# In names


class _InNames:
    tables: frozenset[str] = frozenset()

    def __init__(self, scheme: re.Pattern[str], keep_case: bool):
        self._scheme, self._spelling = scheme, Spelling(keep_case)

    def place(self, name: str) -> Place | Refused:
        label = _label_in(name, self._scheme)
        try:
            return Place(_split_of_folders(name), self._spelling.label(label)) if label else _unlabelled()
        except Refused as refusal:
            return refusal


def _in_names(pictures: Sequence[str], understanding: Understanding) -> Labels | None:
    for option, scheme in SCHEMES.items():
        labels = Counter(_label_in(name, scheme) for name in pictures)
        if "" not in labels and 1 < len(labels) <= MOST_LABELS and min(labels.values()) >= FEWEST:
            choices = [
                Choice(option, N_("from the names of the files: {names}"), {"names": some(list(labels))}),
                Choice("none", N_("there are none")),
            ]
            question = N_("Where are the labels?")
            answer = understanding.ask("labels", question, choices, open=option == "name-before-number")
            return _InNames(scheme, keep_case_of(labels, understanding)) if answer == option else None
    return None


def _label_in(name: str, scheme: re.Pattern[str]) -> str:
    match = scheme.fullmatch(_stem(name.rpartition("/")[2]))
    return match[1].strip() if match else ""


def _unlabelled() -> Refused:
    return Refused("its name does not begin with its class, as the others' do")


def _split_of_folders(name: str) -> Split | None:
    return next((split for folder in reversed(_folders(name)) if (split := split_within(folder))), None)


def _folders(name: str) -> tuple[str, ...]:
    return tuple(part for part in name.split("/")[:-1] if part)


def _stem(base: str) -> str:
    return base.rpartition(".")[0] or base
