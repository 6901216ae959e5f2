"""How long runs will take on this machine: by earlier ones of the same network, or by a short calibration.

Of networks that were never trained here a few are timed; the others lie between: their time by their multiply-adds and
the size of their batches, their memory by the numbers that a step holds.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import DataError, from_json
from core.experiments.kind import Cell
from core.experiments.places import images_of
from core.queue.paces import EPOCH_SECONDS, Pace, keep, key, paces, work
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs.cost import Foretold
from core.runs.store import RunStore
from core.training import scored
from core.training.layers import Plan, question

Ask = Callable[[dict[str, Any]], dict[str, Any]]
"""Puts a question to a worker that has Keras, such as {"describe": …}."""

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


def one(_recipe: TrainingConfig) -> int:
    """One after the other."""
    return 1


def expected(store: RunStore, cells: Sequence[Cell], at_once: Callable[[TrainingConfig], int] = one) -> Expected:
    """How long the runs of an experiment will take; raises DataError, SettingError.

    at_once  how many runs of a recipe train at the same time
    """
    known = paces(store)
    recipes = [cell.recipe for cell in cells]
    learning = [known.of(recipe) for recipe in recipes]
    predicted = any(key(recipe) not in known.trained for recipe in recipes)
    at_most = any(recipe.early_stopping_patience for recipe in recipes)
    if None in learning:
        return Expected(len(cells), None, predicted, at_most)
    pairs = [(recipe, pace) for recipe, pace in zip(recipes, learning, strict=True) if pace]
    around = statistics.median(known.around) if known.around else RUN_SECONDS
    seconds = sum(_seconds(recipe, pace, around) / at_once(recipe) for recipe, pace in pairs)
    needed = [pace.memory for _recipe, pace in pairs if pace.memory is not None]
    memory = max(needed) if needed and len(needed) == len(pairs) else None
    return Expected(len(cells), seconds, predicted, at_most, memory)


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
    trained = paces(store).trained
    new = {key(cell.recipe): cell.recipe for cell in cells if key(cell.recipe) not in trained}
    if not new:
        return

    def timed(recipe: TrainingConfig) -> Pace:
        told = _told(ask({"calibrate": recipe.as_dict()}))
        return Pace(float(told["seconds"]), told.get("memory"))

    fitted = {name: timed(recipe) for name, recipe in new.items() if architectures.is_baseline(recipe.architecture)}
    built = {name: recipe for name, recipe in new.items() if name not in fitted}
    plans = {name: Plan.from_dict(_told(ask({"describe": question(recipe)}))["plan"]) for name, recipe in built.items()}
    size = {name: one.multiply_adds for name, one in plans.items()}
    batch = {name: recipe.batch_size for name, recipe in built.items()}
    ends = dict.fromkeys(choose(built, key=of.__getitem__) for of in (size, batch) for choose in (min, max) if built)
    if built:
        known = {name: timed(built[name]) for name in ends}
        memory = _memory({name: _held(plans[name], batch[name]) for name in plans}, known)
        seconds = _seconds_each(size, batch, known)
        fitted |= {name: known.get(name, Pace(seconds[name], memory.get(name))) for name in built}
    keep(store, fitted)


def _seconds_each(size: dict[str, int], batch: dict[str, int], timed: dict[str, Pace]) -> dict[str, float]:
    """Seconds for each image: some for itself, for its part of a step, for its multiply-adds; none of them negative."""
    most, least = max(size.values()) or 1, min(batch.values())
    parts = {name: [1.0, least / batch[name], size[name] / most] for name in size}
    return _between(parts, {name: pace.seconds for name, pace in timed.items()})


def _memory(held: dict[str, int], timed: dict[str, Pace]) -> dict[str, int]:
    """Bytes of a worker: those that each has, and some for each number of a step; none where it was not told."""
    measured = {name: float(pace.memory) for name, pace in timed.items() if pace.memory is not None}
    if len(measured) < len(timed):
        return {}
    most = max(held.values()) or 1
    return {
        name: round(one) for name, one in _between({n: [1.0, of / most] for n, of in held.items()}, measured).items()
    }


def _held(plan: Plan, batch: int) -> int:
    """Numbers that a step holds: of each weight itself, its gradient and two that the optimizer keeps; of each place of
    a layer and image what it says, and its gradient."""
    return 4 * plan.parameters + 2 * batch * sum(math.prod(layer.output_shape) for layer in plan.layers)


def _between(parts: dict[str, list[float]], measured: dict[str, float]) -> dict[str, float]:
    """Of all, as those that were measured: a sum of their parts with the same weights, none of them negative."""
    from scipy.optimize import nnls  # late: it takes half a second, of each command and each start of the server

    weights, _rest = nnls(np.array([parts[name] for name in measured]), np.array(list(measured.values())))
    return {name: float(np.dot(of, weights)) for name, of in parts.items()}


def _seconds(recipe: TrainingConfig, pace: Pace, around: float) -> float:
    """Of a whole run; around: of which besides its epochs."""
    return around + _epochs(recipe) * (EPOCH_SECONDS + pace.seconds * _work(recipe))


def _work(recipe: TrainingConfig) -> float:
    """Of an epoch."""
    most, n_validation = images_of(recipe)
    n_train = min(recipe.train_images or most, most)
    return work(recipe, n_train, sum(scored.sizes(n_train, n_validation)))


def _epochs(recipe: TrainingConfig) -> int:
    return 1 if architectures.is_baseline(recipe.architecture) else recipe.epochs


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise from_json(answer)
    return answer
