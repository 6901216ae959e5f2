"""Pictures that people give to a collection: one file each, written whole, in a folder of their giver.

`pictures/PERSON/STATE-CLASS-BURST-TIME-MARK.EXT`: whatever is known of a picture stands in its name, so that thirty
who give at once share no file, and a state changes by one renaming. Kept is what was decoded and written anew, made
smaller: nothing of the file that came, no place and no camera.
"""

import hashlib
import io
import re
import secrets
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from core.classwork.collecting import Collection, again
from core.data.reading.decode import Refused, open_picture
from core.errors import DataError, FitscopeError
from core.files import is_settled, write_whole, writing_to
from core.people import acting
from core.people.classroom import Classroom
from core.people.person import PeopleError
from core.scratch import remove

State = Literal["shown", "hidden", "rejected", "taken"]
"""hidden: out of sight and of the dataset until it is shown again; rejected: its giver is told, and may give another;
taken: back, by whoever gave it."""

MOST_BYTES = 20 * 2**20  # of a file that comes
LONGEST = 256  # pixels: twice what a dataset can have
QUALITY = 92  # of a JPEG
_NAME = re.compile(r"(shown|hidden|rejected|taken)-(\d+)-([0-9a-f]{12})-(\d+)-([0-9a-f]{16})\.(?:png|jpg)")
_PERSON = re.compile(r"[0-9a-f]{12}")

_locks: dict[Path, threading.Lock] = {}  # of one giver: what they may keep is counted and written in one go
_making_locks = threading.Lock()
_read: dict[Path, tuple[int, list["Picture"]]] = {}  # folder of a giver -> its time then, what was in it


@dataclass(frozen=True)
class Picture:
    """One that was given.

    giver   the id of a person        label  the number of its class
    burst   what was taken in one go   when   nanoseconds since 1970
    mark    of its content; the same picture of the same person has the same
    """

    path: Path
    giver: str
    label: int
    burst: str
    when: int
    mark: str
    state: State

    @property
    def id(self) -> str:
        """Stays when its state changes."""
        return f"{self.giver}-{self.when}-{self.mark}"


@dataclass(frozen=True)
class Given:
    """What became of pictures that came together.

    kept     how many are new        same  how many were given to that class before
    refused  (place among them from 0, why)
    """

    kept: int
    same: int
    refused: tuple[tuple[int, FitscopeError], ...] = ()


def give(room: Classroom, collection: Collection, label: int, contents: Sequence[bytes], way: str, burst: str) -> Given:
    """Whoever acts gives pictures to a class; what cannot be read or is too much is refused, the rest is kept.

    burst  names what was taken in one go, for instance one press of a camera's button; any text
    Raises PeopleError for somebody who is not of the class, DataError where it is closed or has no such class or way,
    StorageError.
    """
    person = acting.acting()
    if person is None or not person.id or room.person(person.id) is None:
        raise PeopleError("You are not in this class, or not any more. Join it again, then go on.")
    _check_open(again(collection), label, way)
    home = _home(collection) / person.id
    with writing_to(home):
        home.mkdir(parents=True, exist_ok=True)
    kept = same = 0
    refused: list[tuple[int, FitscopeError]] = []
    for place, content in enumerate(contents):
        try:
            made, ending = _written_anew(content)
            with _lock(home):
                now = again(collection)  # it may have been closed meanwhile
                _check_open(now, label, way)
                is_new = _keep(home, now, label, burst, made, ending)
            kept, same = kept + is_new, same + (not is_new)
        except (Refused, DataError) as error:
            refused.append((place, error))
    return Given(kept, same, tuple(refused))


def mine(collection: Collection) -> list[Picture]:
    """What whoever acts has given, in order: of those that the teacher hid or rejected only that there are some."""
    person = acting.acting()
    return [] if person is None or not _PERSON.fullmatch(person.id) else _of(_home(collection) / person.id)


def every(collection: Collection) -> list[Picture]:
    """All pictures, in the order in which they came; raises PeopleError for a pupil."""
    acting.check("", "class")
    return everybodys(collection)


def everybodys(collection: Collection) -> list[Picture]:
    """The same for what counts them; whose and how many is no secret, what they show is (`content`)."""
    home = _home(collection)
    folders = [path for path in home.iterdir() if _PERSON.fullmatch(path.name)] if home.is_dir() else []
    return sorted((one for folder in folders for one in _of(folder)), key=lambda one: one.when)


def kept(room: Classroom) -> int:
    """How many pictures of collections lie on the disk, whatever their state."""
    return sum(1 for path in (room.folder / "collections").glob("*/pictures/*/*") if _NAME.fullmatch(path.name))


def content(picture: Picture) -> bytes:
    """The file of a picture: of their own for a pupil, while it is not hidden, and of all for the teacher.

    Raises PeopleError, DataError where it is gone.
    """
    found = _now(picture)
    acting.check(picture.giver if found.state in ("shown", "taken") else "", picture.id)
    try:
        return found.path.read_bytes()
    except OSError as error:
        raise _gone() from error


