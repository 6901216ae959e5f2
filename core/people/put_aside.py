"""What somebody of a class had chosen before the teacher locked the settings, in a file of theirs beside the class.

`.class/aside/ID.json` holds links of recipes, the oldest first. It goes with the class.
"""

from collections.abc import Mapping, Sequence

from core.files import read_json, write_json, writing_to
from core.people.classroom import Classroom
from core.people.person import Person

MOST = 3  # recipes of one person: they may have several pages open
Link = Mapping[str, str]


def of(room: Classroom, person: Person) -> list[dict[str, str]]:
    """The links, name -> text, of recipes that wait to be brought back."""
    kept = read_json(room.folder / "aside" / f"{person.id}.json").get("recipes")
    return [{str(name): str(text) for name, text in link.items()} for link in kept or [] if isinstance(link, dict)]


def put(room: Classroom, person: Person, link: Link) -> None:
    """One more, once; the oldest of many makes room. Raises StorageError."""
    kept = of(room, person)
    if dict(link) not in kept:
        _write(room, person, [*kept, link][-MOST:])


def take_up(room: Classroom, person: Person, link: Link) -> None:
    """It stands in a form again. Raises StorageError."""
    _write(room, person, [one for one in of(room, person) if one != dict(link)])


def forget(room: Classroom, person: Person) -> None:
    """None waits any more. Raises StorageError."""
    if of(room, person):
        _write(room, person, [])


def kept(room: Classroom) -> int:
    """How many recipes of the whole class wait."""
    files = (room.folder / "aside").glob("*.json")
    return sum(len(read_json(path).get("recipes") or []) for path in files)


def _write(room: Classroom, person: Person, links: Sequence[Link]) -> None:
    path = room.folder / "aside" / f"{person.id}.json"
    with writing_to(path):
        path.parent.mkdir(exist_ok=True)
    write_json(path, {"recipes": [dict(link) for link in links]})
