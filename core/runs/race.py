"""A race: two to six runs that differ in a few settings and are begun together. A file beside the runs names them.

The runs are ordinary ones: deleting a race leaves them, and a run that was deleted is missing in its race.
"""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import RunError, SettingError
from core.files import says
from core.recipe.config import TrainingConfig
from core.runs.beside import Beside, all_or_none, new_id
from core.runs.prediction import Prediction
from core.runs.run import ACTIVE, Run
from core.runs.store import RunStore

LETTERS = "ABCDEF"  # of the runs of a race, in their order
FEWEST, MOST = 2, len(LETTERS)
FOLDER = ".races"

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
    with all_or_none(store) as began:
        for recipe, called in zip(recipes, names, strict=True):
            began.append(store.create(recipe, called, prediction=None if began else prediction))
        now = time.time()
        race = Race(new_id(now), name, now, tuple(run.id for run in began), lesson, guess)
        _write(store, race)
    return race


def race(store: RunStore, race_id: str) -> Race:
    """The race of that id; raises RunError where there is none."""
    stored = _files.stored(store, race_id)
    if not says(stored, _FILE) or not all(isinstance(run, str) for run in stored["runs"]):
        raise RunError("There is no race called {race} here. The Race page lists those that there are.", race=race_id)
    return Race(race_id, stored["name"], stored["created"], tuple(stored["runs"]), stored["lesson"], stored["guess"])


_files = Beside(FOLDER, race)


def races(store: RunStore) -> list[Race]:
    """All races, the newest first; a file that cannot be read is passed over."""
    return _files.all(store)


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
    _files.remove(store, race.id)


def restore(store: RunStore, race: Race) -> None:
    """Brings one back that was forgotten; raises StorageError."""
    _write(store, race)


def owner(store: RunStore, race: Race) -> str:
    """The id of the person whose it is; "" the machine's."""
    return _files.owner(store, race.id)


def disown_all(store: RunStore) -> None:
    """Makes all races the machine's; raises PeopleError, StorageError."""
    _files.disown_all(store)


def as_file(race: Race) -> dict[str, Any]:
    """What is written of a race, but whose it is."""
    return {name: value for name, value in asdict(race).items() if name != "id"}


def _write(store: RunStore, race: Race) -> None:
    _files.write(store, race.id, as_file(race))
