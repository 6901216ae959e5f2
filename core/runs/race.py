"""A race: two to six runs that differ in a few settings and are begun together. A file beside the runs names them.

The runs are ordinary ones: deleting a race leaves them, and a run that was deleted is missing in its race.
"""

import contextlib
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import RunError, SettingError, StorageError
from core.files import read_json, says, write_json, writing_to
from core.recipe.config import TrainingConfig
from core.runs.prediction import Prediction
from core.runs.run import ACTIVE, Run
from core.runs.store import RunStore, is_settled

LETTERS = "ABCDEF"  # of the runs of a race, in their order
FEWEST, MOST = 2, len(LETTERS)
FOLDER = ".races"

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
_FILE = {"name": str, "created": (int, float), "runs": list, "lesson": str, "guess": str}


@dataclass(frozen=True)
class Race:
    """What is kept of a race.

    created  seconds since 1970
    runs     the ids of A, B, C …
    lesson   the name of the lesson that it belongs to, or ""
    guess    the letter that somebody expected to win, "=" for none of them beyond luck, "" where nobody said
    """

    id: str
    name: str
    created: float
    runs: tuple[str, ...]
    lesson: str = ""
    guess: str = ""


_listed: dict[Path, tuple[int, list[Race]]] = {}  # folder -> its time when it was listed, and the races in it


def start(
    store: RunStore,
    recipes: Sequence[TrainingConfig],
    names: Sequence[str],
    name: str,
    lesson: str = "",
    guess: str = "",
    prediction: Prediction | None = None,
) -> Race:
    """Queues a run of each recipe, called by `names`, one after the other; raises SettingError, StorageError.

    prediction  what was said before, kept with the first run
    """
    if not FEWEST <= len(recipes) <= MOST:
        raise SettingError("A race has {fewest} to {most} runs, not {n}.", fewest=FEWEST, most=MOST, n=len(recipes))
    began: list[Run] = []
    try:
        for recipe, called in zip(recipes, names, strict=True):
            began.append(store.create(recipe, called, prediction=None if began else prediction))
        now = time.time()
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
        race = Race(f"{stamp}-{secrets.token_hex(3)}", name, now, tuple(run.id for run in began), lesson, guess)
        _write(store, race)
    except StorageError:  # a disk that is full in the middle: no half of a race trains
        for run in began:
            with contextlib.suppress(StorageError, RunError):
                run.ask_to_stop()
                store.delete(run)
        raise
    return race


def race(store: RunStore, race_id: str) -> Race:
    """The race of that id; raises RunError where there is none."""
    stored = read_json(_path(store, race_id)) if _ID.fullmatch(race_id) else {}
    if not says(stored, _FILE) or not all(isinstance(run, str) for run in stored["runs"]):
        raise RunError("There is no race called {race} here. The Race page lists those that there are.", race=race_id)
    return Race(race_id, stored["name"], stored["created"], tuple(stored["runs"]), stored["lesson"], stored["guess"])


def races(store: RunStore) -> list[Race]:
    """All races, the newest first; a file that cannot be read is passed over.

    Read again when one was begun or forgotten, which changes the time of their folder.
    """
    folder = store.folder / FOLDER
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return []
    known = _listed.get(folder)
    if known and known[0] == changed:
        return list(known[1])
    found = []
    for path in sorted(folder.glob("*.json"), reverse=True):
        with contextlib.suppress(RunError):
            found.append(race(store, path.stem))
    if is_settled(changed):
        _listed[folder] = (changed, found)
    return list(found)


def runs_of(store: RunStore, race: Race) -> dict[str, Run]:
    """letter -> run, of those that are still there."""
    found = {}
    for letter, run_id in zip(LETTERS, race.runs, strict=False):
        with contextlib.suppress(RunError):
            found[letter] = store.get(run_id)
    return found


def stop(store: RunStore, race: Race) -> None:
    """Asks those that wait or train to stop; raises StorageError."""
    for run in runs_of(store, race).values():
        if run.state in ACTIVE:
            run.ask_to_stop()


def remove(store: RunStore, race: Race) -> None:
    """Forgets a race; its runs stay. Raises StorageError."""
    with writing_to(_path(store, race.id)):
        _path(store, race.id).unlink(missing_ok=True)


def restore(store: RunStore, race: Race) -> None:
    """Brings one back that was forgotten; raises StorageError."""
    _write(store, race)


def _write(store: RunStore, race: Race) -> None:
    folder = store.folder / FOLDER
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_json(_path(store, race.id), {name: value for name, value in asdict(race).items() if name != "id"})


def _path(store: RunStore, race_id: str) -> Path:
    return store.folder / FOLDER / f"{race_id}.json"
