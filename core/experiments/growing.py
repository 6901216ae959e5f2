"""Experiments that grow: which run comes next follows from what became of those before.

Each step is made from what lies on the disk and may be made again: whoever runs the queue may be killed at any point. A
run is first written into the experiment's file, then made; one that is written and missing is made now.
"""

import contextlib
import logging
import time
from dataclasses import replace

from core.errors import FitscopeError, RunError
from core.experiments.experiment import (
    Experiment,
    experiment,
    experiments,
    held,
    interrupted,
    notes,
    owner,
    write,
)
from core.experiments.kind import At, Cell, Growth, Trial, run_name
from core.experiments.measured import measured
from core.runs.run import ACTIVE, Run
from core.runs.store import RunStore

AGAIN_SECONDS = 10.0  # after something went wrong

log = logging.getLogger(__name__)


class Growing:
    """Called at each look of the queue, which asks all experiments; where nothing has changed it costs three files."""

    def __init__(self, store: RunStore):
        self.store = store
        self._seen: dict[str, object] = {}
        self._not_before: dict[str, float] = {}

    def __call__(self) -> None:
        for one in experiments(self.store):
            if not one.grows or one.done or one.paused or time.monotonic() < self._not_before.get(one.id, 0.0):
                continue
            sign = self._sign(one)
            if self._seen.get(one.id) == sign:
                continue
            try:
                advance(self.store, one.id)
                self._seen[one.id] = sign
            except (FitscopeError, OSError) as error:
                self._put_off(one, "The experiment %s waits: %s", error)
            except Exception as error:  # a bug; the queue goes on
                self._put_off(one, "The experiment %s stumbled: %r", error)

    def _sign(self, one: Experiment) -> object:
        """What changes when there is something to do: the experiment, or its last run."""
        run = Run(self.store.folder / one.runs[-1][1]) if one.runs else None
        if run is None or not run.folder.is_dir():
            return one, time.monotonic()
        size = 0
        with contextlib.suppress(OSError):
            size = (run.folder / "events.jsonl").stat().st_size
        return one, run.state, size

    def _put_off(self, one: Experiment, words: str, error: Exception) -> None:
        log.warning(words, one.id, error, exc_info=not isinstance(error, FitscopeError | OSError))
        self._not_before[one.id] = time.monotonic() + AGAIN_SECONDS


def advance(store: RunStore, experiment_id: str) -> bool:
    """Takes an experiment as far as it can be taken now; returns whether a run was begun.

    Notes what became of its runs; stops the one that trains where it is hopeless; where none trains or waits for
    somebody, begins the next. Raises RunError, SettingError, DataError, StorageError.
    """
    with held(store):
        one = experiment(store, experiment_id)
        grows = one.spec.grows
        if not grows or one.done or one.paused:
            return False
        growth = grows(one.recipe, one.options, notes(store, one))
        for place in range(growth.told, len(one.runs)):
            trial = _ended(store, one, growth, place)
            if trial is None:
                return False
            growth.tell(trial)
        if len(one.runs) >= one.planned:
            write(store, replace(one, done=True))
            return False
        cell = growth.further()
        run_id = store.new_id(cell.recipe)
        write(store, replace(one, runs=(*one.runs, (cell.at, run_id))))
        _begin(store, one, cell, run_id)
        return True


def _ended(store: RunStore, one: Experiment, growth: Growth, place: int) -> Trial | None:
    """What became of a run; None while it trains, or waits for somebody."""
    at, run_id = one.runs[place]
    try:
        run = store.get(run_id)
    except RunError:
        if store.in_trash(run_id):
            return Trial(run_id, at, None, False, ())
        cell = growth.cell(at, [before for before, _id in one.runs[:place]])
        _begin(store, one, cell, run_id)
        return None
    if run.state in ACTIVE:
        _look_after(store, one, growth, at, run)
        return None
    if not measured(run) and run in interrupted(store, one):
        return None
    pruned = run.diverged or run_id in one.pruned
    return Trial(run_id, at, measured(run), pruned, run.history.epochs)


def _begin(store: RunStore, one: Experiment, cell: Cell, run_id: str) -> None:
    """The run is that of whoever the experiment is."""
    store.create(cell.recipe, run_name(one.name, cell, one.titles), owner(store, one), run_id=run_id)


def _look_after(store: RunStore, one: Experiment, growth: Growth, at: At, run: Run) -> None:
    """Stops a run that is hopeless. That is written down first: else it would be one that waits for somebody."""
    if run.id not in one.pruned:
        if run.state != "running" or not growth.is_hopeless(at, run.history.epochs):
            return
        write(store, replace(one, pruned=(*one.pruned, run.id)))
    if not run.stop_asked:
        run.ask_to_stop()
