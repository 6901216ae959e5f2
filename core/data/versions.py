"""Versions of a dataset: pictures left out or given another class, without touching what runs were trained on.

Images as published or imported never change. An edit is a small file beside them that says what differs; its name is
the hash of what it says, and a run's recipe holds that name.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.data.dataset import SPLITS, Dataset, Images, Splits
from core.errors import DataError
from core.files import read_json, write_json, writing_to
from core.folders import data_folder
from core.people import acting

ORIGINAL = "original"  # in a recipe that is typed or linked: the images without edits, although there are some
_ID = re.compile(r"[0-9a-f]{12}")

Excluded = Mapping[str, tuple[int, ...]]
Relabelled = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class Version:
    """What differs from the images as published or imported.

    base        content hash of the images that the rows count
    excluded    split -> rows left out, sorted
    relabelled  split -> {row: label}
    parent      the version it was made from, "" for the images without edits
    made        seconds since 1970
    """

    base: str
    excluded: Excluded = field(default_factory=dict)
    relabelled: Relabelled = field(default_factory=dict)
    parent: str = ""
    made: float = 0.0

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits; the same edits of the same images have the same."""
        content = {"base": self.base, "excluded": self.excluded, "relabelled": self.relabelled}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def n_excluded(self) -> int:
        return sum(map(len, self.excluded.values()))

    @property
    def n_relabelled(self) -> int:
        return sum(map(len, self.relabelled.values()))


def current(dataset: Dataset) -> str:
    """The version that a new run gets; "" for the images as published, without edits."""
    chosen = read_json(folder(dataset) / "current.json").get("version")
    return chosen if isinstance(chosen, str) and _exists(dataset, chosen) else original(dataset)


def original(dataset: Dataset) -> str:
    """The version without edits: "" for images as published, else the newest of the imported ones."""
    return dataset.version if dataset.folder else ""


def pinned(dataset: Dataset, version: str) -> str:
    """The version that a recipe means which leaves it open, or asks for the original."""
    return original(dataset) if version == ORIGINAL else version or current(dataset)


def base(dataset: Dataset, version: str) -> str:
    """The content hash of the imported images a version is made of; raises DataError for an unknown version."""
    return version if _is_import(dataset, version) else get(dataset, version).base


def get(dataset: Dataset, version: str) -> Version:
    """The edits of a version; raises DataError when they are not here."""
    stored = read_json(folder(dataset) / f"{version}.json") if _ID.fullmatch(version) else {}
    try:
        excluded = {split: tuple(map(int, rows)) for split, rows in stored["excluded"].items()}
        relabelled = {
            split: {int(row): int(label) for row, label in rows.items()} for split, rows in stored["relabelled"].items()
        }
        version_found = Version(stored["base"], excluded, relabelled, stored["parent"], stored["made"])
        if version_found.id != version:
            raise ValueError("its content does not have its name")
        return version_found
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            "Version {version} of {dataset} is not on this machine ({reason}). Choose another version, or leave it "
            "open for the newest.",
            version=version,
            dataset=dataset.name,
            reason=error,
        ) from error


def history(dataset: Dataset) -> list[Version]:
    """The edits the current version grew from, the newest first."""
    versions: list[Version] = []
    version = current(dataset)
    while _ID.fullmatch(version) and (folder(dataset) / f"{version}.json").exists() and len(versions) < 1000:
        versions.append(get(dataset, version))
        version = versions[-1].parent
    return versions


def edit(
    dataset: Dataset,
    content: str,
    exclude: Mapping[str, Iterable[int]] | None = None,
    relabel: Relabelled | None = None,
) -> str:
    """Makes a version from the current one and makes it the current; returns its id.

    content  hash of the images the rows count: those without edits (`core.data.cache.content`)
    exclude  split -> rows to leave out;  relabel  split -> {row: label}
    Raises DataError where the current version counts the rows of other images, StorageError.
    """
    acting.check(dataset.owner, dataset.name)
    before = _edits(dataset, content)
    excluded = {
        split: tuple(sorted({*before.excluded.get(split, ()), *map(int, (exclude or {}).get(split, ()))}))
        for split in {**before.excluded, **(exclude or {})}
    }
    relabelled = {
        split: {**before.relabelled.get(split, {}), **(relabel or {}).get(split, {})}
        for split in {**before.relabelled, **(relabel or {})}
    }
    made = Version(
        content,
        {split: rows for split, rows in sorted(excluded.items()) if rows},
        {split: dict(sorted(rows.items())) for split, rows in sorted(relabelled.items()) if rows},
        parent=current(dataset),
        made=time.time(),
    )
    if made.id != made.parent and (made.excluded or made.relabelled):
        write_json(folder(dataset, make=True) / f"{made.id}.json", vars(made))
        choose(dataset, made.id)
    return current(dataset)


