"""How fast each network learns on this machine: by earlier runs of it, or by a short try.

Work is counted in images learnt from; to score one takes a third of that (`core/training/scored.py`).
"""

import functools
import itertools
import json
import statistics
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import RunError
from core.files import read_json, says, write_json, writing_to
from core.recipe import architectures
from core.recipe.config import TrainingConfig, settings
from core.recipe.differences import given
from core.runs.cost import took, used
from core.runs.history import History
from core.runs.run import Run
from core.runs.store import RunStore

FILE = ".paces.json"
NEWEST = 50  # runs that are looked at
EPOCH_SECONDS = 0.05  # of an epoch besides its images: a checkpoint is written, a compiled function called


@dataclass(frozen=True)
class Pace:
    """How a network learns here.

    seconds  for each image of work
    memory   bytes that its worker needs; None where that is not known
    cores    processor seconds a second; None where it was not trained
    """

    seconds: float
    memory: int | None = None
    cores: float | None = None


@dataclass(frozen=True)
class Paces:
    """What is known of the networks of this machine; `key` says which is which.

    trained  by runs
    tried    by a short try or its multiply-adds
    around   seconds of a run besides its epochs, by the newest that were not interrupted; empty where there is none
    """

    trained: Mapping[str, Pace]
    tried: Mapping[str, Pace]
    around: tuple[float, ...]

    def of(self, recipe: TrainingConfig) -> Pace | None:
        """None where its network was neither trained nor tried here."""
        return self.trained.get(key(recipe)) or self.tried.get(key(recipe))


def paces(store: RunStore) -> Paces:
    """What runs and tries have told."""
    known, around = _of_runs(store)
    return Paces(known, _tried(store), around)


def trained(store: RunStore) -> Mapping[str, Pace]:
    """What runs alone have told: without a look at any file while none of them has changed."""
    return _of_runs(store)[0]


def _of_runs(store: RunStore) -> tuple[dict[str, Pace], tuple[float, ...]]:
    return _read(store, store.signs() or (time.time_ns(), 0))


def keep(store: RunStore, tried: Mapping[str, Pace]) -> None:
    """Writes down what tries have told, beside what is known of other networks; raises StorageError."""
    with writing_to(store.folder):
        store.folder.mkdir(parents=True, exist_ok=True)
    write_json(store.folder / FILE, {name: asdict(pace) for name, pace in {**_tried(store), **tried}.items()})


def key(recipe: TrainingConfig) -> str:
    """What decides how long an image takes, as text."""
    values = [given(recipe, setting.name) for setting in settings() if setting.pace]
    return json.dumps([recipe.optimizer, recipe.augmentation, *values])


def work(recipe: TrainingConfig, learnt: int, scored: int) -> float:
    """Of an epoch, in images learnt from; of a baseline as its fitting grows with them."""
    baseline = architectures.baselines().get(recipe.architecture)
    return learnt**baseline.growth if baseline else learnt + scored / 3


@functools.lru_cache(maxsize=4)
def _read(store: RunStore, _signs: tuple[int, int]) -> tuple[dict[str, Pace], tuple[float, ...]]:
    """As the newest tell; they are looked at again when any of them has changed."""
    known: dict[str, Pace] = {}
    around: list[float] = []
    for run in store.all()[:NEWEST]:
        told = _of_run(run.folder, *(_changed(run.folder / name) for name in ("events.jsonl", "status.json")))
        if told:
            name, pace, besides = told
            known.setdefault(name, pace)
            around += besides
    return known, tuple(around)


@functools.lru_cache(maxsize=4 * NEWEST)
def _of_run(folder: Path, _events: int, _status: int) -> tuple[str, Pace, list[float]] | None:
    """(its network, how that learns, seconds besides its epochs) of a run, read once while its files stay the same."""
    run = Run(folder)
    recipe, history = _recipe(run), run.history
    if not recipe or not history.epochs:
        return None
    seconds, start = _epoch_seconds(history), history.start
    done = work(recipe, start["n_train"], start["n_scored"] + start["n_validation"])
    needed = used(history)
    of_image = max(seconds - EPOCH_SECONDS, seconds / 10) / done
    pace = Pace(of_image, needed.memory, needed.cores) if needed else Pace(of_image)
    return key(recipe), pace, _around(run, seconds * len(history.epochs))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0  # not there yet


def _recipe(run: Run) -> TrainingConfig | None:
    try:
        return run.config
    except RunError:
        return None


def _epoch_seconds(history: History) -> float:
    """From one end of an epoch to the next, what is written between them included; 0 where none is known."""
    ends = history.column("at")
    if len(ends) < 2:
        return sum(history.column("seconds"))
    return statistics.median(after - before for before, after in itertools.pairwise(ends))


def _around(run: Run, epochs: float) -> list[float]:
    """From when it was handed to a worker until its network was tested, epochs left out; of an interrupted one none."""
    whole = took(run)
    return [] if whole is None else [max(0.0, whole - epochs)]


def _tried(store: RunStore) -> dict[str, Pace]:
    """What was tried here before; what was written in another way is tried again."""
    return {
        name: Pace(float(value["seconds"]), value.get("memory"))
        for name, value in read_json(store.folder / FILE).items()
        if isinstance(value, dict) and says(value, {"seconds": (int, float), "memory": (int, type(None))})
    }
