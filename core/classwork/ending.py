"""The end of a class: nicknames, pictures and runs that nobody kept are deleted for good, after showing what goes.

A run with a star is kept, without the name of whoever made it. What the teacher or the machine made is left alone, but
for what the class collected: its pictures go, and so do its datasets unless somebody keeps them.
"""

import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

from core import scratch
from core.classwork import asked, challenge, giving, handed_in, question
from core.data import drafts, imported, versions
from core.data.dataset import Dataset
from core.errors import N_, FitscopeError
from core.experiments import experiment as experiments
from core.files import read_json
from core.people import acting, put_aside
from core.people.classroom import Classroom
from core.people.person import PeopleError, Person
from core.runs import race as races
from core.runs.index import index
from core.runs.run import ACTIVE, Run
from core.runs.store import RunStore
from core.training import features

AT_WORK = N_("Runs of the class that still wait or train: {n}. Stop them first, then end the class.")


@dataclass(frozen=True)
class Ending:
    """What the end of a class deletes, and what stays.

    people    everybody who joined, teachers too
    runs      those that go, without a star
    kept      those that stay, with one
    datasets  made by the pupils, or of what the class collected, of whatever they show
    needed    names of the datasets that kept runs were trained on
    drafts    pictures that were brought and not imported
    collected  how many pictures lie in collections, also those that were hidden, rejected or withdrawn
    handed    how many pages were handed in
    answers   how many answers were given to questions, and by sealed images to a challenge
    aside     how many recipes wait that somebody had chosen before a lock
    questions  how many races and experiments of the pupils are forgotten
    at_work   how many runs wait or train
    """

    people: tuple[Person, ...]
    runs: tuple[Run, ...]
    kept: tuple[Run, ...]
    datasets: tuple[Dataset, ...]
    needed: frozenset[str]
    drafts: int
    collected: int
    handed: int
    answers: int
    aside: int
    questions: int
    at_work: int


def foreseen(store: RunStore, room: Classroom) -> Ending:
    """What the end of the class would do now."""
    people = room.people()
    goes = _is_a_pupils(room)
    runs = [run for run in store.all() if goes(run.meta.owner)]
    rows = [index(store.folder).row(run) for run in runs]
    kept = [run for run, row in zip(runs, rows, strict=True) if row.star]
    datasets = tuple(one for one in imported.datasets().values() if goes(one.owner) or one.split)
    return Ending(
        people=tuple(people),
        runs=tuple(run for run, row in zip(runs, rows, strict=True) if not row.star),
        kept=tuple(kept),
        datasets=datasets,
        needed=frozenset({str(read_json(run.folder / "config.json").get("dataset")) for run in kept}),
        drafts=sum(goes(draft.owner) for draft in drafts.every()),
        collected=giving.kept(room),
        handed=handed_in.kept(room),
        answers=question.kept(room) + sum(len(asked.askings(room, one)) for one in challenge.challenges(room)),
        aside=put_aside.kept(room),
        questions=sum(1 for _forget in _questions(store, goes)),
        at_work=sum(row.state in ACTIVE for row in rows),
    )


def end(store: RunStore, room: Classroom, keep: Collection[str] = ()) -> None:
    """Ends the class; raises PeopleError while something of it trains, and for a pupil, StorageError.

    keep  names of datasets that stay
    """
    acting.check("", "class")
    ending = foreseen(store, room)
    if refusal := problem(ending):
        raise refusal
    goes = _is_a_pupils(room)
    for run in ending.runs:
        store.remove(run.id)
    for folder in store.trash.glob("*"):
        if goes(Run(folder).meta.owner):
            shutil.rmtree(folder, ignore_errors=True)
    for forget in _questions(store, goes):
        forget()
    _forget_pictures(ending, goes, keep)
    scratch.empty()  # runs that were packed to be carried, pictures of a batch that was asked about
    _hand_to_the_machine(store)
    room.end()
    index(store.folder).save(store.all())  # it has the names and notes of the runs that are gone


def _is_a_pupils(room: Classroom) -> Callable[[str], bool]:
    """Whether something is that of a pupil, by its owner: also of one who was taken out, and is not known any more."""
    teachers = {person.id for person in room.people() if person.teacher}
    return lambda owner: owner != "" and owner not in teachers


def _hand_to_the_machine(store: RunStore) -> None:
    """What is left, of the teacher or kept: its owner is known no more when the class has ended."""
    for run in store.all():
        if run.meta.owner:
            run.change_meta(owner="")
    for name, dataset in imported.datasets().items():
        if dataset.owner:
            imported.disown(name)
    races.disown_all(store)
    experiments.disown_all(store)


def _questions(store: RunStore, goes: Callable[[str], bool]) -> Iterator[Callable[[], object]]:
    """What forgets each race and experiment of the pupils; runs of theirs that were kept stay as runs."""
    for race in races.races(store):
        if goes(races.owner(store, race)):
            yield partial(races.remove, store, race)
    for one in experiments.experiments(store):
        if goes(experiments.owner(store, one)):
            yield partial(experiments.forget, store, one)


def _forget_pictures(ending: Ending, goes: Callable[[str], bool], keep: Collection[str]) -> None:
    for dataset in ending.datasets:
        if dataset.name not in keep:
            shutil.rmtree(versions.folder(dataset), ignore_errors=True)
            imported.remove(dataset.name)
    features.forget()
    imported.empty_trash(of=lambda owner, split: goes(owner) or bool(split))
    for path in drafts.home().glob("*"):
        if goes(drafts.Draft(path).owner):
            drafts.Draft(path).delete()


def problem(ending: Ending) -> FitscopeError | None:
    """Why the class cannot end yet."""
    return PeopleError(AT_WORK, n=ending.at_work) if ending.at_work else None
