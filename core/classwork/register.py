"""What a class has handed in, as one table and one zip: whose it is, what it came to, what was said of it."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from core.classwork import handed_in
from core.classwork.handed_in import HandedIn
from core.people.classroom import Classroom
from core.runs.index import index
from core.runs.run import Run
from core.runs.store import RunStore

COLUMNS = (
    *("person", "title", "subject", "handed_in", "times", "late", "runs", "dataset", "architecture"),
    *("epochs", "val_accuracy", "n_validation", "test_accuracy", "n_test", "words", "comment"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet takes text for something to reckon


def rows(store: RunStore, room: Classroom) -> list[dict[str, str]]:
    """One line a page, the newest first; figures are those of its first run. Raises PeopleError for a pupil."""
    names = {person.id: person.name for person in room.people()}
    return [_row(store, names[one.person], one) for one in handed_in.collected(room)]


def table(store: RunStore, room: Classroom) -> bytes:
    """The same as CSV, UTF-8 with a mark by which spreadsheets know it; no cell is taken for a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows({name: _as_text(value) for name, value in row.items()} for row in rows(store, room))
    return text.getvalue().encode("utf-8-sig")


def pack(store: RunStore, room: Classroom, file: BinaryIO) -> None:
    """All pages and the table as a zip; raises PeopleError for a pupil."""
    names = {person.id: person.name for person in room.people()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", table(store, room))
        taken: set[str] = set()
        for one in handed_in.collected(room):
            archive.writestr(_file_name(names[one.person], one.title, taken), handed_in.page(room, one))


def _row(store: RunStore, name: str, one: HandedIn) -> dict[str, str]:
    row = {
        "person": name,
        "title": one.title,
        "subject": one.subject,
        "handed_in": datetime.fromtimestamp(one.at).isoformat(sep=" ", timespec="seconds"),
        "times": str(one.times),
        "late": "yes" if one.late else "",
        "runs": " ".join(one.runs),
        "words": one.words,
        "comment": one.comment,
    }
    run = next((Run(store.folder / run) for run in one.runs if (store.folder / run).is_dir()), None)
    if run is None:  # deleted meanwhile: the page stays
        return dict.fromkeys(COLUMNS, "") | row
    known = index(store.folder).row(run)
    figures = {name: getattr(known, name) for name in COLUMNS if name not in row}
    return row | {name: "" if value is None else str(value) for name, value in figures.items()}


def _as_text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _file_name(person: str, title: str, taken: set[str]) -> str:
    """A name that any system can write, and none twice."""
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", f"{person} - {title}").strip(". ")[:100] or "_"
    name, number = f"{plain}.html", 2
    while name.casefold() in taken:
        name, number = f"{plain} ({number}).html", number + 1
    taken.add(name.casefold())
    return name


def missing(room: Classroom, handed: Sequence[HandedIn]) -> list[str]:
    """Nicknames of the pupils who have handed in none of these."""
    there = {one.person for one in handed}
    return [person.name for person in room.people() if not person.teacher and person.id not in there]
