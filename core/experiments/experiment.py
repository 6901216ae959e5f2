"""An experiment is a file beside the runs: its kind, recipe, options, and which run stands where.

The runs are ordinary ones, queued together. Whatever is killed, the queue goes on; what has finished is never repeated.
"""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import FitscopeError, RunError
from core.experiments.kind import At, Kind, Result, kinds
from core.experiments.measured import measured
from core.files import says
from core.plugins import pick
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.setting import as_text, checked
from core.runs.beside import Beside, all_or_none, new_id
from core.runs.run import ACTIVE, RESUMABLE, Run
from core.runs.store import RunStore

FOLDER = ".experiments"

_FILE = {"kind": str, "name": str, "created": (int, float), "recipe": dict, "options": dict, "runs": list}
_RUN = {"id": str, "at": dict}


@dataclass(frozen=True)
class Experiment:
    """What is kept of an experiment.

    created  seconds since 1970
    recipe   with which it began
    options  name -> value, of its kind
    runs     (where it stands, id of the run), in the order of the plan
    """

    id: str
    kind: str
    name: str
    created: float
    recipe: TrainingConfig
    options: Mapping[str, Any]
    runs: tuple[tuple[At, str], ...]

    @property
    def spec(self) -> Kind:
        """Raises SettingError where its kind is not installed any more."""
        return pick("experiment", self.kind, kinds())


def start(
    store: RunStore, kind: Kind, recipe: TrainingConfig, options: Mapping[str, Any], name: str = ""
) -> Experiment:
    """Makes the runs and queues them; raises SettingError, DataError, StorageError, after which nothing has begun."""
    recipe, options, name = recipe.pinned(), kind.chosen(options), name or kind.title
    with all_or_none(store) as began:
        cells = kind.cells(recipe, options)
        for cell in cells:
            began.append(store.create(cell.recipe, f"{_told(cell.at, cell.recipe)} · {name}"))
        now = time.time()
        runs = tuple((cell.at, run.id) for cell, run in zip(cells, began, strict=True))
        made = Experiment(new_id(now), kind.name, name, now, recipe, options, runs)
        _write(store, made)
    return made


def experiment(store: RunStore, experiment_id: str) -> Experiment:
    """The one of that id; raises RunError where there is none, or where it cannot be read."""
    stored = _files.stored(store, experiment_id)
    missing = RunError(
        "There is no experiment called {experiment} here. The Experiments page lists those that there are.",
        experiment=experiment_id,
    )
    if not says(stored, _FILE) or not all(isinstance(run, dict) and says(run, _RUN) for run in stored["runs"]):
        raise missing
    try:
        recipe = TrainingConfig.from_dict(stored["recipe"])
        runs = tuple((_place(run["at"]), run["id"]) for run in stored["runs"])
    except FitscopeError as error:
        raise missing from error
    words = {name: stored[name] for name in ("kind", "name", "created", "options")}
    return Experiment(experiment_id, recipe=recipe, runs=runs, **words)


_files = Beside(FOLDER, experiment)


def experiments(store: RunStore) -> list[Experiment]:
    """All of them, the newest first; read again when one was begun or removed."""
    return _files.all(store)


def runs_of(store: RunStore, experiment: Experiment) -> list[tuple[At, Run]]:
    """In the order of the plan, those that are still there."""
    found = []
    for at, run_id in experiment.runs:
        with contextlib.suppress(RunError):
            found.append((at, store.get(run_id)))
    return found


def results(store: RunStore, experiment: Experiment) -> list[Result]:
    """Where the runs stand that were trained to their end, and what became of them."""
    known = [(at, measured(run)) for at, run in runs_of(store, experiment)]
    return [(at, one) for at, one in known if one]


def pause(store: RunStore, experiment: Experiment) -> None:
    """Takes those that wait out of the queue, and stops the one that trains, to go on later where it was."""
    for _at, run in reversed(runs_of(store, experiment)):  # from the end: else the next would begin meanwhile
        if run.state in ACTIVE:
            run.ask_to_stop()


def interrupted(store: RunStore, experiment: Experiment) -> list[Run]:
    """The runs that were stopped, lost or failed before their end; one that diverged has its answer."""
    return [run for _at, run in runs_of(store, experiment) if run.state in RESUMABLE and not run.diverged]


def go_on(store: RunStore, experiment: Experiment) -> int:
    """Queues what was interrupted; returns how many. Raises StorageError."""
    asked = 0
    for run in interrupted(store, experiment):
        with contextlib.suppress(RunError):  # taken up by somebody else meanwhile
            run.ask_to_start()
            asked += 1
    return asked


def remove(store: RunStore, experiment: Experiment) -> None:
    """Puts its runs into the trash, those at work excepted, and forgets it; raises StorageError."""
    for _at, run in runs_of(store, experiment):
        with contextlib.suppress(RunError):
            store.delete(run)
    _files.remove(store, experiment.id)


def restore(store: RunStore, experiment: Experiment) -> None:
    """Brings one back that was removed, with the runs that are in the trash; raises StorageError."""
    for _at, run_id in experiment.runs:
        with contextlib.suppress(RunError):
            store.restore(run_id)
    _write(store, experiment)


def _told(at: At, recipe: TrainingConfig) -> str:
    return ", ".join([*(f"{name} {as_text(value)}" for name, value in at.items()), f"seed {recipe.seed}"])


def _place(at: Mapping[str, Any]) -> dict[str, Any]:
    """As a recipe keeps the values, which JSON does not: (32, 64) and not [32, 64]."""
    return {name: checked(SETTINGS[name], value) if name in SETTINGS else value for name, value in at.items()}


def _write(store: RunStore, experiment: Experiment) -> None:
    values = {
        "kind": experiment.kind,
        "name": experiment.name,
        "created": experiment.created,
        "recipe": experiment.recipe.as_dict(),
        "options": dict(experiment.options),
        "runs": [{"id": run_id, "at": dict(at)} for at, run_id in experiment.runs],
    }
    _files.write(store, experiment.id, values)
