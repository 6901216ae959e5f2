"""The queue: hands waiting runs to workers, one per slot, and notes how the workers ended.

A loop, not a service: it keeps nothing that is not in the folders, so it may be killed at any moment.
"""

import logging
import threading
import time
from collections.abc import Callable

from filelock import FileLock, Timeout

from core.errors import FitscopeError
from core.queue.executor import Executor
from core.queue.together import may_begin_beside
from core.runs import turns
from core.runs.index import SETTLED, index
from core.runs.run import ACTIVE, Run
from core.runs.store import RunStore

TICK_SECONDS = 0.25  # a page that queues a run wakes the loop at once
WARM_AFTER_SECONDS = 4.0  # the next worker's imports would slow down the first steps of this one
SWEEP_SECONDS = 60.0  # between two looks at all folders, for what was changed by hand
THOROUGH_SECONDS = 900.0  # and at every file in them
AGAIN_SECONDS = 3.0  # after something went wrong, or a run could not be started

log = logging.getLogger(__name__)


class Scheduler:
    """Acts on one folder of runs; `run` holds its lock, so of several only one acts.

    before  done before each look at the runs: it may queue others
    """

    def __init__(self, store: RunStore, executor: Executor, before: Callable[[], None] = lambda: None):
        self.store, self.executor, self.before = store, executor, before
        self._wake = threading.Event()
        self._open: list[Run] = []  # those that may still need something
        self._signs: tuple[int, int] | None = None
        self._sweep_at = self._thorough_at = 0.0
        self._refused: dict[str, float] = {}  # run id -> until when others go first

    def run(self, stop: threading.Event) -> None:
        """Acts until `stop` is set."""
        while not stop.is_set():
            try:
                self.store.folder.mkdir(parents=True, exist_ok=True)
                with FileLock(self.store.folder / ".scheduler.lock", timeout=0):
                    self._loop(stop)
            except Timeout:
                stop.wait(1.0)  # another one acts; take over when it is gone
            except (OSError, FitscopeError) as error:
                log.warning("The queue waits: %s", error)
                stop.wait(AGAIN_SECONDS)
            except Exception:  # a bug; without the queue nobody could train, so it is told and goes on
                log.exception("The queue stumbled")
                stop.wait(AGAIN_SECONDS)

    def wake(self) -> None:
        """There is something to do now."""
        self._sweep_at = 0.0
        self._wake.set()

    def tick(self) -> None:
        """Looks once at all runs: notes ended workers, starts waiting runs where a slot is free."""
        self._note_ends()
        self.before()
        runs = self._unsettled()
        at_work = [run for run in runs if run.process_alive]
        taken = {run.attempts[-1]["slot"]: run.attempts[-1]["at"] for run in at_work}
        queue = self._queue(runs)
        for slot in range(self.executor.slots):
            if slot not in taken and self.executor.ready(slot) and (run := self._start_one(queue, slot, at_work)):
                at_work.append(run)
                taken[slot] = time.time()
            elif slot < self.executor.always and time.time() - taken.get(slot, 0.0) > WARM_AFTER_SECONDS:
                self.executor.warm(slot)

    def _loop(self, stop: threading.Event) -> None:
        self.store.empty_trash()
        while not stop.is_set():
            self._wake.clear()
            self.tick()
            self._wake.wait(TICK_SECONDS)

    def _queue(self, runs: list[Run]) -> list[Run]:
        """The waiting runs, the next one first; one that was stopped and resumed waits for its old worker to leave."""
        now = time.monotonic()
        waiting = [run for run in runs if run.state == "queued" and not run.process_alive]
        ready = [run for run in waiting if self._refused.get(run.id, 0.0) <= now and turns.may_begin(run)]
        return turns.in_turn(ready)

    def _start_one(self, queue: list[Run], slot: int, at_work: list[Run]) -> Run | None:
        """Starts the first of the queue that can be started, unless it has to wait for those at work.

        A damaged folder does not hold up the others.
        """
        while queue and may_begin_beside(self.store, self.executor, queue[0], at_work):
            run = queue.pop(0)
            try:
                self.executor.start(run, slot)
                turns.note_start(run)
                return run
            except FitscopeError as error:
                log.warning("Run %s could not be started: %s", run.id, error)
                self._refused[run.id] = time.monotonic() + AGAIN_SECONDS
        return None

    def _note_ends(self) -> None:
        for run, pid, code in self.executor.reap():
            try:
                run.note_end(pid, code)
            except FitscopeError as error:  # deleted meanwhile
                log.warning("The end of run %s could not be noted: %s", run.id, error)

    def _unsettled(self) -> list[Run]:
        """Runs that may need something; those that ended are not opened again until their files change.

        However many ended, they cost nothing: all are looked at when something was asked or added, or once a minute.
        """
        signs, now = self.store.signs(), time.monotonic()
        if signs is None or signs != self._signs or now >= self._sweep_at:
            thorough = now >= self._thorough_at
            self._thorough_at = now + THOROUGH_SECONDS if thorough else self._thorough_at
            self._signs, self._sweep_at = signs, now + SWEEP_SECONDS
            everything = self.store.all()
            self._open = [run for run in everything if not self._is_settled(run, thorough)]
            index(self.store.folder).save(everything)
        else:
            self._open = [run for run in self._open if not self._is_settled(run, thorough=True)]
        return [run for run in self._open if run.process_alive or run.state in ACTIVE]

    def _is_settled(self, run: Run, thorough: bool) -> bool:
        """Has it ended, and has nothing in it changed since? One that is damaged may be mended at any moment."""
        listed = index(self.store.folder)
        if listed.known(run, thorough):
            return True
        return not run.process_alive and run.state in SETTLED and listed.row(run).state in SETTLED
