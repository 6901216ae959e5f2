"""Runs at a glance: what lists say of a run, read once and kept while its files stay as they are.

Only a cache. The folders are the truth: a run that was copied in or changed by hand is read again, and `.index.json`,
which makes the next start quick, may be thrown away at any time. With 10,000 runs it spares reading 60,000 files.
"""

import functools
import hashlib
import json
import os
import threading
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from core.errors import RunError, StorageError
from core.files import read_json, says, write_whole
from core.recipe.config import TrainingConfig
from core.runs.run import ENDED, Run

NAME = ".index.json"
SETTLED = (*ENDED, "lost")  # nothing changes any more unless a file does
CURVE_POINTS = 30  # of the small curve in a table
FILES = ("config.json", "meta.json", "status.json", "requests.jsonl", "attempts.jsonl", "events.jsonl")
FILES += ("stop", "checkpoints", "evaluation.npz")  # whose times tell whether a run has to be read again


@dataclass(frozen=True, slots=True)
class Row:
    """One run as lists show it.

    recipe    tells whether two runs have the same one, see `recipe_mark`; "" where it cannot be read
    epochs    how many are complete
    val_loss  after some of them, from the first to the last
    kept      bytes of its folder
    Figures that are not there yet are None.
    """

    id: str
    name: str
    created: float
    star: bool
    notes: str
    state: str
    dataset: str | None
    architecture: str | None
    recipe: str
    epochs: int
    val_loss: tuple[float, ...]
    val_accuracy: float | None
    n_validation: int | None
    test_accuracy: float | None
    n_test: int | None
    kept: int


class Index:
    """What was read of the runs of one folder. May be shared by threads."""

    def __init__(self, folder: Path):
        self.path = folder / NAME
        self._known = _load(self.path)
        self._unsaved = False
        self._lock = threading.Lock()

    def known(self, run: Run) -> Row | None:
        """What was read of a settled run; None where that is to be read, or a file has changed since."""
        mark, row = self._known.get(run.id, ("", None))
        return row if row and mark == _mark(run.folder) else None

    def row(self, run: Run) -> Row:
        """What is known of a run, read anew where a file of it has changed or it is not settled."""
        known = self.known(run)
        if known:
            return known
        mark, row = _mark(run.folder), _read(run)
        if row.state in SETTLED and not run.process_alive:
            self._known[run.id] = (mark, row)
            self._unsaved = True
        return row

    def save(self, runs: list[Run]) -> None:
        """Writes down what is known of those runs and forgets all others; where it cannot, the next start is slower."""
        with self._lock:
            there = {run.id for run in runs}
            if not self._unsaved and there >= self._known.keys():
                return
            self._known = {name: known for name, known in self._known.copy().items() if name in there}
            rows = {name: [mark, *asdict(row).values()] for name, (mark, row) in self._known.items()}
            text = json.dumps({"fields": _FIELDS, "rows": rows}, ensure_ascii=False, separators=(",", ":"))
            try:
                write_whole(self.path, lambda file: file.write(text.encode("utf-8", "replace")))
                self._unsaved = False
            except StorageError:  # a folder that may only be read, a full disk: no run is lost by that
                return


_FIELDS = [field.name for field in fields(Row)]
_NUMBER = (int, float)
_KINDS: dict[str, Any] = dict.fromkeys(("id", "name", "notes", "state", "recipe"), str)
_KINDS |= dict.fromkeys(("dataset", "architecture"), (str, type(None)))
_KINDS |= dict.fromkeys(("val_accuracy", "n_validation", "test_accuracy", "n_test"), (*_NUMBER, type(None)))
_KINDS |= {"created": _NUMBER, "star": bool, "epochs": int, "val_loss": list, "kept": int}


@functools.lru_cache(8)
def index(folder: Path) -> Index:
    """The one of a folder of runs, for all of this process."""
    return Index(folder)


def recipe_mark(config: TrainingConfig) -> str:
    """The same for the same recipe, another for any other."""
    return _short(json.dumps(config.as_dict(), sort_keys=True))


def _read(run: Run) -> Row:
    try:
        config: TrainingConfig | None = run.config
    except RunError:
        config = None
    meta, history, status = run.meta, run.history, run.status
    result: dict[str, Any] = (status.result if status else None) or {}
    best = history.best
    return Row(
        id=run.id,
        name=meta.name,
        created=float(meta.created),
        star=meta.star,
        notes=meta.notes,
        state=run.state,
        dataset=config.dataset if config else None,
        architecture=config.architecture if config else None,
        recipe=recipe_mark(config) if config else "",
        epochs=len(history.epochs),
        val_loss=_some(history.column("val_loss")),
        val_accuracy=best["val_accuracy"] if best else None,
        n_validation=history.start.get("n_validation"),
        test_accuracy=result.get("test_accuracy"),
        n_test=result.get("n_test"),
        kept=kept(run.folder),
    )


def kept(folder: Path) -> int:
    """Bytes that a run keeps on the disk; a file with two names, as the best snapshot has, counts once."""
    sizes: dict[int, int] = {}
    for place, _folders, names in os.walk(folder):
        for name in names:
            try:
                status = os.stat(os.path.join(place, name))
            except OSError:  # gone meanwhile
                continue
            sizes[status.st_ino] = status.st_size
    return sum(sizes.values())


def _some(values: list[float]) -> tuple[float, ...]:
    step = max(1.0, (len(values) - 1) / (CURVE_POINTS - 1))
    places = sorted({round(place * step) for place in range(min(len(values), CURVE_POINTS))})
    return tuple(float(f"{values[place]:.5g}") for place in places if place < len(values))


def _mark(folder: Path) -> str:
    marks = []
    for name in FILES:
        try:
            status = os.stat(f"{folder}/{name}")
            marks.append((status.st_mtime_ns, status.st_size, status.st_mode))
        except OSError:
            marks.append((0, 0, 0))
    return _short(repr(marks))


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _load(path: Path) -> dict[str, tuple[str, Row]]:
    """What was written down; nothing where it was written by another version, or is damaged."""
    stored = read_json(path)
    rows = stored.get("rows")
    if stored.get("fields") != _FIELDS or not isinstance(rows, dict):
        return {}
    known = {}
    for name, values in rows.items():
        if isinstance(values, list) and len(values) == len(_FIELDS) + 1:
            said = dict(zip(_FIELDS, values[1:], strict=True))
            if says(said, _KINDS) and said["id"] == name and said["state"] in SETTLED:
                known[name] = (str(values[0]), Row(**{**said, "val_loss": tuple(said["val_loss"])}))
    return known
