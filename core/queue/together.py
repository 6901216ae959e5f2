"""Which runs train side by side: small ones, whose steps are so short that a second core has nothing to do in them."""

from collections.abc import Sequence

import psutil

from core.errors import RunError
from core.queue.executor import Executor
from core.queue.paces import key, trained
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore

# Of a core, for a step of a small network: that of softmax on digits needs 0.001, of a network for which two at once
# are hardly faster 0.03 (`benchmarks.experiments packed`). Unlike its duration it is the same whoever trains beside it.
STEP_SECONDS = 0.01
SPARE = 2.0  # times what its worker needs must be free in the memory, since what others do is not known


def may_begin_beside(store: RunStore, executor: Executor, run: Run, at_work: Sequence[Run]) -> bool:
    """Whether a run may begin beside those that train now."""
    if len(at_work) < executor.always:
        return True
    if len(at_work) >= executor.slots:
        return False
    try:
        needed = [small(store, one.config) for one in (run, *at_work)]
    except RunError:  # damaged meanwhile: whoever starts it says so, when nothing else trains
        return False
    return None not in needed and psutil.virtual_memory().available > SPARE * (needed[0] or 0)


def at_once(store: RunStore, executor: Executor, recipe: TrainingConfig) -> int:
    """How many runs of a recipe train at the same time, where as many wait."""
    return executor.slots if small(store, recipe) is not None else executor.always


def small(store: RunStore, recipe: TrainingConfig) -> int | None:
    """Bytes that the worker of a small network needs; None where it is none, or was never trained here."""
    pace = trained(store).get(key(recipe))
    if pace is None or pace.cores is None or architectures.is_baseline(recipe.architecture):
        return None
    return pace.memory if pace.seconds * pace.cores * recipe.batch_size <= STEP_SECONDS else None
