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

from core.data import catalogue
from core.data.dataset import Images, Splits
from core.errors import DataError
from core.files import read_json, write_json, writing_to
from core.folders import data_folder

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
        told = {"base": self.base, "excluded": self.excluded, "relabelled": self.relabelled}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def n_excluded(self) -> int:
        return sum(map(len, self.excluded.values()))

    @property
    def n_relabelled(self) -> int:
        return sum(map(len, self.relabelled.values()))


def current(name: str) -> str:
    """The version that a new run gets; "" for the images as published, without edits."""
    chosen = read_json(folder(name) / "current.json").get("version")
    spec = catalogue.dataset(name)
    newest = spec.version if spec.folder else ""
    return chosen if isinstance(chosen, str) and _exists(name, chosen) else newest


def pinned(name: str, version: str) -> str:
    """The version that a recipe means which leaves it open, or asks for the original."""
    if version == ORIGINAL:
        spec = catalogue.dataset(name)
        return spec.version if spec.folder else ""
    return version or current(name)


def base(name: str, version: str) -> str:
    """The content hash of the imported images a version is made of; raises DataError for an unknown version."""
    spec = catalogue.dataset(name)
    if spec.folder and _ID.fullmatch(version) and spec.folder.with_name(version).is_dir():
        return version
    return get(name, version).base


def get(name: str, version: str) -> Version:
    """The edits of a version; raises DataError when they are not here."""
    told = read_json(folder(name) / f"{version}.json") if _ID.fullmatch(version) else {}
    try:
        excluded = {split: tuple(map(int, rows)) for split, rows in told["excluded"].items()}
        relabelled = {
            split: {int(row): int(label) for row, label in rows.items()} for split, rows in told["relabelled"].items()
        }
        found = Version(told["base"], excluded, relabelled, told["parent"], told["made"])
        if found.id != version:
            raise ValueError("its content does not have its name")
        return found
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            "Version {version} of {dataset} is not on this machine ({reason}). Choose another version, or leave it "
            "open for the newest.",
            version=version,
            dataset=name,
            reason=error,
        ) from error


def history(name: str) -> list[Version]:
    """The edits the current version grew from, the newest first."""
    found: list[Version] = []
    version = current(name)
    while _ID.fullmatch(version) and (folder(name) / f"{version}.json").exists() and len(found) < 1000:
        found.append(get(name, version))
        version = found[-1].parent
    return found


def edit(
    name: str,
    content: str,
    exclude: Mapping[str, Iterable[int]] | None = None,
    relabel: Relabelled | None = None,
) -> str:
    """Makes a version from the current one and makes it the current; returns its id.

    content  hash of the images the rows count: those without edits (`core.data.cache.content`)
    exclude  split -> rows to leave out;  relabel  split -> {row: label}
    Raises DataError where the current version counts the rows of other images, StorageError.
    """
    before = _edits(name, content)
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
        parent=current(name),
        made=time.time(),
    )
    if made.id != made.parent and (made.excluded or made.relabelled):
        write_json(folder(name, make=True) / f"{made.id}.json", vars(made))
        choose(name, made.id)
    return current(name)


def choose(name: str, version: str) -> None:
    """Makes a version the current one: an earlier one to undo, "" for the images without edits."""
    _change(name, version=version)


def kept(name: str) -> set[str]:
    """Keys of the findings that someone decided to live with."""
    told = read_json(folder(name) / "current.json").get("kept")
    return {key for key in told if isinstance(key, str)} if isinstance(told, list) else set()


def keep(name: str, keys: Iterable[str], forget: bool = False) -> None:
    """Remembers findings as looked at and kept, or forgets that."""
    keys = set(keys)
    _change(name, kept=sorted(kept(name) - keys if forget else kept(name) | keys))


def rows(name: str, version: str, split: str, n: int) -> np.ndarray:
    """Which rows of the `n` images without edits a version has, in its order: (m,) int64."""
    if not has_edits(name, version):
        return np.arange(n)
    return np.setdiff1d(np.arange(n), np.asarray(get(name, version).excluded.get(split, ()), np.int64))


def edited(name: str, version: str, splits: Splits, content: str) -> Splits:
    """The images of a version, from those without edits; raises DataError where they are other images or too few."""
    edits = get(name, version)
    if edits.base != content:
        raise DataError(
            "Version {version} of {dataset} was made from other images than those on this machine. Choose the "
            "original images, and look for problems again.",
            version=version,
            dataset=name,
        )
    made = {}
    for split in ("train", "validation", "test"):
        part = getattr(splits, split)
        made[split] = part and _edited_part(name, version, split, part, edits.relabelled.get(split, {}))
    return Splits(**made)


class _Rows:
    """Some rows of an array, gathered a slice at a time: a copy of all might not fit into memory."""

    def __init__(self, array: np.ndarray, chosen: np.ndarray):
        self.array, self.chosen, self.dtype = array, chosen, array.dtype
        self.shape = (len(chosen), *array.shape[1:])

    def __getitem__(self, part: slice) -> np.ndarray:
        return np.asarray(self.array[self.chosen[part]])


def _edited_part(name: str, version: str, split: str, part: Images, relabelled: Mapping[int, int]) -> Images:
    chosen = rows(name, version, split, len(part))
    if not len(chosen):
        raise DataError(
            "Version {version} of {dataset} leaves no {split} image. Choose another version.",
            version=version,
            dataset=name,
            split=split,
        )
    labels = np.array(part.labels)
    for row, label in relabelled.items():
        labels[row] = label
    return Images(_Rows(part.images, chosen), labels[chosen])  # type: ignore[arg-type]


def _edits(name: str, content: str) -> Version:
    version = current(name)
    if not has_edits(name, version):
        return Version(content)
    found = get(name, version)
    if found.base != content:
        raise DataError(
            "The images of {dataset} are not those that its current version was made from. Choose the original "
            "images first, then try again.",
            dataset=name,
        )
    return found


def has_edits(name: str, version: str) -> bool:
    """Does this version differ from the images as published or imported?"""
    spec = catalogue.dataset(name)
    return version != "" and not (spec.folder and spec.folder.with_name(version).is_dir())


def _exists(name: str, version: str) -> bool:
    """Is this a version of edits whose file is here?"""
    return bool(_ID.fullmatch(version)) and (folder(name) / f"{version}.json").exists()


def _change(name: str, **changes: Any) -> None:
    path = folder(name, make=True) / "current.json"
    write_json(path, {**read_json(path), **changes})


def folder(name: str, make: bool = False) -> Path:
    """Where the edits of a dataset lie, and what was found in its images."""
    home = data_folder() / "versions" / name
    if make:
        with writing_to(home):
            home.mkdir(parents=True, exist_ok=True)
    return home
