"""An experiment is a file beside the runs: its kind, recipe, options, and which run stands where.

The runs are ordinary ones, queued together. Whatever is killed, the queue goes on; what has finished is never repeated.
One that grows (`growing`) begins with its first run; its file is changed by others too, who hold a lock meanwhile.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.errors import FitscopeError, RunError
from core.experiments.kind import At, Kind, Result, kinds, run_name
from core.experiments.measured import measured
from core.files import locked, says, writing_to
from core.plugins import pick
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.sent import check_allowed
from core.recipe.setting import checked
from core.runs.beside import Beside, all_or_none, new_id
from core.runs.run import ACTIVE, RESUMABLE, Run
from core.runs.store import RunStore

FOLDER = ".experiments"

_FILE = {"kind": str, "name": str, "created": (int, float), "recipe": dict, "options": dict, "runs": list}
_RUN = {"id": str, "at": dict}
_GROWN = {"planned": int, "pruned": list, "paused": bool, "done": bool}
_BUSY_SECONDS = 30.0  # for which somebody waits who changes one that grows


@dataclass(frozen=True)
class Experiment:
    """What is kept of an experiment.

    created  seconds since 1970
    recipe   with which it began
    options  name -> value, of its kind
    titles   of the settings in which its runs differ, in the language of whoever asked: their names say them
    runs     (where it stands, id of the run), in the order of the plan
    planned  how many there will be, of one that grows; 0 of others
    pruned   ids of the runs that were asked to stop because they were hopeless
    paused   it grows no further until somebody goes on with it
    done     it will never grow further
    """

    id: str
    kind: str
    name: str
    created: float
    recipe: TrainingConfig
    options: Mapping[str, Any]
    runs: tuple[tuple[At, str], ...]
    planned: int = 0
    pruned: tuple[str, ...] = ()
    paused: bool = False
    done: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)

    def was_pruned(self, run: Run) -> bool:
        """Whether it was stopped because it was hopeless; one may come to its end before it hears so."""
        return run.id in self.pruned and run.state != "finished"

    @property
    def grows(self) -> bool:
        return self.planned > 0

    @property
    def total(self) -> int:
        """Runs, those included that are still to come."""
        return max(self.planned, len(self.runs))

    @property
    def spec(self) -> Kind:
        """Raises SettingError where its kind is not installed any more."""
        return pick("experiment", self.kind, kinds())


def start(
    store: RunStore,
    kind: Kind,
    recipe: TrainingConfig,
    options: Mapping[str, Any],
    name: str = "",
    say: Callable[[str], str] = str,
) -> Experiment:
    """Makes the runs and queues them, of one that grows the first.

    say  puts the title of a setting into the language of whoever asks
    Raises SettingError, DataError, StorageError, PeopleError, after which nothing has begun.
    """
    recipe, options, name = recipe.pinned(), kind.chosen(options), name or kind.title
    with all_or_none(store) as began:
        planned = kind.cells(recipe, options)
        for cell in planned:  # the later ones of a search are begun by the queue, which nothing binds
            check_allowed(cell.recipe)
        cells = planned[:1] if kind.grows else planned
        differing = {key: None for cell in planned for key in (*cell.at, "seed")}
        titles = {key: say(SETTINGS[key].title) for key in differing if key in SETTINGS}
        for cell in cells:
            began.append(store.create(cell.recipe, run_name(name, cell, titles)))
        now = time.time()
        runs = tuple((cell.at, run.id) for cell, run in zip(cells, began, strict=True))
        total = len(planned) if kind.grows else 0
        made = Experiment(new_id(now), kind.name, name, now, recipe, options, runs, total, titles=titles)
        write(store, made)
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
    grown = {name: stored[name] for name, kind in _GROWN.items() if says(stored, {name: kind})}
    titles = stored.get("titles")
    known = {key: word for key, word in titles.items() if isinstance(word, str)} if isinstance(titles, dict) else {}
    return Experiment(experiment_id, recipe=recipe, runs=runs, titles=known, **words, **_tuples(grown))


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


def goes_on(store: RunStore, experiment: Experiment) -> bool:
    """Whether more is to come by itself: a run waits or trains, or the next one is about to be chosen."""
    if any(run.state in ACTIVE for _at, run in runs_of(store, experiment)):
        return True
    ended = experiment.done or experiment.paused or not experiment.grows
    return not ended and not interrupted(store, experiment)


def pause(store: RunStore, experiment: Experiment) -> None:
    """Takes those that wait out of the queue, and stops the one that trains, to go on later where it was.

    Raises RunError, StorageError.
    """
    _files.check_yours(store, experiment.id)
    with _current(store, experiment) as now:
        if now.grows and not now.done:
            write(store, replace(now, paused=True))
        for _at, run in reversed(runs_of(store, now)):  # from the end: else the next would begin meanwhile
            if run.state in ACTIVE:
                run.ask_to_stop()


def interrupted(store: RunStore, experiment: Experiment) -> list[Run]:
    """The runs that were stopped, lost or failed before their end; one that diverged or was pruned has its answer.

    One that grows waits for its last run only, and of those that failed for the second in a row: one failure is the
    fault of its values, two are the machine's.
    """
    runs = [run for _at, run in runs_of(store, experiment)]
    left = [run for run in runs if run.state in RESUMABLE and not run.diverged and run.id not in experiment.pruned]
    if not experiment.grows:
        return left
    alone = runs and runs[-1].state == "failed" and not (len(runs) > 1 and runs[-2] in left)
    return [run for run in left if run == runs[-1] and not alone]


def go_on(store: RunStore, experiment: Experiment) -> int:
    """Queues what was interrupted; returns how many. Raises RunError, StorageError."""
    _files.check_yours(store, experiment.id)
    asked = 0
    with _current(store, experiment) as now:
        if now.paused:
            write(store, replace(now, paused=False))
        for run in interrupted(store, now):
            with contextlib.suppress(RunError):  # taken up by somebody else meanwhile
                run.ask_to_start()
                asked += 1
    return asked


def remove(store: RunStore, experiment: Experiment) -> Experiment:
    """Puts its runs into the trash, those at work excepted, and forgets it; returns what `restore` brings back.

    Raises RunError, StorageError.
    """
    _files.check_yours(store, experiment.id)
    with _current(store, experiment) as now:
        for _at, run in runs_of(store, now):
            with contextlib.suppress(RunError):
                store.delete(run)
        _files.remove(store, now.id)
        if notes(store, now).exists():
            _move(notes(store, now), _thrown_away(store, now))
    return now


def forget(store: RunStore, experiment: Experiment) -> None:
    """Removes the file that names its runs, for good; the runs stay. Raises PeopleError, StorageError."""
    _files.remove(store, experiment.id)
    with writing_to(notes(store, experiment)):
        notes(store, experiment).unlink(missing_ok=True)


def restore(store: RunStore, experiment: Experiment) -> None:
    """Brings one back that was removed, with the runs that are in the trash; raises StorageError."""
    for _at, run_id in experiment.runs:
        with contextlib.suppress(RunError):
            store.restore(run_id)
    if _thrown_away(store, experiment).exists():
        _move(_thrown_away(store, experiment), notes(store, experiment))
    write(store, experiment)


def owner(store: RunStore, experiment: Experiment) -> str:
    """The id of the person whose it is; "" the machine's."""
    return _files.owner(store, experiment.id)


