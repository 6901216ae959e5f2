"""The time that a class has for what it does: counted down on every screen, with more for whoever needs more."""

import time

from core.errors import DataError
from core.people import acting
from core.people.classroom import Classroom
from core.people.person import Person

MOST_MINUTES = 600.0


def begin(room: Classroom, minutes: float) -> None:
    """Everybody has so many minutes from now; earlier extra time is forgotten. Raises PeopleError, DataError."""
    acting.check("", "class")
    _check(minutes)
    room.change(until=time.time() + 60 * minutes, extra_minutes={})


def add(room: Classroom, minutes: float) -> None:
    """So many more for everybody, from now where the time is up; raises PeopleError, DataError, StorageError."""
    acting.check("", "class")
    _check(minutes)
    until = _until(room)
    if until is not None:
        room.change(until=max(until, time.time()) + 60 * minutes)


def add_for(room: Classroom, person: Person, minutes: float) -> None:
    """So many more for one person, beside the others' time; raises PeopleError, DataError, StorageError."""
    acting.check("", "class")
    _check(minutes)
    extra = _extra(room)
    room.change(extra_minutes={**extra, person.id: extra.get(person.id, 0.0) + minutes})


def stop(room: Classroom) -> None:
    """Nobody's time is counted any more; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    room.change(until=None, extra_minutes={})


def ends_at(room: Classroom, person_id: str = "") -> float | None:
    """When the time is up, seconds since 1970; None where none is counted.

    person_id  whose; "" for those without extra time
    """
    until = _until(room)
    return None if until is None else until + 60 * _extra(room).get(person_id, 0.0)


def seconds_left(room: Classroom, person_id: str = "") -> float | None:
    """Seconds until then, below 0 once it is up; None where none is counted."""
    ends = ends_at(room, person_id)
    return None if ends is None else ends - time.time()


def extra(room: Classroom, person_id: str) -> float:
    """How many minutes more somebody has."""
    return _extra(room).get(person_id, 0.0)


def _until(room: Classroom) -> float | None:
    until = room.said("until")
    return float(until) if isinstance(until, int | float) and not isinstance(until, bool) else None


def _extra(room: Classroom) -> dict[str, float]:
    stored = room.said("extra_minutes")
    given = stored.items() if isinstance(stored, dict) else ()
    return {str(person): float(minutes) for person, minutes in given if isinstance(minutes, int | float)}


def _check(minutes: float) -> None:
    if not 0 < minutes <= MOST_MINUTES:
        raise DataError("Give 1 to {most} minutes.", most=int(MOST_MINUTES))
