"""The part of the server that trains: the queue and its warm workers, one for all viewers."""

import base64
import threading
from typing import Any

import numpy as np

from core.errors import from_json
from core.experiments.growing import Growing
from core.queue import together
from core.queue.executor import LocalExecutor
from core.queue.scheduler import Scheduler
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from core.training.layers import Plan, question
from core.training.trials.rate_finder import Sweep


class Engine:
    """Runs the scheduler in a thread of the web server. Trainings are processes of their own and outlive it."""

    def __init__(self, store: RunStore):
        self._store = store
        self.executor = LocalExecutor(store.folder)
        self.scheduler = Scheduler(store, self.executor, Growing(store))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.scheduler.run, args=(self._stop,), name="scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self.scheduler.wake()
        self._thread.join(timeout=5)
        self.executor.close()

    def at_once(self, recipe: TrainingConfig) -> int:
        """How many runs of a recipe train at the same time, where as many wait."""
        return together.at_once(self._store, self.executor, recipe)

    @property
    def device(self) -> dict[str, Any] | None:
        """What trainings run on, None until a worker has looked."""
        return self.executor.device

    def plan(self, config: TrainingConfig) -> Plan:
        """The layers of a recipe's network; raises SettingError where it cannot be built, RunError."""
        answer = self.executor.describe(question(config))
        if "error" in answer:
            raise from_json(answer)
        return Plan.from_dict(answer["plan"])

    def augmented(self, config: TrainingConfig, rows: list[int], seed: int) -> np.ndarray:
        """Those images of a recipe's dataset as its augmentation would change them; raises DataError, RunError."""
        answer = self.executor.ask({"augment": {"recipe": config.as_dict(), "rows": rows, "seed": seed}})
        if "error" in answer:
            raise from_json(answer)
        return np.frombuffer(base64.b64decode(answer["pictures"]), np.uint8).reshape(answer["shape"])

    def sweep(self, config: TrainingConfig) -> Sweep:
        """The loss of a new network over longer and longer steps; raises SettingError, DataError, RunError."""
        answer = self.executor.ask({"sweep": config.as_dict()})
        if "error" in answer:
            raise from_json(answer)
        return Sweep(tuple(answer["rates"]), tuple(answer["losses"]), answer["suggestion"])


_engine: Engine | None = None


def start_engine(store: RunStore) -> Engine:
    """Starts the one engine of this process; the server's lifespan does."""
    global _engine
    _engine = Engine(store)
    _engine.start()
    return _engine


def stop_engine() -> None:
    global _engine
    if _engine:
        _engine.stop()
    _engine = None


def engine() -> Engine | None:
    """The engine of this process; None where pages are shown without one (a test, `streamlit run frame.py`)."""
    return _engine


def at_once(recipe: TrainingConfig) -> int:
    """How many runs of a recipe train at the same time here."""
    return _engine.at_once(recipe) if _engine else 1
