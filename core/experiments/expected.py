"""How long runs will take on this machine: by earlier ones of the same network, or by a short calibration.

Work is counted in images learnt from; to score one takes a third of that (`core/training/scored.py`). Of networks that
were never trained here a few are timed; the others lie between by their multiply-adds and the size of their batches.
"""

import functools
import itertools
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import DataError, RunError, from_json
from core.experiments.kind import Cell
from core.experiments.places import images_of
from core.files import read_json, says, write_json, writing_to
from core.recipe import architectures
from core.recipe.config import TrainingConfig, settings
from core.recipe.differences import given
from core.runs.cost import Foretold, took, used
from core.runs.history import History
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import scored
from core.training.layers import question

Ask = Callable[[dict[str, Any]], dict[str, Any]]
"""Puts a question to a worker that has Keras, such as {"describe": …}."""

FILE = ".paces.json"
NEWEST = 50  # runs that are looked at
EPOCH_SECONDS = 0.05  # of an epoch besides its images: a checkpoint is written, a compiled function called
RUN_SECONDS = 6.0  # of a run besides its epochs, where none was trained here: the network is built, compiled, tested
OFF = 0.5  # share by which a prediction from multiply-adds may be off, as `benchmarks.experiments predicted` says


@dataclass(frozen=True)
class Expected:
    """seconds   of all runs together; None where a network was never trained here, nor calibrated
    predicted  whether some networks were never trained here: the figure may be off by the share OFF
    at_most    whether some may stop early
    memory     bytes of the largest; None where that is not known of all
    """

    runs: int
    seconds: float | None
    predicted: bool
    at_most: bool
    memory: int | None = None


@dataclass(frozen=True)
class Pace:
    """How a network learns here: seconds for each image of work, and bytes that its worker needs, where known."""

    seconds: float
    memory: int | None = None


def expected(store: RunStore, cells: Sequence[Cell], at_once: int = 1) -> Expected:
    """How long the runs of an experiment will take, so many at once; raises DataError, SettingError."""
    (paces, around), known = _seen(store), _kept(store)
    recipes = [cell.recipe for cell in cells]
    predicted = any(_key(recipe) not in paces for recipe in recipes)
    at_most = any(recipe.early_stopping_patience for recipe in recipes)
    both = {**known, **paces}
    if any(_key(recipe) not in both for recipe in recipes):
        return Expected(len(cells), None, predicted, at_most)
    seconds = sum(
        around + _epochs(recipe) * (EPOCH_SECONDS + both[_key(recipe)].seconds * _work(recipe)) for recipe in recipes
    )
    needed = [both[_key(recipe)].memory for recipe in recipes]
    known_all = [one for one in needed if one is not None]
    memory = max(known_all) if known_all and len(known_all) == len(needed) else None
    return Expected(len(cells), seconds / at_once, predicted, at_most, memory)


def foretold(store: RunStore, recipe: TrainingConfig) -> Foretold | None:
    """How long one run of a recipe will take; None where that is not known, or its images are not there to count."""
    try:
        one = expected(store, [Cell({}, recipe)])
    except DataError:
        return None
    return None if one.seconds is None else Foretold(one.seconds, one.predicted, one.at_most, one.memory)


def calibrate(store: RunStore, cells: Sequence[Cell], ask: Ask) -> None:
    """Times networks that were never trained here: those with the fewest and the most multiply-adds, in the smallest
    and the largest batches, four at most, about four seconds each.

    Raises SettingError where a network cannot be built, RunError, StorageError.
    """
    known, _around = _seen(store)
    new = {_key(cell.recipe): cell.recipe for cell in cells if _key(cell.recipe) not in known}
    if not new:
        return

    def timed(recipe: TrainingConfig) -> Pace:
        told = _told(ask({"calibrate": recipe.as_dict()}))
        return Pace(float(told["seconds"]), told.get("memory"))

    fitted = {key: timed(recipe) for key, recipe in new.items() if architectures.is_baseline(recipe.architecture)}
    built = {key: recipe for key, recipe in new.items() if key not in fitted}
    size = {key: _told(ask({"describe": question(recipe)}))["plan"]["multiply_adds"] for key, recipe in built.items()}
    batch = {key: recipe.batch_size for key, recipe in built.items()}
    ends = dict.fromkeys(choose(built, key=of.__getitem__) for of in (size, batch) for choose in (min, max) if built)
    predicted = _predicted(size, batch, {key: timed(built[key]) for key in ends}) if built else {}
    paces = {key: asdict(pace) for key, pace in {**_kept(store), **fitted, **predicted}.items()}
    with writing_to(store.folder):
        store.folder.mkdir(parents=True, exist_ok=True)
    write_json(store.folder / FILE, paces)


