"""What a class collected becomes a dataset: split by who gave it, or by chance to see how that flatters.

Whoever stands on a side stays there when it is made again with more pictures: a network that begins from an earlier run
is never tested on somebody it has learnt from.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.classwork import collecting, giving, split_by_giver
from core.classwork.collecting import Collection
from core.classwork.giving import Picture
from core.classwork.split_by_giver import SHARES, Division
from core.data import cache, imported, versions
from core.data.dataset import SPLITS, Dataset, Images, Splits
from core.data.imported import Sources
from core.data.reading.decode import open_picture
from core.errors import DataError
from core.files import read_json, write_json
from core.people import acting
from core.pictures.preprocessing import fit_picture
from core.progress import Progress, silent
from core.runs.store import RunStore

Kind = Literal["apart", "chance"]
SIDES = "sides.json"  # beside the collection: person -> the side on which they stand


@dataclass(frozen=True)
class Foreseen:
    """What a dataset would be that is made now.

    pictures  those that are shown, in the order in which they came
    classes   their names in the order of the labels: as they were first named, so that a later one comes at the end
    labels    (n,) int64
    counts    (classes, 3) int64, pictures of each class on each side;  people  the same of those who gave them
    """

    pictures: tuple[Picture, ...]
    classes: tuple[str, ...]
    labels: np.ndarray
    division: Division
    counts: np.ndarray
    people: np.ndarray


def foreseen(collection: Collection, kind: Kind = "apart", shares: Sequence[float] = SHARES) -> Foreseen:
    """The split before it is made; by chance the sides are as large as by person, so that both can be compared.

    Raises PeopleError for a pupil, DataError where it cannot be made, and says what to do.
    """
    pictures = tuple(one for one in giving.every(collection) if one.state == "shown")
    place = {number: label for label, number in enumerate(sorted(collection.classes))}
    pictures = tuple(one for one in pictures if one.label in place)
    labels = np.array([place[one.label] for one in pictures], np.int64)
    names = tuple(collection.classes[number] for number in sorted(collection.classes))
    lacking = [name for label, name in enumerate(names) if (labels == label).sum() < len(SPLITS)]
    if lacking:
        raise DataError("Each class needs at least 3 pictures; still lacking: {names}.", names=", ".join(lacking))
    if kind == "apart":
        division = _by_giver(collection, pictures, labels, names, shares)
    else:
        division = split_by_giver.by_chance(labels, _sizes(collection, pictures, labels, names, shares))
    counts = division.counts(labels, len(names))
    people = np.zeros_like(counts)
    for label in range(len(names)):
        for side in range(len(SPLITS)):
            chosen = np.flatnonzero((labels == label) & (division.sides == side))
            people[label, side] = len({pictures[at].giver for at in chosen})
    return Foreseen(pictures, names, labels, division, counts, people)


def make(collection: Collection, planned: Foreseen, title: str, about: str = "", progress: Progress = silent) -> str:
    """Makes the dataset, or a new version of the one that was made so before; returns its id.

    Raises PeopleError for a pupil, DataError, StorageError.
    """
    acting.check("", "class")
    kind: Kind = "chance" if planned.division.level == "chance" else "apart"
    images, here = _images(collection, planned.pictures, progress)
    parts, sources = {}, {}
    for side, split in enumerate(SPLITS):
        rows = here[planned.division.sides[here] == side]
        parts[split] = Images(images[np.isin(here, rows)], planned.labels[rows])
        sources[split] = _sources(planned, rows, collection.size)
    splits, names = Splits(**parts), planned.classes
    made = collecting.again(collection).datasets.get(kind, "")
    if made and imported.dataset(made):
        imported.renew(made, splits, names, sources, progress, split=planned.division.level)
        spec = imported.known(made)
        if versions.has_edits(spec, versions.current(spec)):  # those were of the pictures before
            versions.choose(spec, "")
        _forget_unused(spec)
    else:
        more = {"split": planned.division.level, "about": about, "fit": "pad"}
        made = imported.create(title, splits, names, sources, progress, **more)
    collecting.change(collection, datasets={**collecting.again(collection).datasets, kind: made})
    if planned.division.level == "person":
        sides = {one.giver: int(side) for one, side in zip(planned.pictures, planned.division.sides, strict=True)}
        write_json(collection.folder / SIDES, {**read_json(collection.folder / SIDES), **sides})
    return made


def _by_giver(
    collection: Collection,
    pictures: Sequence[Picture],
    labels: np.ndarray,
    names: Sequence[str],
    shares: Sequence[float],
) -> Division:
    stored = read_json(collection.folder / SIDES)
    fixed = {person: side for person, side in stored.items() if side in range(len(SPLITS))}
    people, bursts = [one.giver for one in pictures], [one.burst for one in pictures]
    return split_by_giver.divided(labels, people, bursts, names, shares, fixed)


def _sizes(
    collection: Collection,
    pictures: Sequence[Picture],
    labels: np.ndarray,
    names: Sequence[str],
    shares: Sequence[float],
) -> np.ndarray:
    """(classes, 3) as the split by giver has them, where there is one."""
    try:
        return _by_giver(collection, pictures, labels, names, shares).counts(labels, len(names))
    except DataError:
        return split_by_giver.shared_out(np.bincount(labels, minlength=len(names)), shares)


def _images(collection: Collection, pictures: Sequence[Picture], progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """(n, size, size, channels) uint8 of those that are still there, and which these are, (n,) int64."""
    images = np.empty((len(pictures), collection.size, collection.size, collection.channels), np.uint8)
    here: list[int] = []
    for at, one in enumerate(pictures):
        progress("Reading the pictures", at / len(pictures))
        try:
            content = one.path.read_bytes()
        except FileNotFoundError:  # taken back or rejected since the split was looked at
            continue
        images[len(here)] = fit_picture(open_picture(content), collection.size, collection.channels, "pad")
        here.append(at)
    return images[: len(here)], np.array(here, np.int64)


def _sources(planned: Foreseen, rows: np.ndarray, size: int) -> Sources:
    """Without a word about who gave it."""
    classes, pictures = planned.classes, planned.pictures
    files = tuple(f"{classes[planned.labels[at]]}/{at:05}{pictures[at].path.suffix}" for at in rows.tolist())
    return Sources(files, np.full((len(rows), 2), size, np.int32))


def _forget_unused(spec: Dataset) -> None:
    """Earlier versions that no run names are deleted: what was rejected since then stands in them."""
    configs = [read_json(run.folder / "config.json") for run in RunStore().all()]
    named = {str(one.get("dataset_version", "")) for one in configs if one.get("dataset") == spec.name}
    stays = {spec.version}
    for version in named:
        with contextlib.suppress(DataError):  # a version that is not here anyway
            stays.add(versions.base(spec, version))
    assert spec.folder
    cache.forget(spec.folder.parent.parent, but=stays)
