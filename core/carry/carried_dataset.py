"""Datasets that runs were trained on: what they are always goes along, their images where that is asked for.

Of a built-in dataset nothing goes along but edits: every Fitscope has it, or downloads it.
"""

import itertools
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.carry.manifest import Contents, plain
from core.data import arrays, catalogue, imported, versions
from core.data.arrays import Stamp
from core.data.dataset import SPLITS, Dataset, Splits
from core.data.imported import Sources
from core.files import read_json, says, write_json, writing_to
from core.people import acting
from core.pictures.resize import SMALLEST
from core.progress import Progress

MOST_CLASSES, MOST_SIDE, LONGEST_CLASS = 1000, 1024, 160
CARD = {
    "title": str,
    "about": str,
    "classes": list,
    "shape": list,
    "base": str,
    "counts": dict,
    "created": (int, float),
}


def card(spec: Dataset) -> dict[str, Any]:
    """What is said of an imported dataset: enough to show a run on it, and to use its network."""
    counts = {"train": spec.n_train, "validation": spec.n_validation, "test": spec.n_test}
    return {
        "title": spec.title,
        "about": spec.about,
        "classes": list(spec.classes),
        "shape": list(spec.shape),
        "base": spec.version,
        "counts": {split: n for split, n in counts.items() if n},
        "created": read_json((imported.home() / spec.name) / "dataset.json").get("created", 0.0),
        "fit": spec.fit,
        "white": spec.white,
    }


def bases(spec: Dataset, wanted: Iterable[str]) -> list[Path]:
    """The folders of its images, as they are now and as those versions want them, that are on this machine."""
    if spec.folder is None:
        return []
    names = {spec.version}
    for version in wanted:
        names.add(version if spec.folder.with_name(version).is_dir() else _base_of(spec, version))
    return [path for name in sorted(names) if name and (path := spec.folder.with_name(name)).is_dir()]


def edits(spec: Dataset, wanted: Iterable[str]) -> list[Path]:
    """The files of edits that those versions name."""
    return [path for name in sorted(set(wanted)) if name and (path := versions.folder(spec) / f"{name}.json").is_file()]


def _base_of(spec: Dataset, version: str) -> str:
    stored = read_json(versions.folder(spec) / f"{version}.json").get("base")
    return stored if isinstance(stored, str) and re.fullmatch(r"[0-9a-f]{12}", stored) else ""


class Arriving:
    """One dataset of a file that was unpacked: judged, then put in place, under a name that is free.

    folder  its folder among what was unpacked
    """

    def __init__(self, name: str, folder: Path, found: Contents):
        self.name, self.folder = name, folder
        self.with_images = name in found.with_images
        self.card = _judged(read_json(folder / "dataset.json")) if (folder / "dataset.json").exists() else None

    def here(self) -> str | None:
        """The name that the same dataset has here already; None where it is new.

        It is the same where it has the images, or had them: one that grew since keeps what it was.
        """
        if self.card is None:
            return self.name
        for spec in imported.datasets().values():
            if spec.version == self.card["base"] or (spec.folder and spec.folder.with_name(self.card["base"]).is_dir()):
                return spec.name
        return None

    def place(self, undo: Callable[..., Any], progress: Progress) -> str:
        """Puts in place what is not here; returns its name here. What is new is registered with `undo`.

        Raises ValueError where the images are not what they say, PeopleError, StorageError.
        """
        known = self.here()
        name = known or self._free_name()
        home = imported.home() / name
        if known is None and self.card:
            facts = {**self.card, "title": _free(self.card["title"]), "owner": acting.owner()}
            with writing_to(home):
                home.mkdir(parents=True)
            undo(shutil.rmtree, home, ignore_errors=True)
            write_json(home / "dataset.json", facts)
        if self.with_images:
            for base in sorted((self.folder / "bases").iterdir()):
                if not (home / "bases" / base.name).exists():
                    undo(shutil.rmtree, home / "bases" / base.name, ignore_errors=True)
                    self._place_images(base, home / "bases" / base.name, progress)
        self._place_edits(catalogue.dataset(name))
        return name

    def _free_name(self) -> str:
        taken = imported.is_taken(self.name)
        return imported.new_id(self.card["title"]) if taken and self.card else self.name

    def _place_images(self, base: Path, to: Path, progress: Progress) -> None:
        """Written anew from arrays whose headers are exactly what they must be; their hash must be their name."""
        told = read_json(base / "base.json")
        if not self.card or not says(told, {"classes": int, "counts": dict}) or not _are_counts(told["counts"]):
            raise ValueError("its images have no description")
        classes, shape = told["classes"], tuple(self.card["shape"])
        if not 2 <= classes <= len(self.card["classes"]):
            raise ValueError("its images have other classes")
        parts = {split: arrays.read(base, split, n, shape, classes) for split, n in told["counts"].items()}
        content = arrays.write(to, Splits(**parts), Stamp(classes), progress=progress)
        if content != base.name:
            shutil.rmtree(to, ignore_errors=True)
            raise ValueError("its images are others than their name says")
        write_json(to / "sources.json", _sources(read_json(base / "sources.json"), told["counts"]))

    def _place_edits(self, spec: Dataset) -> None:
        """Those that have the name of what they say, as `versions.get` asks; what is here stays."""
        for path in sorted((self.folder / "versions").glob("*.json")):
            to = versions.folder(spec, make=True) / path.name
            if to.exists():
                continue
            with writing_to(to):
                shutil.copyfile(path, to)
            try:
                versions.get(spec, path.stem)
            except Exception:
                to.unlink(missing_ok=True)
                raise


