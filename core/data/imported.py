"""Datasets made from people's own pictures: one folder each, named, renamed, deleted, brought back and exported.

own/<id>/dataset.json holds what people say of it; own/<id>/bases/<content hash>/ the images, never changed again.
"""

import json
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.data import arrays, cache
from core.data.built_in import built_in
from core.data.dataset import SPLITS, Dataset, Images, Splits, joined
from core.errors import DataError
from core.files import read_json, says, write_json, writing_to
from core.folders import COMMAND, data_folder
from core.people import acting, allowance
from core.processes.interruption import settle
from core.progress import Progress, silent

TRASH_DAYS = 7
LONGEST_NAME = 60  # characters
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_FACTS = {"title": str, "classes": list, "shape": list, "base": str, "counts": dict, "created": (int, float)}


@dataclass(frozen=True)
class Sources:
    """Where the images of one split came from.

    names  the file of each image, as it was called
    sizes  (n, 2) int32, width and height in pixels as found
    """

    names: tuple[str, ...]
    sizes: np.ndarray

    def __add__(self, other: "Sources") -> "Sources":
        return Sources(self.names + other.names, np.concatenate([self.sizes, other.sizes]))


def datasets() -> dict[str, Dataset]:
    """All imported datasets by id, the newest first; a damaged folder is left out."""
    try:
        names = [path.name for path in home().iterdir() if _ID.fullmatch(path.name)]
    except OSError:
        return {}
    dated = [(_facts(name), name) for name in names]
    ordered = sorted(((facts["created"], name, facts) for facts, name in dated if facts), reverse=True)
    return {name: _spec(name, facts) for _created, name, facts in ordered}


def dataset(name: str) -> Dataset | None:
    """The imported dataset of that id, or None."""
    facts = _facts(name) if _ID.fullmatch(name) else None
    return _spec(name, facts) if facts else None


def create(
    title: str,
    splits: Splits,
    classes: Iterable[str],
    sources: Mapping[str, Sources] | None = None,
    progress: Progress = silent,
    **more: Any,
) -> str:
    """Keeps pictures as a dataset of their own; returns its id. `more` is remembered: `fit`, `white`, `about`.

    Raises DataError for a name that is empty, too long or taken, StorageError.
    """
    title, classes, owner = check_title(title), tuple(classes), acting.owner()
    name = new_id(title)
    try:
        content = _write_base(name, splits, len(classes), sources or {}, progress)
        settle()
    except BaseException:  # an interruption too: what is left would keep the name taken
        shutil.rmtree(home() / name, ignore_errors=True)
        raise
    facts: dict[str, Any] = {"title": title, "classes": classes, "base": content, "owner": owner}
    facts |= {"shape": splits.train.images.shape[1:], "counts": _counts(splits), "created": time.time()}
    write_json(home() / name / "dataset.json", {**more, **facts})
    return name


def extend(
    name: str,
    splits: Splits,
    classes: Iterable[str],
    sources: Mapping[str, Sources] | None = None,
    progress: Progress = silent,
    white: int | None = None,
) -> str:
    """Adds pictures: the old ones first, so that their rows stay; returns the content hash of all together.

    classes  names of the labels in `splits`; new names become new classes at the end
    white    of the new files, where the dataset had none of more than 8 bits; else they were opened with its own
    Raises DataError where the pictures are of another shape, StorageError.
    """
    spec = yours(name)
    if splits.train.images.shape[1:] != spec.shape:
        raise DataError(
            "The new pictures are {found}, those of {dataset} are {expected}. Import them at that size.",
            found="×".join(map(str, splits.train.images.shape[1:])),
            dataset=spec.title,
            expected="×".join(map(str, spec.shape)),
        )
    every = tuple(dict.fromkeys([*spec.classes, *classes]))
    label = np.array([every.index(one) for one in classes], np.int64)
    before, old_sources = cache.load(spec, version=spec.version), read_sources(name)
    both, both_sources = {}, {}
    for split in SPLITS:
        old, new = getattr(before, split), getattr(splits, split)
        both[split] = joined(old, new and Images(new.images, label[new.labels]))
        both_sources[split] = joined(old_sources.get(split), (sources or {}).get(split))
    both_sources = {split: one for split, one in both_sources.items() if one}
    return renew(name, Splits(**both), every, both_sources, progress, white=spec.white or white)


