"""The end of a class: nicknames, pictures and runs that nobody kept are deleted for good, after showing what goes.

A run with a star is kept, without the name of whoever made it. What the teacher or the machine made is left alone.
"""

import shutil
from collections.abc import Collection
from dataclasses import dataclass

from core.data import drafts, imported, versions
from core.data.dataset import Dataset
from core.errors import N_, FitscopeError
from core.experiments import experiment as experiments
from core.files import read_json
from core.people import acting
from core.people.classroom import Classroom
from core.people.person import PeopleError, Person
from core.runs import race as races
from core.runs.index import index
from core.runs.run import ACTIVE, Run
from core.runs.store import RunStore

AT_WORK = N_("{n} runs of the class still wait or train. Stop them first, then end the class.")


@dataclass(frozen=True)
class Ending:
    """What the end of a class deletes, and what stays.

    people    everybody who joined, teachers too
    runs      those that go, without a star
    kept      those that stay, with one
    datasets  made by the pupils, of whatever they show
    needed    names of the datasets that kept runs were trained on
    drafts    pictures that were brought and not imported
    at_work   how many runs wait or train
    """

    people: tuple[Person, ...]
    runs: tuple[Run, ...]
    kept: tuple[Run, ...]
    datasets: tuple[Dataset, ...]
    needed: frozenset[str]
    drafts: int
    at_work: int


def foreseen(store: RunStore, room: Classroom) -> Ending:
    """What the end of the class would do now."""
    people = room.people()
    pupils = {person.id for person in people if not person.teacher}
    runs = [run for run in store.all() if run.meta.owner in pupils]
    rows = [index(store.folder).row(run) for run in runs]
    kept = [run for run, row in zip(runs, rows, strict=True) if row.star]
    datasets = tuple(one for one in imported.datasets().values() if one.owner in pupils)
    return Ending(
        people=tuple(people),
        runs=tuple(run for run, row in zip(runs, rows, strict=True) if not row.star),
        kept=tuple(kept),
        datasets=datasets,
        needed=frozenset({str(read_json(run.folder / "config.json").get("dataset")) for run in kept}),
        drafts=sum(draft.owner in pupils for draft in drafts.every()),
        at_work=sum(row.state in ACTIVE for row in rows),
    )


def end(store: RunStore, room: Classroom, keep: Collection[str] = ()) -> None:
    """Ends the class; raises PeopleError while something of it trains, and for a pupil, StorageError.

    keep  names of datasets that stay
    """
    acting.check("", "class")
    ending = foreseen(store, room)
    if ending.at_work:
        raise PeopleError(AT_WORK, n=ending.at_work)
    pupils = {person.id for person in ending.people if not person.teacher}
    for run in ending.runs:
        store.remove(run.id)
    for folder in store.trash.glob("*"):
        if Run(folder).meta.owner in pupils:
            shutil.rmtree(folder, ignore_errors=True)
    for run in ending.kept:
        run.change_meta(owner="")
    _forget_questions(store, pupils)
    _forget_pictures(ending, pupils, keep)
    room.end()


def _forget_questions(store: RunStore, pupils: Collection[str]) -> None:
    """Races and experiments of the pupils; runs of theirs that were kept stay as runs."""
    for race in races.races(store):
        if races.owner(store, race) in pupils:
            races.remove(store, race)
    for one in experiments.experiments(store):
        if experiments.owner(store, one) in pupils:
            experiments.forget(store, one)


def _forget_pictures(ending: Ending, pupils: Collection[str], keep: Collection[str]) -> None:
    for dataset in ending.datasets:
        if dataset.name in keep:
            imported.disown(dataset.name)
        else:
            shutil.rmtree(versions.folder(dataset), ignore_errors=True)
            imported.remove(dataset.name)
    imported.empty_trash(of=pupils)
    for path in drafts.home().glob("*"):
        if drafts.Draft(path).owner in pupils:
            drafts.Draft(path).delete()


def problem(ending: Ending) -> FitscopeError | None:
    """Why the class cannot end yet."""
    return PeopleError(AT_WORK, n=ending.at_work) if ending.at_work else None
