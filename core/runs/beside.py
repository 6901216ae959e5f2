"""Small files beside the runs, each of which names some of them: a race, an experiment."""

import contextlib
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from core.errors import RunError, StorageError
from core.files import is_settled, read_json, write_json, writing_to
from core.people import acting
from core.people.person import PeopleError
from core.runs.run import Run
from core.runs.store import RunStore

Named = TypeVar("Named")
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")


class Beside(Generic[Named]):
    """The files of one kind: JSON in a folder among the runs, called by their ids.

    read  (store, id) -> what is kept; raises RunError where it cannot be read
    """

    def __init__(self, folder: str, read: Callable[[RunStore, str], Named]):
        self.folder, self._read = folder, read
        self._listed: dict[Path, tuple[int, list[Named]]] = {}  # folder -> its time then, what was there

    def stored(self, store: RunStore, name: str) -> dict[str, Any]:
        """The values in the file of that id; none where there is no such file."""
        return read_json(self._path(store, name)) if _ID.fullmatch(name) else {}

    def all(self, store: RunStore) -> list[Named]:
        """The newest first; a file that cannot be read is passed over.

        Read again when one came or went, which changes the time of their folder.
        """
        folder = store.folder / self.folder
        try:
            changed = folder.stat().st_mtime_ns
        except OSError:
            return []
        known = self._listed.get(folder)
        if known and known[0] == changed:
            return list(known[1])
        found = []
        for path in sorted(folder.glob("*.json"), reverse=True):
            with contextlib.suppress(RunError):
                found.append(self._read(store, path.stem))
        if is_settled(changed):
            self._listed[folder] = (changed, found)
        return list(found)

    def write(self, store: RunStore, name: str, values: dict[str, Any]) -> None:
        """A new file is that of whoever acts, and no other person changes it; raises PeopleError, StorageError."""
        self.check_yours(store, name)
        path = self._path(store, name)
        with writing_to(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        owner = self.owner(store, name) if path.exists() else acting.owner()
        write_json(path, {**values, "owner": owner})

    def remove(self, store: RunStore, name: str) -> None:
        """Raises PeopleError where it is somebody else's, StorageError."""
        self.check_yours(store, name)
        with writing_to(self._path(store, name)):
            self._path(store, name).unlink(missing_ok=True)

    def owner(self, store: RunStore, name: str) -> str:
        """The id of the person whose it is; "" the machine's."""
        owner = self.stored(store, name).get("owner", "")
        return owner if isinstance(owner, str) else ""

    def disown_all(self, store: RunStore) -> None:
        """Makes all files the machine's; raises PeopleError, StorageError."""
        for path in (store.folder / self.folder).glob("*.json"):
            stored = self.stored(store, path.stem)
            if stored.get("owner"):
                self.check_yours(store, path.stem)
                write_json(path, {**stored, "owner": ""})

    def check_yours(self, store: RunStore, name: str) -> None:
        """Raises PeopleError where a file is there and whoever acts may not change it."""
        if self._path(store, name).exists():
            acting.check(self.owner(store, name), name)

    def _path(self, store: RunStore, name: str) -> Path:
        return store.folder / self.folder / f"{name}.json"


def new_id(now: float) -> str:
    """An id that sorts by time."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{secrets.token_hex(3)}"


@contextlib.contextmanager
def all_or_none(store: RunStore) -> Iterator[list[Run]]:
    """The runs that are begun within; where the disk is full in the middle, or too many wait, none of them trains."""
    began: list[Run] = []
    try:
        yield began
    except (StorageError, PeopleError):
        for run in began:
            with contextlib.suppress(StorageError, RunError):
                run.ask_to_stop()
                store.delete(run)
        raise