def _free(title: str) -> str:
    """That name, or with a number behind it where it is taken."""
    taken = {spec.title.casefold() for spec in catalogue.datasets().values()}
    free = (f"{title[: imported.LONGEST_NAME - 7]} ({number})" for number in itertools.count(2))
    return title if title.casefold() not in taken else next(one for one in free if one.casefold() not in taken)


def _judged(told: Mapping[str, Any]) -> dict[str, Any]:
    """A description that a stranger wrote; raises ValueError where it is none."""
    if not says(told, CARD) or not all(isinstance(one, str) for one in told["classes"]):
        raise ValueError("a dataset in it is not described")
    classes, shape = [plain(one, LONGEST_CLASS) for one in told["classes"]], told["shape"]
    sides = [side for side in shape if isinstance(side, int) and not isinstance(side, bool)]
    good = len(shape) == len(sides) == 3 and all(SMALLEST // 2 <= side <= MOST_SIDE for side in sides[:2])
    if not good or shape[2] not in (1, 3) or not 2 <= len(classes) <= MOST_CLASSES or not _are_counts(told["counts"]):
        raise ValueError("a dataset in it is not one")
    if len(set(classes)) < len(classes) or not all(classes) or not re.fullmatch(r"[0-9a-f]{12}", told["base"]):
        raise ValueError("a dataset in it has no classes or no images that can be told apart")
    white = told.get("white")
    return {
        "title": plain(told["title"], imported.LONGEST_NAME) or "?",
        "about": plain(told["about"], 1000),
        "classes": classes,
        "shape": shape,
        "base": told["base"],
        "counts": told["counts"],
        "created": float(told["created"]),
        "fit": "crop" if told.get("fit") == "crop" else "pad",
        "white": white if isinstance(white, int) and 0 < white < 2**32 else None,
    }


def _are_counts(counts: Mapping[str, Any]) -> bool:
    whole = all(split in SPLITS and isinstance(n, int) and 0 < n <= 2_000_000 for split, n in counts.items())
    return whole and {"train", "test"} <= counts.keys()


def _sources(told: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Any]:
    """Where the images came from, as far as that is told whole."""
    kept = {}
    for split, n in counts.items():
        one = told.get(split)
        if isinstance(one, dict) and says(one, {"names": list, "sizes": list}) and len(one["names"]) == n:
            try:
                sizes = np.array(one["sizes"], np.int32).reshape(-1, 2)
            except (ValueError, TypeError, OverflowError):
                continue
            if len(sizes) == n:
                found = Sources(tuple(plain(str(name), 300) for name in one["names"]), sizes)
                kept[split] = {"names": list(found.names), "sizes": found.sizes.tolist()}
    return kept