def disown_all(store: RunStore) -> None:
    """Makes all experiments the machine's; raises PeopleError, StorageError."""
    _files.disown_all(store)


def notes(store: RunStore, experiment: Experiment) -> Path:
    """The file in which one that grows notes what it knows of its runs."""
    return store.folder / FOLDER / f"{experiment.id}.journal"


@contextlib.contextmanager
def held(store: RunStore, wait: float = _BUSY_SECONDS) -> Iterator[None]:
    """Within these lines nobody else changes an experiment that grows; raises RunError where somebody takes too long.

    wait  seconds
    """
    busy = RunError("Another process is at work on the experiments of {folder}. Try again.", folder=store.folder)
    folder = store.folder / FOLDER
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / ".lock", wait, busy):
        yield


def write(store: RunStore, experiment: Experiment) -> None:
    """Raises StorageError."""
    _files.write(store, experiment.id, as_file(experiment))


def as_file(experiment: Experiment) -> dict[str, Any]:
    """What is written of an experiment, but whose it is."""
    values = {
        "kind": experiment.kind,
        "name": experiment.name,
        "created": experiment.created,
        "recipe": experiment.recipe.as_dict(),
        "options": dict(experiment.options),
        "titles": dict(experiment.titles),
        "runs": [{"id": run_id, "at": dict(at)} for at, run_id in experiment.runs],
    }
    return values | ({name: getattr(experiment, name) for name in _GROWN} if experiment.grows else {})


@contextlib.contextmanager
def _current(store: RunStore, given: Experiment) -> Iterator[Experiment]:
    """An experiment as it is now, and as it stays within these lines: one that grows may have grown meanwhile."""
    if not given.grows:
        yield given
        return
    with held(store):
        try:
            now = experiment(store, given.id)
        except RunError:  # removed meanwhile
            now = given
        yield now


def _thrown_away(store: RunStore, experiment: Experiment) -> Path:
    return store.trash / experiment.id / notes(store, experiment).name


def _move(path: Path, to: Path) -> None:
    with writing_to(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        path.replace(to)


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _place(at: Mapping[str, Any]) -> dict[str, Any]:
    """As a recipe keeps the values, which JSON does not: (32, 64) and not [32, 64]."""
    return {name: checked(SETTINGS[name], value) if name in SETTINGS else value for name, value in at.items()}
