"""Pages that were handed in: one file each for a person and a subject, with a comment that goes back.

`.class/handed/PERSON/MARK.html` is the page, `.json` beside it what is known of it. The page is made here, of the run's
own figures; nobody uploads one.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.classwork import clock
from core.files import read_json, says, write_json, write_whole, writing_to
from core.people import acting
from core.people.classroom import Classroom
from core.people.person import PeopleError

MOST_EACH, MOST_BYTES = 50, 20_000_000  # pages of one person, bytes of one page
LONGEST_COMMENT = 2000  # characters
_FILE = {"person": str, "subject": str, "title": str, "words": str, "runs": list, "at": (int, float), "times": int}
_FILE |= {"late": bool, "comment": str}


@dataclass(frozen=True)
class HandedIn:
    """One page.

    person   the id of whoever handed it in
    subject  what it is about: "run:ID", "race:ID", "lesson:NAME"
    words    what they have to say of it
    runs     ids of the runs it tells of
    at       when, seconds since 1970; `times`: how often, the last counts
    late     whether their time was up
    comment  the teacher's; "" for none
    """

    person: str
    subject: str
    title: str
    words: str
    runs: tuple[str, ...]
    at: float
    times: int = 1
    late: bool = False
    comment: str = ""


def hand_in(room: Classroom, subject: str, title: str, page: bytes, runs: Sequence[str], words: str) -> HandedIn:
    """Keeps a page of whoever acts, in place of the one about the same; a comment stays.

    page  the whole file, HTML in UTF-8
    Raises PeopleError for nobody of the class, or too many or too large ones; StorageError.
    """
    person = acting.owner()
    if not person or room.person(person) is None:
        raise PeopleError("Only people of the class hand in. Join it first.")
    earlier = of(room, person)
    before = next((one for one in earlier if one.subject == subject), None)
    if (before is None and len(earlier) >= MOST_EACH) or len(page) > MOST_BYTES:
        raise PeopleError(
            "That is more than {most} pages, or a page is too large. Take some back first.", most=MOST_EACH
        )
    left = clock.seconds_left(room, person)
    made = HandedIn(person, subject, title, words, tuple(runs), time.time(), late=left is not None and left < 0)
    if before:
        made = replace(made, times=before.times + 1, comment=before.comment)
    path = _path(room, person, subject)
    with writing_to(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path.with_suffix(".html"), lambda file: file.write(page))
    write_json(path, asdict(made))
    return made


def take_back(room: Classroom, subject: str) -> None:
    """Whoever acts has not handed that in; raises PeopleError, StorageError."""
    path = _path(room, acting.owner(), subject)
    with writing_to(path):
        for one in (path, path.with_suffix(".html")):
            one.unlink(missing_ok=True)


def comment(room: Classroom, handed: HandedIn, text: str) -> None:
    """Goes back to whoever handed it in; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    path = _path(room, handed.person, handed.subject)
    stored = _read(path)
    if stored is None:
        raise PeopleError("This page was taken back.")
    write_json(path, asdict(replace(stored, comment=text.strip()[:LONGEST_COMMENT])))


def collected(room: Classroom) -> list[HandedIn]:
    """Everybody's, the newest first; raises PeopleError for a pupil."""
    acting.check("", "class")
    found = [one for person in room.people() for one in of(room, person.id)]
    return sorted(found, key=lambda one: -one.at)


def of(room: Classroom, person_id: str) -> list[HandedIn]:
    """What somebody has handed in, the newest first."""
    paths = (room.folder / "handed" / person_id).glob("*.json")
    return sorted((one for path in paths if (one := _read(path))), key=lambda one: -one.at)


def kept(room: Classroom) -> int:
    """How many pages lie on the disk, also of those who were taken out."""
    return sum(1 for _path in (room.folder / "handed").glob("*/*.json"))


def page(room: Classroom, handed: HandedIn) -> bytes:
    """The file; raises PeopleError where it is somebody else's, or was taken back."""
    acting.check(handed.person, "page")
    try:
        return _path(room, handed.person, handed.subject).with_suffix(".html").read_bytes()
    except FileNotFoundError:
        raise PeopleError("This page was taken back.") from None


def _path(room: Classroom, person_id: str, subject: str) -> Path:
    mark = hashlib.blake2b(subject.encode(), digest_size=8).hexdigest()  # whatever a lesson is called
    return room.folder / "handed" / person_id / f"{mark}.json"


def _read(path: Path) -> HandedIn | None:
    stored: dict[str, Any] = read_json(path)
    if not says(stored, _FILE):
        return None
    return HandedIn(**{**{name: stored[name] for name in _FILE}, "runs": tuple(map(str, stored["runs"]))})