def _predicted(size: dict[str, int], batch: dict[str, int], timed: dict[str, Pace]) -> dict[str, Pace]:
    """Seconds for each image: some for itself, for its part of a step, for its multiply-adds; none of them negative."""
    from scipy.optimize import nnls  # late: it takes half a second, of each command and each start of the server

    most, least = max(size.values()) or 1, min(batch.values())
    parts = {key: [1.0, least / batch[key], size[key] / most] for key in size}
    weights, _rest = nnls(np.array([parts[key] for key in timed]), np.array([pace.seconds for pace in timed.values()]))
    return {key: timed.get(key, Pace(float(np.dot(parts[key], weights)))) for key in size}


def _seen(store: RunStore) -> tuple[dict[str, Pace], float]:
    """What the newest runs tell; looked at again when any run has changed."""
    return _read(store, store.signs() or (time.time_ns(), 0))


@functools.lru_cache(maxsize=4)
def _read(store: RunStore, _signs: tuple[int, int]) -> tuple[dict[str, Pace], float]:
    """(how each network learns, seconds of a run besides its epochs)."""
    paces: dict[str, Pace] = {}
    around: list[float] = []
    for run in store.all()[:NEWEST]:
        told = _of_run(run.folder, *(_changed(run.folder / name) for name in ("events.jsonl", "status.json")))
        if told:
            key, pace, besides = told
            paces.setdefault(key, pace)
            around += besides
    return paces, statistics.median(around) if around else RUN_SECONDS


@functools.lru_cache(maxsize=4 * NEWEST)
def _of_run(folder: Path, _events: int, _status: int) -> tuple[str, Pace, list[float]] | None:
    """(its network, how that learns, seconds besides its epochs) of a run, read once while its files stay the same."""
    run = Run(folder)
    recipe, history = _recipe(run), run.history
    if not recipe or not history.epochs:
        return None
    seconds, start = _epoch_seconds(history), history.start
    work = _worth(recipe, start["n_train"], start["n_scored"] + start["n_validation"])
    needed = used(history)
    pace = Pace(max(seconds - EPOCH_SECONDS, seconds / 10) / work, needed.memory if needed else None)
    return _key(recipe), pace, _around(run, seconds * len(history.epochs))


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


def _kept(store: RunStore) -> dict[str, Pace]:
    """What was calibrated here before; what was written in another way is tried again."""
    return {
        key: Pace(float(value["seconds"]), value.get("memory"))
        for key, value in read_json(store.folder / FILE).items()
        if isinstance(value, dict) and says(value, {"seconds": (int, float), "memory": (int, type(None))})
    }


def _key(recipe: TrainingConfig) -> str:
    """What decides how long an image takes, as text."""
    values = [given(recipe, setting.name) for setting in settings() if setting.pace]
    return json.dumps([recipe.optimizer, recipe.augmentation, *values])


def _work(recipe: TrainingConfig) -> float:
    """Of an epoch."""
    most, n_validation = images_of(recipe)
    n_train = min(recipe.train_images or most, most)
    return _worth(recipe, n_train, sum(scored.sizes(n_train, n_validation)))


def _worth(recipe: TrainingConfig, learnt: int, scored: int) -> float:
    """In images learnt from; of a baseline as its fitting grows with them."""
    baseline = architectures.baselines().get(recipe.architecture)
    return learnt**baseline.growth if baseline else learnt + scored / 3


def _epochs(recipe: TrainingConfig) -> int:
    return 1 if architectures.is_baseline(recipe.architecture) else recipe.epochs


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise from_json(answer)
    return answer
