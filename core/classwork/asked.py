"""Asking the sealed test set of a challenge: who may, with which network, and what each asking came to.

`asked/ID-K.json` is the K-th asking of a person: the log, in which nothing is changed later. It is written before the
network answers, so that an asking that was interrupted counts: else one could ask on and on.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.classwork import challenge as challenges
from core.classwork.challenge import Challenge, Sealed, spent
from core.data.catalogue import dataset
from core.export.offered import fingerprint
from core.files import locked, read_json, says, write_json, writing_to
from core.network.classifier import Classifier, classifier
from core.people import acting
from core.people.classroom import Classroom
from core.people.person import PeopleError
from core.pictures.resize import resize
from core.recipe import backbones
from core.recipe.config import TrainingConfig
from core.runs.index import index
from core.runs.run import ENDED, Run
from core.runs.store import RunStore

LOCK_SECONDS = 60.0  # that somebody waits while another of their tabs asks
_FILE = {"person": str, "run": str, "network": str, "at": (int, float), "public": str, "private": str}


@dataclass(frozen=True)
class Asking:
    """One asking.

    person, run      ids
    network          what the network's file was, to know it again
    at               when, seconds since 1970
    public, private  (n,) bool, which images of that half were answered rightly; empty where it was interrupted
    """

    person: str
    run: str
    network: str
    at: float
    public: np.ndarray
    private: np.ndarray

    @property
    def answered(self) -> bool:
        return len(self.public) > 0


def ask(room: Classroom, store: RunStore, number: int, run: Run) -> Asking:
    """Asks the sealed images with a network of whoever acts, and counts it; the public half may be told.

    Raises PeopleError where they may not, RunError, DataError, StorageError.
    """
    made = challenges.get(room, number)
    if made is None:
        raise PeopleError("This challenge is gone. Ask your teacher for another one.")
    person = acting.owner()
    if not person or room.person(person) is None:
        raise PeopleError("Only people of the class ask. Join it first.")
    run.check_yours()
    folder = challenges.folder(room, number) / "asked"
    with writing_to(folder):
        folder.mkdir(exist_ok=True)
    busy = PeopleError("You are asking already, in another window. Wait for its answer.")
    with locked(folder / f".{person}.lock", LOCK_SECONDS, busy):
        if refusal := why_not(room, store, made, run, person):
            acting.note_refusal(f"would ask challenge {number} with {run.id}: {refusal}")
            raise refusal
        network, sealed = classifier(run), challenges.sealed(room, number)
        of_them = len([one for one in askings(room, made) if one.person == person])
        path = folder / f"{person}-{of_them + 1}.json"
        facts = {"person": person, "run": run.id, "network": fingerprint(run), "at": time.time()}
        write_json(path, {**facts, "public": "", "private": ""})
        right = rightly(network, sealed, run.config)
        write_json(path, {**facts, "public": _packed(right[sealed.public]), "private": _packed(right[~sealed.public])})
    return next(one for one in askings(room, made) if one.person == person and one.at == facts["at"])


def why_not(room: Classroom, store: RunStore, made: Challenge, run: Run, person: str) -> PeopleError | None:
    """Why a network of somebody cannot be asked now; None where it can."""
    if made.state != "open":
        return PeopleError("The challenge is over; nothing is asked any more.")
    earlier = [one for one in askings(room, made) if one.person == person]
    if len(earlier) >= made.tries:
        return PeopleError("You have asked {n} times, as often as each may.", n=made.tries)
    if run.meta.owner != person:
        return PeopleError("Ask with a run of your own.")
    if not _was_trained_here(run):
        return PeopleError("This run came in a file: ask with one that was trained here.")
    if run.config.dataset != made.dataset:
        return PeopleError("This run learnt from other images than those of the challenge.")
    if _has_seen_more(store, run.config, made.dataset):
        return PeopleError("This run began with a network that learnt from other images than those of the challenge.")
    if run.state not in ENDED:
        return PeopleError("This run still trains: ask when it has ended.")
    if fingerprint(run) in [one.network for one in earlier if one.answered]:
        return PeopleError("You have asked with this network already: the answer would be the same.")
    if _over(made, spent_until(store, made, person, run)):
        return PeopleError("Up to this run your trainings have taken more than the budget of the challenge.")
    return None


def askings(room: Classroom, made: Challenge) -> list[Asking]:
    """All of them, the oldest first."""
    found = (read_json(path) for path in (challenges.folder(room, made.number) / "asked").glob("*.json"))
    return sorted((_asking(made, one) for one in found if says(one, _FILE)), key=lambda one: one.at)


def spent_until(store: RunStore, made: Challenge, person: str, last: Run | None = None) -> tuple[int, int]:
    """What somebody's trainings on the challenge's images took: (epochs, multiply-adds), deleted ones included.

    last  the newest run that is counted; None: all
    """
    listed = store.all()
    rows = index(store.folder).rows(listed)
    theirs = [run for run, row in zip(listed, rows, strict=True) if (row.owner, row.dataset) == (person, made.dataset)]
    theirs += [run for run in map(Run, store.trash.glob("*")) if run.meta.owner == person and _is_of(run, made)]
    counted = [spent(run) for run in theirs if last is None or run.meta.created <= last.meta.created]
    return sum(epochs for epochs, _work in counted), sum(work for _epochs, work in counted)


def rightly(network: Classifier, sealed: Sealed, recipe: TrainingConfig) -> np.ndarray:
    """(n,) bool: which sealed images a network answers rightly; a class that it does not know is never right."""
    images = sealed.images.images
    images = resize(images, recipe.image_size) if recipe.image_size else images
    answered = network.network.probabilities(np.ascontiguousarray(images)).argmax(axis=1)
    classes = dataset(recipe.dataset).classes
    labels = np.array([classes.index(name) for name in network.classes])  # of the network -> of the dataset
    return np.asarray(labels[answered] == sealed.images.labels)


def _has_seen_more(store: RunStore, recipe: TrainingConfig, dataset: str) -> bool:
    """Whether a training began with a network that learnt from other images than those of that dataset.

    Published weights are let pass: they saw none of ours.
    """
    while earlier := _began_with(recipe):  # a run began with one that was there before it: this ends
        if not (store.folder / earlier).is_dir():
            return True
        run = Run(store.folder / earlier)
        recipe = run.config
        if recipe.dataset != dataset or not _was_trained_here(run):
            return True
    return False


def _was_trained_here(run: Run) -> bool:
    """Whether a worker of this machine trained it: what a file of runs tells of itself is anybody's word.

    The worker's log is the one thing that no such file may bring (`core.carry.manifest`).
    """
    return (run.folder / "worker.log").exists()


def _began_with(recipe: TrainingConfig) -> str:
    """The id of the run that a recipe begins with; "" for none."""
    if recipe.begin_from:
        return recipe.begin_from.partition(":")[0]
    named = recipe.backbone or ""
    return "" if named in backbones.known() else named


def _is_of(run: Run, made: Challenge) -> bool:
    return not run.damage and run.config.dataset == made.dataset


def _over(made: Challenge, took: tuple[int, int]) -> bool:
    return bool((made.epochs and took[0] > made.epochs) or (made.multiply_adds and took[1] > made.multiply_adds))


def _packed(right: np.ndarray) -> str:
    return np.packbits(right).tobytes().hex()


def _unpacked(text: str, n: int) -> np.ndarray:
    """(n,) bool, or nothing where the asking was interrupted or the file is damaged."""
    try:
        bits = np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8))
    except ValueError:
        return np.empty(0, bool)
    return bits[:n].astype(bool) if len(bits) - 8 < n <= len(bits) else np.empty(0, bool)


def _asking(made: Challenge, stored: dict[str, Any]) -> Asking:
    public, private = _unpacked(stored["public"], made.n_public), _unpacked(stored["private"], made.n_private)
    return Asking(stored["person"], stored["run"], stored["network"], float(stored["at"]), public, private)
