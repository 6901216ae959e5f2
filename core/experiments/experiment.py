"""An experiment is a file beside the runs: its kind, recipe, options and the ids of its runs, in the order of its plan.

The runs are ordinary ones, queued together. Whatever is killed, the queue goes on; what has finished is never repeated.
"""

import contextlib
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import FitscopeError, RunError, SettingError, StorageError
from core.experiments.kind import Cell, Kind, kinds
from core.experiments.measured import Measured, measured
from core.files import read_json, says, write_json, writing_to
from core.plugins import pick
from core.recipe.config import TrainingConfig
from core.recipe.setting import checked
from core.runs.run import ACTIVE, RESUMABLE, Run
from core.runs.store import RunStore, is_settled

FOLDER = ".experiments"
MOST = 200  # runs of one experiment

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
_FILE = {"kind": str, "name": str, "created": (int, float), "recipe": dict, "options": dict, "runs": list}
_listed: dict[Path, tuple[int, list["Experiment"]]] = {}  # folder -> its time when it was listed, and what was in it


@dataclass(frozen=True)
class Experiment:
    """What is kept of an experiment.

    created  seconds since 1970
    recipe   with which it began
    options  name -> value, of its kind
    runs     ids, in the order of the plan
    """

    id: str
    kind: str
    name: str
    created: float
    recipe: TrainingConfig
    options: Mapping[str, Any]
    runs: tuple[str, ...]

    @property
    def spec(self) -> Kind:
        """Raises SettingError where its kind is not installed any more."""
        return pick("experiment", self.kind, kinds())

    @property
    def cells(self) -> list[Cell]:
        return list(self.spec.plan(self.recipe, self.options))


def plan(kind: Kind, recipe: TrainingConfig, options: Mapping[str, Any]) -> list[Cell]:
    """The cells of an experiment before it begins; raises SettingError for options or numbers that do not fit."""
    known = {option.name: option for option in kind.options}
    unknown = set(options) - set(known)
    if unknown:
        raise SettingError(
            "{kind} has no option {option}; choose one of: {known}.",
            kind=kind.name,
            option=", ".join(sorted(unknown)),
            known=", ".join(known),
        )
    cells = list(kind.plan(recipe, {name: checked(one, options.get(name, one.default)) for name, one in known.items()}))
    if not 2 <= len(cells) <= MOST:
        raise SettingError("An experiment has 2 to {most} runs, not {n}.", most=MOST, n=len(cells))
    return cells


def start(
    store: RunStore, kind: Kind, recipe: TrainingConfig, options: Mapping[str, Any], name: str = "", queue: bool = True
) -> Experiment:
    """Makes the runs and queues them; raises SettingError, StorageError, after which nothing has begun."""
    options = {option.name: checked(option, options.get(option.name, option.default)) for option in kind.options}
    cells, recipe = plan(kind, recipe, options), recipe.pinned()
    began: list[Run] = []
    try:
        for cell in cells:
            began.append(store.create(cell.recipe, _run_name(name or kind.name, cell), queue=queue))
        now = time.time()
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
        experiment = Experiment(
            f"{stamp}-{secrets.token_hex(3)}",
            kind.name,
            name or kind.name,
            now,
            recipe,
            dict(options),
            tuple(run.id for run in began),
        )
        _write(store, experiment)
    except StorageError:
        for run in began:
            with contextlib.suppress(StorageError, RunError):
                run.ask_to_stop()
                store.delete(run)
        raise
    return experiment


def experiment(store: RunStore, experiment_id: str) -> Experiment:
    """The one of that id; raises RunError where there is none, or where its recipe cannot be read."""
    stored = read_json(_path(store, experiment_id)) if _ID.fullmatch(experiment_id) else {}
    missing = RunError("There is no experiment called {experiment} here.", experiment=experiment_id)
    if not says(stored, _FILE) or not all(isinstance(run, str) for run in stored["runs"]):
        raise missing
    try:
        recipe = TrainingConfig.from_dict(stored["recipe"])
    except FitscopeError as error:
        raise missing from error
    words = {name: stored[name] for name in ("kind", "name", "created", "options")}
    return Experiment(experiment_id, recipe=recipe, runs=tuple(stored["runs"]), **words)


def experiments(store: RunStore) -> list[Experiment]:
    """All of them, the newest first; read again when one was begun or removed."""
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
            found.append(experiment(store, path.stem))
    if is_settled(changed):
        _listed[folder] = (changed, found)
    return list(found)


def runs_of(store: RunStore, experiment: Experiment) -> list[Run | None]:
    """In the order of the plan; None where one was deleted."""
    found: list[Run | None] = []
    for run_id in experiment.runs:
        try:
            found.append(store.get(run_id))
        except RunError:
            found.append(None)
    return found


def results(store: RunStore, experiment: Experiment) -> list[tuple[Cell, Measured]]:
    """The cells whose run has ended and was tested, with what became of it."""
    pairs = zip(experiment.cells, runs_of(store, experiment), strict=False)
    known = [(cell, measured(run)) for cell, run in pairs if run and run.state in ("finished", "stopped")]
    return [(cell, one) for cell, one in known if one]


def pause(store: RunStore, experiment: Experiment) -> None:
    """Takes those that wait out of the queue, and stops the one that trains, to go on later where it was."""
    for run in runs_of(store, experiment):
        if run and run.state in ACTIVE:
            run.ask_to_stop()


def go_on(store: RunStore, experiment: Experiment) -> int:
    """Queues what was stopped, lost or failed before its end; returns how many. Raises StorageError."""
    asked = 0
    for run in runs_of(store, experiment):
        if run and run.state in RESUMABLE:
            with contextlib.suppress(RunError):  # taken up by somebody else meanwhile
                run.ask_to_start()
                asked += 1
    return asked


def remove(store: RunStore, experiment: Experiment, with_runs: bool = False) -> None:
    """Forgets an experiment; its runs stay, or go to the trash, those at work excepted. Raises StorageError."""
    with writing_to(_path(store, experiment.id)):
        _path(store, experiment.id).unlink(missing_ok=True)
    for run in runs_of(store, experiment) if with_runs else []:
        if run:
            with contextlib.suppress(RunError):
                store.delete(run)


def restore(store: RunStore, experiment: Experiment) -> None:
    """Brings one back that was forgotten; raises StorageError."""
    _write(store, experiment)


def _run_name(name: str, cell: Cell) -> str:
    places = ", ".join(f"{setting} {value}" for setting, value in cell.at.items())
    return f"{name} · {places}"[:80] if places else f"{name} · seed {cell.recipe.seed}"[:80]


def _write(store: RunStore, experiment: Experiment) -> None:
    folder = store.folder / FOLDER
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    value = {
        "kind": experiment.kind,
        "name": experiment.name,
        "created": experiment.created,
        "recipe": experiment.recipe.as_dict(),
        "options": dict(experiment.options),
        "runs": list(experiment.runs),
    }
    write_json(_path(store, experiment.id), value)


def _path(store: RunStore, experiment_id: str) -> Path:
    return store.folder / FOLDER / f"{experiment_id}.json"
