"""How much one person of a class may keep on the machine that all share."""

from collections.abc import Iterable
from pathlib import Path

from core.people import classroom
from core.people.acting import acting
from core.people.person import PeopleError


def check_datasets(folders: Iterable[Path], more: int) -> None:
    """Raises PeopleError where the datasets of a pupil would keep more than each may; others are not asked.

    folders  of their datasets
    more     bytes that would come
    """
    room, person = classroom.current(), acting()
    if room is None or person is None or person.teacher:
        return
    kept = more + sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
    if kept > room.disk_each * 1e9:
        raise PeopleError(
            "Your datasets would keep {size} GB, more than each may. Delete one that you do not need, on the Images "
            "page.",
            size=round(kept / 1e9, 2),
        )
