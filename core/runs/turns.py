"""Whose turn it is: people take turns, and of each the oldest run goes first; a teacher's goes before all.

Alone on a machine there is one person, so the oldest run goes first. When somebody was served last is kept in the
memory of whoever runs the queue: after a start everybody is as if served never, which is fair too.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from core.people import classroom
from core.people.acting import acting
from core.people.person import PeopleError
from core.runs import cost
from core.runs.index import Row
from core.runs.run import Run

_served: dict[Path, dict[str, float]] = {}  # folder of runs -> id of a person -> when their last run began


def in_turn(waiting: Iterable[Run]) -> list[Run]:
    """The waiting runs, the next one first."""
    oldest_first = sorted(waiting, key=lambda run: (run.queued_at, run.id))
    if len(oldest_first) < 2:
        return oldest_first
    owners = [run.meta.owner for run in oldest_first]
    served = _served.get(oldest_first[0].folder.parent, {})
    return [oldest_first[place] for place in round_robin(owners, served, _teachers())]


def round_robin(owners: Sequence[str], served: Mapping[str, float], first: Iterable[str] = ()) -> list[int]:
    """In which order places are served whose owners are given, the oldest first.

    served  owner -> when they were served last; who never was comes first
    first   owners who go before all others
    """
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, owner in enumerate(owners):
        places[owner].append(place)
    order: list[int] = []
    ahead = [place for owner in first for place in places.pop(owner, ())]
    order += sorted(ahead)
    turns = sorted(places, key=lambda owner: (served.get(owner, 0.0), places[owner][0]))
    while turns:
        order += [places[owner].popleft() for owner in turns]
        turns = [owner for owner in turns if places[owner]]
    return order


def may_begin(run: Run) -> bool:
    """Whether it is no pupil's, or the teacher has not paused the queue."""
    room = classroom.current()
    return room is None or not room.paused or run.meta.owner in ("", *_teachers())


def note_start(run: Run) -> None:
    """Its owner has had a turn."""
    _served.setdefault(run.folder.parent, {})[run.meta.owner] = time.time()


def expected_waits(
    queue: Iterable[Run],
    at_work: Iterable[Run],
    at_once: Callable[[Run], int] = lambda _run: 1,
    foretold: Callable[[Run], cost.Foretold | None] = cost.foretold,
) -> list[float | None]:
    """Seconds until each of the queue begins; None from where it is not known how long one before it takes.

    queue     the waiting runs, the next one first
    at_work   those that train now
    at_once   how many such as a run train at the same time
    foretold  what is expected of a run
    """

    def after(wait: float | None, run: Run, trained: float = 0.0) -> float | None:
        """The wait for what comes after a run that has trained for some seconds."""
        known = None if wait is None else foretold(run)
        return None if wait is None or known is None else wait + max(0.0, known.seconds - trained) / at_once(run)

    total: float | None = 0.0
    for run in at_work:
        total = after(total, run, time.time() - run.attempts[-1]["at"])
    waits = []
    for run in queue:
        waits.append(total)
        total = after(total, run)
    return waits


def check_room(rows: Iterable[Row], owner: str) -> None:
    """Raises PeopleError where as many runs of one of the class wait as may, or keep as much.

    rows  of all runs
    """
    room, person = classroom.current(), acting()
    if room is None or person is None or person.teacher:
        return
    theirs = [row for row in rows if row.owner == owner]
    waiting = sum(row.state == "queued" for row in theirs)
    if waiting >= room.waiting_each:
        raise PeopleError("{n} of your runs wait already. Wait until some are done, or stop some of them.", n=waiting)
    check_disk(theirs, owner)


def check_disk(rows: Iterable[Row], owner: str, more: int = 0) -> None:
    """Raises PeopleError where the runs of one of the class keep as much as they may, or would with so many bytes more.

    rows  of all runs
    """
    room, person = classroom.current(), acting()
    if room is None or person is None or person.teacher:
        return
    kept = sum(row.kept for row in rows if row.owner == owner)
    if more and kept + more > room.disk_each * 1e9:
        raise PeopleError(
            "That is {size} GB with what your runs keep, more than each may. Delete some that you do not need, on the "
            "Runs page.",
            size=round((kept + more) / 1e9, 1),
        )
    if kept >= room.disk_each * 1e9:
        raise PeopleError(
            "Your runs keep {size} GB, as much as each may. Delete some that you do not need, on the Runs page.",
            size=round(kept / 1e9, 1),
        )


def _teachers() -> list[str]:
    room = classroom.current()
    return [person.id for person in room.people() if person.teacher] if room else []