def choose(dataset: Dataset, version: str) -> None:
    """Makes a version the current one: an earlier one to undo, "" for the images without edits."""
    _change(dataset, version=version)


def kept(dataset: Dataset) -> set[str]:
    """Keys of the findings that someone decided to live with."""
    names = read_json(folder(dataset) / "current.json").get("kept")
    return {key for key in names if isinstance(key, str)} if isinstance(names, list) else set()


def keep(dataset: Dataset, keys: Iterable[str], forget: bool = False) -> None:
    """Remembers findings as looked at and kept, or forgets that."""
    keys = set(keys)
    _change(dataset, kept=sorted(kept(dataset) - keys if forget else kept(dataset) | keys))


def rows(dataset: Dataset, version: str, split: str, n: int) -> np.ndarray:
    """Which rows of the `n` images without edits a version has, in its order: (m,) int64."""
    if not has_edits(dataset, version):
        return np.arange(n)
    return np.setdiff1d(np.arange(n), np.asarray(get(dataset, version).excluded.get(split, ()), np.int64))


def edited(dataset: Dataset, version: str, splits: Splits, content: str) -> Splits:
    """The images of a version, from those without edits; raises DataError where they are other images or too few."""
    edits = get(dataset, version)
    if edits.base != content:
        raise DataError(
            "Version {version} of {dataset} was made from other images than those on this machine. Choose the "
            "original images, and look for problems again.",
            version=version,
            dataset=dataset.name,
        )
    relabelled = {split: edits.relabelled.get(split, {}) for split in SPLITS}
    return Splits(
        **{split: _edited_part(dataset, version, split, part, relabelled[split]) for split, part in splits.items()}
    )


class _Rows:
    """Some rows of an array, gathered a slice at a time: a copy of all might not fit into memory."""

    def __init__(self, array: np.ndarray, chosen: np.ndarray):
        self.array, self.chosen, self.dtype = array, chosen, array.dtype
        self.shape = (len(chosen), *array.shape[1:])

    def __getitem__(self, part: slice) -> np.ndarray:
        return np.asarray(self.array[self.chosen[part]])


def _edited_part(dataset: Dataset, version: str, split: str, part: Images, relabelled: Mapping[int, int]) -> Images:
    chosen = rows(dataset, version, split, len(part))
    if not len(chosen):
        raise DataError(
            "Version {version} of {dataset} leaves no {split} image. Choose another version.",
            version=version,
            dataset=dataset.name,
            split=split,
        )
    labels = np.array(part.labels)
    for row, label in relabelled.items():
        labels[row] = label
    return Images(_Rows(part.images, chosen), labels[chosen])  # type: ignore[arg-type]


def _edits(dataset: Dataset, content: str) -> Version:
    version = current(dataset)
    if not has_edits(dataset, version):
        return Version(content)
    chosen = get(dataset, version)
    if chosen.base != content:
        raise DataError(
            "The images of {dataset} are not those that its current version was made from. Choose the original "
            "images first, then try again.",
            dataset=dataset.name,
        )
    return chosen


def has_edits(dataset: Dataset, version: str) -> bool:
    """Does this version differ from the images as published or imported?"""
    return version != "" and not _is_import(dataset, version)


def _is_import(dataset: Dataset, version: str) -> bool:
    """Is this a version of imported images as they came?"""
    if dataset.folder is None or not _ID.fullmatch(version):
        return False
    return version == dataset.version or dataset.folder.with_name(version).is_dir()


def _exists(dataset: Dataset, version: str) -> bool:
    """Is this a version of edits whose file is here?"""
    return bool(_ID.fullmatch(version)) and (folder(dataset) / f"{version}.json").exists()


def _change(dataset: Dataset, **changes: Any) -> None:
    acting.check(dataset.owner, dataset.name)  # the current version is everybody's
    path = folder(dataset, make=True) / "current.json"
    write_json(path, {**read_json(path), **changes})


def folder(dataset: Dataset, make: bool = False) -> Path:
    """Where the edits of a dataset lie, and what was found in its images."""
    home = data_folder() / "versions" / dataset.name
    if make:
        with writing_to(home):
            home.mkdir(parents=True, exist_ok=True)
    return home
