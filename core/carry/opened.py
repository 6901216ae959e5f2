"""Opens a file of runs: judged beside, then put in place; whatever is wrong in it leaves everything as it was."""

import contextlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.carry import carried_run, networks
from core.carry.carried_dataset import Arriving
from core.carry.manifest import plain, refused
from core.carry.unpacked import unpack
from core.errors import FitscopeError, StorageError
from core.experiments import experiment as experiments
from core.files import read_json, write_json, writing_to
from core.people import acting
from core.people.person import PeopleError
from core.processes.interruption import settle
from core.progress import Progress, silent
from core.recipe.config import TrainingConfig
from core.runs import race as races
from core.runs import turns
from core.runs.beside import new_id
from core.runs.index import index
from core.runs.run import LONGEST_NAME, Run
from core.runs.store import RunStore
from core.scratch import scratch


@dataclass
class Opened:
    """What came of a file.

    runs      ids of those that are new here;  known  of those that were here already
    renamed   old id -> new, where another run had it
    races, experiments, datasets  ids of those that are new here
    networks  id of a run -> why its network could not be built
    """

    runs: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    races: list[str] = field(default_factory=list)
    experiments: list[str] = field(default_factory=list)
    datasets: list[str] = field(default_factory=list)
    networks: dict[str, FitscopeError] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON values of all of it."""
        return {**vars(self), "networks": {run: error.as_json() for run, error in self.networks.items()}}


def open_file(path: Path, store: RunStore, progress: Progress = silent, build: bool = True) -> Opened:
    """Puts what is in a file among the runs and datasets of this machine; all of it is whoever's who opens it.

    build  the networks too, which takes Keras
    Raises DataError where the file is refused, PeopleError where it is more than one of the class may keep,
    StorageError; then nothing has changed.
    """
    with scratch() as place:
        found = unpack(path, place, progress)
        turns.check_disk(index(store.folder).rows(store.all()), acting.owner(), found.size)
        with contextlib.ExitStack() as undone:
            opening = _Opening(path.name, place, store, undone.callback)
            try:
                opening.datasets(
                    [Arriving(name, place / "datasets" / name, found) for name in found.datasets], progress
                )
                opening.runs(sorted(found.runs))
                opening.together(found.races, found.experiments)
                settle()
            except (StorageError, PeopleError):
                raise
            except (FitscopeError, ValueError, OSError, LookupError, TypeError, OverflowError, RuntimeError) as error:
                raise refused(path.name, plain(str(error), 300)) from error
            undone.pop_all()
    if build:
        _build(opening.done, store, progress)
    return opening.done


class _Opening:
    """What is put in place, step by step; `undo` takes it back where a later step fails."""

    def __init__(self, file: str, place: Path, store: RunStore, undo: Callable[..., Any]):
        self.file, self.place, self.store, self.undo = file, place, store, undo
        self.done = Opened()
        self.dataset_ids: dict[str, str] = {}
        self.run_ids: dict[str, str] = {}

    def datasets(self, arriving: list[Arriving], progress: Progress) -> None:
        """Those that are new, under names that are free."""
        for one in arriving:
            new = one.here() is None
            self.dataset_ids[one.name] = one.place(self.undo, progress)
            if new:
                self.done.datasets.append(self.dataset_ids[one.name])

    def runs(self, names: list[str]) -> None:
        """Each is judged before the first is put in place."""
        arriving = {name: Run(self.place / "runs" / name) for name in names}
        self.run_ids = {name: self._id(run) for name, run in arriving.items()}
        new = {name: run for name, run in arriving.items() if self.run_ids[name] not in self.done.known}
        for run in new.values():
            self._write(run)
            carried_run.judge(run)
        with writing_to(self.store.folder):
            self.store.folder.mkdir(parents=True, exist_ok=True)
        for name, run in new.items():
            to = self.store.folder / self.run_ids[name]
            hidden = self.store.folder / f".new-{to.name}"
            with writing_to(to):
                shutil.rmtree(hidden, ignore_errors=True)
                run.checkpoints.mkdir(exist_ok=True)
                self.undo(shutil.rmtree, hidden, ignore_errors=True)
                shutil.move(run.folder, hidden)
                hidden.rename(to)
            self.undo(shutil.rmtree, to, ignore_errors=True)
            self.done.runs.append(to.name)
            Run(to).note_change()

    def together(self, race_ids: list[str], experiment_ids: list[str]) -> None:
        """Races and experiments, by the names that their runs have here."""
        theirs = RunStore(self.place / "beside")
        for folder, ids, kind in (
            (races.FOLDER, race_ids, "races"),
            (experiments.FOLDER, experiment_ids, "experiments"),
        ):
            (theirs.folder / folder).mkdir(parents=True, exist_ok=True)
            for one in ids:
                shutil.copyfile(self.place / kind / f"{one}.json", theirs.folder / folder / f"{one}.json")
        here = {race.id: race for race in races.races(self.store)}
        for race_id in race_ids:
            race = races.race(theirs, race_id)
            runs = tuple(self.run_ids.get(run, run) for run in race.runs[: races.MOST])
            guess = race.guess if race.guess in ("", "=", *races.LETTERS) else ""
            race = replace(
                race, name=plain(race.name, LONGEST_NAME), runs=runs, lesson=plain(race.lesson, 60), guess=guess
            )
            if race_id in here and here[race_id].runs == runs:
                continue
            race = replace(race, id=new_id(race.created) if race_id in here else race_id)
            self.undo(races.remove, self.store, race)
            races.restore(self.store, race)
            self.done.races.append(race.id)
        self._experiments(theirs, experiment_ids)

    def _experiments(self, theirs: RunStore, ids: list[str]) -> None:
        here = {one.id: one for one in experiments.experiments(self.store)}
        for experiment_id in ids:
            told = self._renamed(read_json(theirs.folder / experiments.FOLDER / f"{experiment_id}.json"), "recipe")
            write_json(theirs.folder / experiments.FOLDER / f"{experiment_id}.json", told)
            one = experiments.experiment(theirs, experiment_id)
            one.spec.chosen(one.options)
            runs = tuple((at, self.run_ids.get(run, run)) for at, run in one.runs)
            pruned = tuple(self.run_ids.get(run, run) for run in one.pruned)
            one = replace(one, name=plain(one.name, LONGEST_NAME), runs=runs, pruned=pruned, done=True)
            if experiment_id in here and here[experiment_id].runs == runs:
                continue
            one = replace(one, id=new_id(one.created) if experiment_id in here else experiment_id)
            self.undo(experiments.forget, self.store, one)
            experiments.write(self.store, one)
            self.done.experiments.append(one.id)

    def _id(self, run: Run) -> str:
        """What a run is called here: as it was, unless another one is."""
        taken = self.store.folder / run.id
        if not taken.exists() and not self.store.in_trash(run.id):
            return run.id
        if taken.exists() and carried_run.same(run, Run(taken)):
            self.done.known.append(run.id)
            return run.id
        number = 2
        while (self.store.folder / f"{run.id[:190]}-{number}").exists():
            number += 1
        self.done.renamed[run.id] = f"{run.id[:190]}-{number}"
        return self.done.renamed[run.id]

    def _write(self, run: Run) -> None:
        """Its text anew: names as they are here, whose it is, and nothing that a run does not say."""
        config = TrainingConfig.from_dict(
            self._renamed({"config": read_json(run.folder / "config.json")}, "config")["config"]
        )
        told = carried_run.texts(run)
        meta = json.loads(told["meta.json"])
        meta |= {"owner": acting.owner(), "twin_of": self.run_ids.get(meta["twin_of"], meta["twin_of"])}
        carried_run.write(run.folder, told)
        write_json(run.folder / "meta.json", meta)
        write_json(run.folder / "config.json", config.as_dict())

    def _renamed(self, told: Mapping[str, Any], part: str) -> dict[str, Any]:
        """A recipe within JSON with the names that its dataset and the run it begins from have here."""
        recipe = told.get(part)
        if not isinstance(recipe, dict) or not recipe:
            raise ValueError("a recipe in it cannot be read")
        for setting, known in (("dataset", self.dataset_ids), ("backbone", self.run_ids), ("begin_from", self.run_ids)):
            if isinstance(recipe.get(setting), str):
                recipe = {**recipe, setting: known.get(recipe[setting], recipe[setting])}
        return {**told, part: recipe}


def _build(done: Opened, store: RunStore, progress: Progress) -> None:
    """The networks of the runs that came, the earliest first: one may begin from another."""
    waiting = [run for name in sorted(done.runs) if networks.is_to_build(run := store.get(name))]
    for place, run in enumerate(waiting):
        progress("Building the networks", place / len(waiting))
        try:
            networks.build(run)
        except FitscopeError as error:  # its curves and figures are here all the same
            done.networks[run.id] = error