def renew(
    name: str,
    splits: Splits,
    classes: Iterable[str],
    sources: Mapping[str, Sources] | None = None,
    progress: Progress = silent,
    **more: Any,
) -> str:
    """Gives a dataset other pictures of its shape, which runs do not lose that name the old; returns as `extend`."""
    spec, classes = yours(name), tuple(classes)
    content = _write_base(name, splits, len(classes), sources or {}, progress)
    settle()
    facts = {**(_facts(spec.name) or {}), **more, "classes": classes, "base": content, "counts": _counts(splits)}
    write_json(home() / name / "dataset.json", facts)
    return content


def rename(name: str, title: str) -> None:
    """Gives a dataset another name; runs go on naming it by its id. Raises DataError, StorageError."""
    facts = _facts(name) or {}
    if yours(name).title != title.strip():
        write_json(home() / name / "dataset.json", {**facts, "title": check_title(title)})


def delete(name: str, runs: Iterable[str]) -> None:
    """Moves a dataset into the trash; raises DataError while it is needed.

    runs  names of the runs that were or will be trained on it
    """
    spec, needed = yours(name), list(runs)
    if needed:
        raise DataError(
            "{dataset} is needed by {n} of your runs ({runs}). Delete these first, then the dataset.",
            dataset=spec.title,
            n=len(needed),
            runs=", ".join(needed[:3]) + (" …" if len(needed) > 3 else ""),
        )
    empty_trash()
    with writing_to(_trash()):
        _trash().mkdir(parents=True, exist_ok=True)
        (home() / name / "dataset.json").touch()  # the trash is emptied by age in the trash
        (home() / name).rename(_trash() / name)


def remove(name: str) -> None:
    """Removes a dataset for good, whatever was trained on it; raises DataError, PeopleError."""
    yours(name)
    cache.forget(home() / name)


def disown(name: str) -> None:
    """Makes a dataset the machine's; raises PeopleError, StorageError."""
    yours(name)
    write_json(home() / name / "dataset.json", {**(_facts(name) or {}), "owner": ""})


def restore(name: str) -> None:
    """Brings a deleted dataset back; raises DataError where the trash does not have it or its name is taken."""
    if not _ID.fullmatch(name) or not (_trash() / name / "dataset.json").exists():
        raise DataError("{dataset} is not in the trash any more; import its pictures again.", dataset=name)
    facts = read_json(_trash() / name / "dataset.json")
    acting.check(str(facts.get("owner", "")), name)
    check_title(str(facts.get("title", "")))
    with writing_to(home()):
        (_trash() / name).rename(home() / name)


def empty_trash(days: float = TRASH_DAYS, of: Callable[[str, str], bool] = lambda owner, split: False) -> None:
    """Removes what was deleted longer ago than `days`, and that of such an owner or such a split."""
    for folder in _trash().glob("*") if _trash().is_dir() else ():
        facts_file = folder / "dataset.json"
        facts = read_json(facts_file)
        theirs = of(str(facts.get("owner", "")), str(facts.get("split", "")))
        if theirs or not facts_file.exists() or time.time() - facts_file.stat().st_mtime > days * 86_400:
            cache.forget(folder)


def check_title(title: str) -> str:
    """The name, trimmed; raises DataError for one that is empty, too long or taken."""
    title = " ".join(unicodedata.normalize("NFC", title).split())
    if not title or len(title) > LONGEST_NAME or not title.isprintable():
        raise DataError("A dataset needs a name of 1 to {most} characters; choose one.", most=LONGEST_NAME)
    taken = {spec.title.casefold() for spec in (*built_in().values(), *datasets().values())}
    if title.casefold() in taken:
        raise DataError("There is already a dataset called {title}; choose another name.", title=title)
    return title


