"""`GET /api/class/collecting/events`: how many pictures of each class there are by now, counted once for all readers.

since, lang  as for the board. Everybody hears of all and of their own; who gave how many only the teacher.
"""

import hashlib
import json
import threading
import time
from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.classwork import collecting, giving
from core.classwork.collecting import Collection
from core.people import acting, classroom
from core.people.classroom import Classroom
from core.people.person import Person
from dashboard.live import told
from dashboard.live.route import events_at
from dashboard.server.api import Address
from dashboard.server.api_form import Problem

_looking = threading.Lock()
_counted: dict[str, tuple[float, Collection | None, Counter[tuple[str, int]]]] = {}  # folder of the class -> when, what


def news(room: Classroom, person: Person) -> dict[str, Any]:
    """What one reader is told: the classes with `all` and `mine`; for the teacher the people, most first."""
    collection, counts = _look(room)
    if collection is None:
        return {"sign": "", "classes": [], "people": []}
    classes = [
        {
            "label": label,
            "name": name,
            "all": sum(n for (_giver, of), n in counts.items() if of == label),
            "mine": counts[person.id, label],
        }
        for label, name in collection.classes.items()
    ]
    told_of = {"sign": sign(collection), "classes": classes, "people": []}
    if person.teacher:
        known = {one.id: one.name for one in room.people()}
        givers = {giver for giver, _label in counts} | {one.id for one in room.people() if not one.teacher}
        rows = [(known.get(giver, "–"), [counts[giver, label] for label in collection.classes]) for giver in givers]
        told_of["people"] = [
            {"name": name, "counts": each} for name, each in sorted(rows, key=lambda row: (-sum(row[1]), row[0]))
        ]
    return told_of


def sign(collection: Collection | None) -> str:
    """Changes with what the teacher sets: a page that knows another one is drawn anew."""
    if collection is None:
        return ""
    facts = [collection.folder.name, collection.title, collection.open, collection.ways, [*collection.classes.items()]]
    return hashlib.blake2b(json.dumps(facts).encode(), digest_size=6).hexdigest()


def look(room: Classroom, person: Person) -> tuple[bytes, str]:
    """The message for one reader, and a mark that changes with it."""
    said = news(room, person)
    mark = hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()
    return json.dumps({"place": mark, "phase": "curves", **said}, ensure_ascii=False).encode(), mark


def _look(room: Classroom) -> tuple[Collection | None, Counter[tuple[str, int]]]:
    """The collection, and (giver, class) -> pictures that are shown."""
    key = str(room.folder)
    with _looking:
        known = _counted.get(key)
        if known and time.monotonic() - known[0] < told.LOOK_SECONDS:
            return known[1:]
        collection = collecting.current(room)
        pictures = giving.everybodys(collection) if collection else []
        counts = Counter((one.giver, one.label) for one in pictures if one.state == "shown")
        _counted[key] = time.monotonic(), collection, counts
        return collection, counts


def forget(room: Classroom) -> None:
    """The next look counts anew: somebody has just changed something, and wants to see it."""
    with _looking:
        _counted.pop(str(room.folder), None)


async def events(request: Request) -> Response:
    """Raises Problem where there is no class."""
    room, person = classroom.current(), acting.acting()
    if room is None or person is None:
        raise Problem(404, "There is no class here.")
    return await told.answer(request, lambda: look(room, person), lambda: room.person(person.id) is not None)


route = Route("/api/class/collecting/events", Address(GET=events))


def address(language: str, base: str) -> str:
    """Where the browser asks; `base` is the path under which the server is reached."""
    return events_at("class/collecting", language, base)
