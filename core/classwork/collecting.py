"""A collection: the dataset that a class puts together, with classes set by the teacher.

`.class/collections/ID/collection.json` holds what the teacher has set; the pictures lie beside it (`giving`). One goes
on at a time: the next takes the place of one that was withdrawn.
"""

import itertools
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data.drafts import LONGEST_NAME
from core.data.imported import LONGEST_NAME as LONGEST_TITLE
from core.errors import DataError
from core.files import read_json, says, write_json, writing_to
from core.people import acting
from core.people.classroom import Classroom
from core.pictures.resize import check_size
from core.scratch import remove

WAYS = ("camera", "files", "drawing")
FEWEST, MOST = 2, 20  # classes
MOST_EACH, MB_EACH = 200, 20.0  # pictures of one person, and what they may keep of the disk
MANIFEST = "collection.json"

_FACTS = {"title": str, "classes": list, "size": int, "colour": str, "ways": list, "open": bool, "begun": (int, float)}


@dataclass(frozen=True)
class Collection:
    """What the teacher has set.

    classes    the number of each -> its name, in the teacher's order; the number stays when the name changes
    size       pixels a side of the dataset that is made;  colour "rgb" or "grey"
    ways       how pictures come in, of WAYS
    open       whether pictures are taken
    most_each, mb_each   how many pictures one person may give, and how many MB these may have
    datasets   "apart" and "chance" -> the id of the dataset that was made of it so
    """

    folder: Path
    title: str
    classes: Mapping[int, str]
    size: int = 64
    colour: str = "rgb"
    ways: tuple[str, ...] = WAYS
    open: bool = True
    begun: float = 0.0
    most_each: int = MOST_EACH
    mb_each: float = MB_EACH
    datasets: Mapping[str, str] = field(default_factory=dict)

    @property
    def channels(self) -> int:
        return 1 if self.colour == "grey" else 3


def begin(
    room: Classroom, title: str, names: Sequence[str], size: int = 64, colour: str = "rgb", ways: Sequence[str] = WAYS
) -> Collection:
    """Begins to collect; what was withdrawn before is deleted for good.

    Raises PeopleError for a pupil, DataError, SettingError, StorageError.
    """
    acting.check("", "class")
    if current(room):
        raise DataError("Something is being collected already. Withdraw it first, then begin the next.")
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise DataError("A dataset needs a name of 1 to {most} characters; choose one.", most=LONGEST_TITLE)
    check_size(size)
    names, ways = _tidy(names), [way for way in WAYS if way in ways]
    if not ways:
        raise DataError("Choose at least one way to give pictures: camera, files or drawing.")
    for folder in _folders(room):
        remove(folder)
    folder = _home(room) / secrets.token_hex(8)
    with writing_to(folder):
        folder.mkdir(parents=True)
    facts = {"title": title, "classes": [*enumerate(names)], "size": size, "colour": colour, "ways": ways}
    write_json(folder / MANIFEST, {**facts, "open": True, "begun": time.time()})
    return _known(folder)


def current(room: Classroom) -> Collection | None:
    """What is being collected, or was and is closed; None where nothing is."""
    return next((_read(path) for path in _folders(room) if _read(path) and not _withdrawn(path)), None)


def withdrawn(room: Classroom) -> Collection | None:
    """The one that was withdrawn last, while it can be brought back."""
    return next((_read(path) for path in _folders(room) if _read(path) and _withdrawn(path)), None)


def turn(collection: Collection, opened: bool) -> None:
    """Opens it or closes it; raises PeopleError for a pupil, StorageError."""
    change(collection, open=opened)


def withdraw(collection: Collection, back: bool = False) -> None:
    """Takes it from all screens, or brings it back; datasets that were made of it stay.

    Raises PeopleError for a pupil, StorageError.
    """
    change(collection, withdrawn=0.0 if back else time.time())


def set_limits(collection: Collection, most_each: int, mb_each: float) -> None:
    """Of each person; raises PeopleError for a pupil, StorageError."""
    change(collection, most_each=max(1, int(most_each)), mb_each=max(0.1, float(mb_each)))


def set_ways(collection: Collection, ways: Sequence[str]) -> None:
    """Raises PeopleError for a pupil, DataError where none is left, StorageError."""
    chosen = [way for way in WAYS if way in ways]
    if not chosen:
        raise DataError("Choose at least one way to give pictures: camera, files or drawing.")
    change(collection, ways=chosen)


def set_classes(collection: Collection, names: Sequence[str], filled: Sequence[int]) -> None:
    """The classes from now on: a name that takes the place of another keeps its pictures, further ones are added.

    filled  the numbers of the classes that have pictures, which may not be left out
    Raises PeopleError for a pupil, DataError where pictures would be lost, StorageError.
    """
    acting.check("", "class")
    names = _tidy(names)
    before = list(collection.classes.items())
    number_of = {name: number for number, name in before if name in names}
    if len(names) >= len(before):  # further ones come at the end
        for (number, old), new in zip(before, names, strict=False):
            if old not in names and new not in number_of:
                number_of[new] = number
    used = {*collection.classes} if collection.datasets else {*filled}  # a dataset counts all of its classes
    lost = [name for number, name in before if number in used and number not in number_of.values()]
    if lost:
        raise DataError(
            "{names} cannot be left out: pictures were given. Give it another name, or reject its pictures.",
            names=", ".join(lost),
        )
    free = itertools.count(max(collection.classes) + 1)
    for name in names:
        if name not in number_of:
            number_of[name] = next(free)
    change(collection, classes=[[number_of[name], name] for name in names])


def change(collection: Collection, **facts: Any) -> None:
    """Keeps what the teacher sets; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    path = collection.folder / MANIFEST
    write_json(path, {**read_json(path), **facts})


def again(collection: Collection) -> Collection:
    """The same as it is set by now; raises DataError where it is gone."""
    return _known(collection.folder)


def _known(folder: Path) -> Collection:
    found = _read(folder)
    if found is None or _withdrawn(folder):
        raise DataError("Nothing is collected any more. Ask your teacher.")
    return found


def _read(folder: Path) -> Collection | None:
    stored = read_json(folder / MANIFEST)
    pairs = stored.get("classes", [])
    if not says(stored, _FACTS) or not all(isinstance(one, list) and len(one) == 2 for one in pairs):
        return None
    return Collection(
        folder,
        stored["title"],
        {int(number): str(name) for number, name in pairs},
        stored["size"],
        stored["colour"],
        tuple(way for way in WAYS if way in stored["ways"]),
        stored["open"],
        float(stored["begun"]),
        int(stored.get("most_each", MOST_EACH)),
        float(stored.get("mb_each", MB_EACH)),
        {str(kind): str(name) for kind, name in dict(stored.get("datasets", {})).items()},
    )


def _withdrawn(folder: Path) -> float:
    return float(read_json(folder / MANIFEST).get("withdrawn") or 0)


def _folders(room: Classroom) -> list[Path]:
    """Of all there are on the disk, the newest first."""
    return sorted(_home(room).glob("*"), key=lambda path: -float(read_json(path / MANIFEST).get("begun", 0)))


def _home(room: Classroom) -> Path:
    return room.folder / "collections"


def _tidy(names: Sequence[str]) -> list[str]:
    tidy = [" ".join(name.split())[:LONGEST_NAME] for name in names if name.strip()]
    if not FEWEST <= len(set(tidy)) == len(tidy) <= MOST or not all(map(str.isprintable, tidy)):
        raise DataError(
            "A collection needs {fewest} to {most} classes, each with a name of its own.", fewest=FEWEST, most=MOST
        )
    return tidy
