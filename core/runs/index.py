"""Runs at a glance: what lists say of a run, read once and kept while its files stay as they are.

Only a cache. The folders are the truth: a run that was copied in or changed by hand is read again, and `.index.json`,
which makes the next start quick, may be thrown away at any time. With 10,000 runs it spares reading 60,000 files.
"""

import functools
import hashlib
import json
import os
import threading
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from core.errors import RunError, StorageError
from core.files import read_json, write_whole
from core.recipe.config import TrainingConfig
from core.runs.run import ENDED, Run

NAME = ".index.json"
SETTLED = (*ENDED, "lost")  # nothing changes any more unless a file does
LOCKS = 64  # so many runs may be read at the same time
NEWEST, TURNS = 300, 20  # of many runs so many are looked at thoroughly each time, the others in so many turns
CURVE_POINTS = 30  # of the small curve in a table
FILES = ["config.json", "meta.json", "status.json", "requests.jsonl", "attempts.jsonl", "events.jsonl", "stop"]
FILES += ["checkpoints", "evaluation.npz"]  # whose times tell whether a run has to be read again


@dataclass(frozen=True, slots=True)
class Row:
    """One run as lists show it.

    recipe    tells whether two runs have the same one, see `recipe_mark`; "" where it cannot be read
    seedless  the same for two runs that differ at most in their seed
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
    tags: tuple[str, ...]
    archived: bool
    owner: str
    state: str
    dataset: str | None
    architecture: str | None
    recipe: str
    seedless: str
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
        self._known: dict[str, _Known] = _load(self.path)
        self._unsaved = False
        self._lock = threading.Lock()
        self._reading = [threading.Lock() for _ in range(LOCKS)]

    def known(self, run: Run, thorough: bool = True) -> Row | None:
        """What was read of a settled run; None where that is to be read, or something has changed since.

        thorough  looks at the times of all its files; otherwise at that of its folder, which everything changes that we
                  do, and most of what people do: not a file that was written over in its place
        """
        known = self._known.get(run.id)
        if known is None or known.folder != _time(run.folder):
            return None
        return known.row if not thorough or known.files == _mark(run.folder) else None

    def row(self, run: Run, thorough: bool = True) -> Row:
        """What is known of a run, read anew where it has changed or is not settled; by one thread of those that ask."""
        known = self.known(run, thorough)
        if known:
            return known
        with self._reading[hash(run.id) % LOCKS]:
            return self.known(run, thorough) or self._read_and_keep(run)

    def _read_and_keep(self, run: Run) -> Row:
        folder, mark = _time(run.folder), _mark(run.folder)
        row = _read(run)
        if row.state in SETTLED and not run.process_alive:
            self._known[run.id] = _Known(folder, mark, row)
            self._unsaved = True
        return row

    def rows(self, runs: list[Run]) -> list[Row]:
        """Of many runs, newest first: the newest and another twentieth each minute are looked at thoroughly."""
        turn = int(time.time() / 60) % TURNS
        return [self.row(run, place < NEWEST or place % TURNS == turn) for place, run in enumerate(runs)]

    def save(self, runs: list[Run]) -> None:
        """Writes down what is known of those runs and forgets all others; where it cannot, the next start is slower."""
        with self._lock:
            there = {run.id for run in runs}
            if not self._unsaved and there >= self._known.keys():
                return
            self._known = {name: known for name, known in self._known.copy().items() if name in there}
            rows = {name: known.as_list() for name, known in self._known.items()}
            text = json.dumps({"fields": _FIELDS, "rows": rows}, ensure_ascii=False, separators=(",", ":"))
            try:
                write_whole(self.path, lambda file: file.write(text.encode("utf-8", "replace")))
                self._unsaved = False
            except StorageError:  # a folder that may only be read, a full disk: no run is lost by that
                return


@functools.cache
def _fits(types: tuple[type, ...]) -> bool:
    """Of ten thousand rows most have the same types, so this is asked a few times."""
    return len(types) == len(_KINDS) and all(issubclass(one, kind) for one, kind in zip(types, _KINDS, strict=True))


@dataclass(frozen=True, slots=True)
class _Known:
    folder: int
    files: str
    row: Row

    def as_list(self) -> list[Any]:
        return [self.folder, self.files, *(getattr(self.row, name) for name in _FIELDS)]


_FIELDS = [field.name for field in fields(Row)]
_CURVE, _TAGS = _FIELDS.index("val_loss"), _FIELDS.index("tags")
_TEXT, _NUMBER = (str, type(None)), (int, float, type(None))
_KINDS: list[Any] = [
    int,
    str,
    str,
    str,
    (int, float),
    bool,
    str,
    list,
    bool,
    str,
    str,
    _TEXT,
    _TEXT,
    str,
    str,
    int,
    list,
    *[_NUMBER] * 4,
    int,
]


@functools.lru_cache(8)
def index(folder: Path) -> Index:
    """The one of a folder of runs, for all of this process."""
    return Index(folder)


def recipe_mark(config: TrainingConfig) -> str:
    """The same for the same recipe, another for any other."""
    return _short(json.dumps(config.as_dict(), sort_keys=True))


def seedless_mark(config: TrainingConfig) -> str:
    """The same for recipes that differ at most in their seed, another for any other."""
    return _short(json.dumps({**config.as_dict(), "seed": None}, sort_keys=True))


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
        tags=meta.tags,
        archived=meta.archived,
        owner=meta.owner,
        state=run.state,
        dataset=config.dataset if config else None,
        architecture=config.architecture if config else None,
        recipe=recipe_mark(config) if config else "",
        seedless=seedless_mark(config) if config else "",
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


def _time(folder: Path) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:  # gone meanwhile
        return 0


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


def _load(path: Path) -> dict[str, _Known]:
    """What was written down; nothing where it was written by another version, or is damaged."""
    stored = read_json(path)
    rows = stored.get("rows")
    if stored.get("fields") != _FIELDS or not isinstance(rows, dict):
        return {}
    return {name: known for name, said in rows.items() if (known := _known(name, said))}


def _known(name: str, said: Any) -> _Known | None:
    if not isinstance(said, list) or not _fits(tuple(map(type, said))):
        return None
    folder, files, *values = said
    values[_CURVE], values[_TAGS] = tuple(values[_CURVE]), tuple(map(str, values[_TAGS]))
    row = Row(*values)
    if row.id != name or row.state not in SETTLED:
        return None
    return _Known(folder, files, row)