def read_sources(name: str) -> dict[str, Sources]:
    """split -> where its images came from; {} where that is not known."""
    spec = known(name)
    assert spec.folder
    try:
        stored = json.loads((spec.folder / "sources.json").read_text("utf-8"))
        return {
            split: Sources(tuple(one["names"]), np.array(one["sizes"], np.int32).reshape(-1, 2))
            for split, one in stored.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _write_base(name: str, splits: Splits, n_classes: int, sources: Mapping[str, Sources], progress: Progress) -> str:
    """Writes the images under their content hash; the same images again find themselves there."""
    theirs = [home() / one.name for one in datasets().values() if one.owner == acting.owner()]
    allowance.check_datasets(theirs, sum(part.images.nbytes for _split, part in splits.items()))
    bases = home() / name / "bases"
    new = bases / f".new-{secrets.token_hex(4)}"
    facts = {split: {"names": one.names, "sizes": one.sizes.tolist()} for split, one in sources.items()}
    try:
        content = arrays.write(new, splits, arrays.Stamp(n_classes), progress=progress)
        write_json(new / "sources.json", facts)
    except BaseException:  # an interruption too
        shutil.rmtree(new, ignore_errors=True)
        raise
    with writing_to(bases):
        if (bases / content).exists():
            shutil.rmtree(new)
        else:
            new.rename(bases / content)
    return content


def known(name: str) -> Dataset:
    """The imported dataset of that name; raises DataError where there is none."""
    if spec := dataset(name):
        return spec
    raise DataError(
        "There is no imported dataset {name}. List all with: {command} datasets", name=name, command=COMMAND
    )


def yours(name: str) -> Dataset:
    """The same, where whoever acts may change it; raises PeopleError where not."""
    spec = known(name)
    acting.check(spec.owner, name)
    return spec


def _spec(name: str, facts: dict[str, Any]) -> Dataset:
    counts = facts["counts"]
    return Dataset(
        title=facts["title"],
        about=str(facts.get("about", "")),
        classes=tuple(map(str, facts["classes"])),
        shape=tuple(facts["shape"]),  # type: ignore[arg-type]
        n_train=counts.get("train", 0),
        n_validation=counts.get("validation", 0),
        n_test=counts.get("test", 0),
        read=_nothing_to_read,
        version=facts["base"],
        fit="crop" if facts.get("fit") == "crop" else "pad",
        white=white if isinstance(white := facts.get("white"), int) else None,
        flips=("horizontal", "vertical"),
        folder=home() / name / "bases" / facts["base"],
        name=name,
        owner=str(facts.get("owner", "")),
        split=str(facts.get("split", "")),
    )


def _nothing_to_read(_paths: Any, _progress: Progress) -> Splits:
    raise DataError("The images of an imported dataset are gone. Import them again.")


def _facts(name: str) -> dict[str, Any] | None:
    stored = read_json(home() / name / "dataset.json")
    good = says(stored, _FACTS) and len(stored["shape"]) == 3 and len(stored["classes"]) > 1
    return stored if good and re.fullmatch(r"[0-9a-f]{12}", stored["base"]) else None


def _counts(splits: Splits) -> dict[str, int]:
    return {split: len(part) for split, part in splits.items()}


def new_id(title: str) -> str:
    """A short name for folders, links and the command line, made from the title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:32] or "images"
    return stem if not is_taken(stem) else f"{stem}_{secrets.token_hex(2)}"


def is_taken(name: str) -> bool:
    """Whether a dataset of that id is here, or in the trash."""
    return name in built_in() or any((folder / name).exists() for folder in (home(), _trash()))


def home() -> Path:
    """The folder of all imported datasets, one folder each."""
    return data_folder() / "own"


def _trash() -> Path:
    return data_folder() / "own" / ".trash"