def take_back(pictures: Sequence[Picture]) -> None:
    """Whoever gave them takes them back; until the next are taken, `put_back` undoes it. Raises PeopleError."""
    for picture in pictures:
        acting.check(picture.giver, picture.id)
    for home in {picture.path.parent for picture in pictures}:
        with _lock(home):
            for earlier in _of(home):
                if earlier.state == "taken":
                    remove(earlier.path)
    for picture in pictures:
        _turn(picture, "taken", only_from=("shown",))


def put_back(collection: Collection) -> None:
    """Undoes what whoever acts took back last; raises DataError where that is more than they may give."""
    for picture in mine(collection):
        if picture.state == "taken":
            with _lock(picture.path.parent):
                _check_room(picture.path.parent, again(collection), 0)
            _turn(picture, "shown", only_from=("taken",))


def moderate(pictures: Iterable[Picture], state: State) -> None:
    """The teacher hides, rejects or shows pictures; what was taken back stays so. Raises PeopleError for a pupil."""
    acting.check("", "class")
    for picture in pictures:
        _turn(picture, state, only_from=("shown", "hidden", "rejected"))


def _turn(picture: Picture, state: State, only_from: Sequence[State]) -> None:
    with _lock(picture.path.parent), writing_to(picture.path):
        found = _now(picture)
        if found.state in only_from:
            found.path.rename(found.path.with_name(found.path.name.replace(found.state, state, 1)))


def _keep(home: Path, collection: Collection, label: int, burst: str, made: bytes, ending: str) -> bool:
    """Writes one of a giver, whose lock is held; False where they gave the very same to that class before."""
    mark = hashlib.sha256(made).hexdigest()[:16]
    if any(one.mark == mark and one.label == label and one.state != "taken" for one in _of(home)):
        return False
    _check_room(home, collection, len(made))
    of_burst = hashlib.sha256(f"{home.name} {burst or secrets.token_hex(8)}".encode()).hexdigest()[:12]
    name = f"shown-{label}-{of_burst}-{time.time_ns()}-{mark}.{ending}"
    write_whole(home / name, lambda file: file.write(made))
    return True


def _check_open(collection: Collection, label: int, way: str) -> None:
    if not collection.open:
        raise DataError("The collection is closed; ask your teacher.")
    if label not in collection.classes:
        raise DataError("This class is not among those of the collection any more. Choose another.")
    if way not in collection.ways:
        raise DataError("Pictures do not come in that way now. Choose another, or ask your teacher.")


def _check_room(home: Path, collection: Collection, more: int) -> None:
    """Raises DataError where a giver has given as much as they may."""
    there = [one for one in _of(home) if one.state in ("shown", "hidden")]
    if len(there) >= collection.most_each:
        raise DataError(
            "You have given {n} pictures, as many as each may. Take some back, then give others.", n=len(there)
        )
    size = sum(one.path.stat().st_size for one in there)
    if size + more > collection.mb_each * 1e6:
        raise DataError("Your pictures have {mb} MB, as many as each may. Take some back.", mb=round(size / 1e6, 1))


def _written_anew(content: bytes) -> tuple[bytes, str]:
    """The bytes and the ending of what is kept; raises Refused."""
    if len(content) > MOST_BYTES:
        raise Refused("it has more than {mb} MB; make it smaller", mb=MOST_BYTES // 2**20)
    picture = open_picture(content, at_least=LONGEST // 2)
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.BICUBIC, reducing_gap=3.0)
    clean = Image.frombytes(picture.mode, picture.size, picture.tobytes())  # its pixels, and nothing that hangs on them
    if clean.getcolors(256):  # drawn: few colours, which JPEG would blur
        return _encoded(clean, "PNG"), "png"
    return _encoded(clean, "JPEG", quality=QUALITY), "jpg"


def _encoded(picture: Image.Image, form: str, **options: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def _now(picture: Picture) -> Picture:
    """The same with the state that it has by now; raises DataError where it is gone."""
    found = next((one for one in _of(picture.path.parent) if one.id == picture.id), None)
    if found is None:
        raise _gone()
    return found


def _gone() -> DataError:
    return DataError("This picture was taken back meanwhile. Look at the others.")


def _of(home: Path) -> list[Picture]:
    """What one person has given, in order; read again when their folder has changed, which each picture changes."""
    try:
        changed = home.stat().st_mtime_ns
    except OSError:
        return []
    known = _read.get(home)
    if known and known[0] == changed:
        return known[1]
    names = [path.name for path in home.iterdir()]
    found = [(name, _NAME.fullmatch(name)) for name in names]
    pictures = [
        Picture(home / name, home.name, int(said[2]), said[3], int(said[4]), said[5], said[1])  # type: ignore[arg-type]
        for name, said in found
        if said
    ]
    pictures.sort(key=lambda one: one.when)
    if is_settled(changed):
        _read[home] = (changed, pictures)
    return pictures


def _home(collection: Collection) -> Path:
    return collection.folder / "pictures"


def _lock(home: Path) -> threading.Lock:
    with _making_locks:
        return _locks.setdefault(home, threading.Lock())
