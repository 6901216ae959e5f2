"""Runs into one file, to be opened on another machine: what was trained, who was compared, and the images if wanted."""

import hashlib
import json
import time
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from core.carry import carried_dataset, carried_run
from core.carry.manifest import MANIFEST, Contents, is_text
from core.data import catalogue
from core.errors import FitscopeError, RunError
from core.experiments import experiment as experiments
from core.files import write_whole
from core.progress import Progress, silent
from core.release import release
from core.runs import race as races
from core.runs.run import ACTIVE, Run
from core.runs.store import RunStore

PIECE = 2**20


class _Packing:
    """The zip as it grows; what is in it goes into its list."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive, self.files = archive, dict[str, tuple[int, str]]()

    def text(self, name: str, content: bytes) -> None:
        self._keep(name, len(content), hashlib.sha256(content).hexdigest())
        self.archive.writestr(_entry(name), content)

    def file(self, name: str, path: Path) -> None:
        """Read once: what is hashed is what is packed."""
        digest, size = hashlib.sha256(), 0
        with open(path, "rb") as source, self.archive.open(_entry(name), "w", force_zip64=True) as to:
            while block := source.read(PIECE):
                digest.update(block)
                size += len(block)
                to.write(block)
        self._keep(name, size, digest.hexdigest())

    def _keep(self, name: str, size: int, digest: str) -> None:
        self.files[name] = (size, digest)


def pack(
    store: RunStore,
    runs: Sequence[Run],
    to: Path,
    images: bool = False,
    epochs: bool = False,
    together: bool = False,
    progress: Progress = silent,
) -> Contents:
    """Writes those runs into a file; returns what is in it.

    images    of imported datasets too: without, a run shows its curves, its figures and its network elsewhere
    epochs    every kept epoch, to look back at and to go on from
    together  the races and the experiments too whose runs are among them
    Raises RunError where there is none, or where one still trains or is damaged, StorageError.
    """
    if not runs:
        raise RunError("There is no run to take along. Train one first.")
    for run in runs:
        _check(run)

    listed: list[Contents] = []

    def fill(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            zipped = _Packing(archive)
            for place, run in enumerate(runs):
                progress("Packing the runs", place / (len(runs) + 1))
                _pack_run(zipped, run, epochs)
            names = _pack_datasets(zipped, runs, images, progress)
            if together:
                _pack_together(zipped, store, {run.id for run in runs})
            called = {run.id: run.meta.name for run in runs}
            found = Contents(release(), round(time.time()), zipped.files, called, names)
            listed.append(found)
            archive.writestr(_entry(MANIFEST), json.dumps(found.as_dict(), ensure_ascii=False))

    write_whole(to, fill)
    progress("Packing the runs", 1.0)
    return listed[0]


def packable(runs: Iterable[Run]) -> list[Run]:
    """Those that have ended and can be read."""
    kept = []
    for run in runs:
        try:
            _check(run)
        except FitscopeError:
            continue
        kept.append(run)
    return kept


def _check(run: Run) -> None:
    if run.damage:
        raise run.damage
    state = run.state
    if state in ACTIVE or run.process_alive:
        raise RunError(
            "Run {run} is {state}. Wait for its end, or stop it, then take it along.", run=run.id, state=state
        )


def _pack_run(packing: _Packing, run: Run, epochs: bool) -> None:
    folder = f"runs/{run.id}"
    try:
        told = carried_run.texts(run)
    except ValueError as error:
        raise RunError(
            "Run {run} cannot be taken along ({reason}). Leave it out, or train its recipe again.",
            run=run.id,
            reason=error,
        ) from error
    packing.text(f"{folder}/config.json", _json(run.config.as_dict()))
    for name, content in told.items():
        packing.text(f"{folder}/{name}", content)
    for name in carried_run.arrays(run, epochs):
        packing.file(f"{folder}/{name}", run.folder / name)


def _pack_datasets(packing: _Packing, runs: Sequence[Run], images: bool, progress: Progress) -> dict[str, str]:
    """id -> title of those that every machine does not have by itself."""
    wanted: dict[str, set[str]] = {}
    for run in runs:
        wanted.setdefault(run.config.dataset, set()).add(run.config.dataset_version)
    named = {}
    for place, (name, versions) in enumerate(sorted(wanted.items())):
        progress("Packing the images", (len(runs) + place / len(wanted)) / (len(runs) + 1))
        spec, folder = catalogue.dataset(name), f"datasets/{name}"
        edits = carried_dataset.edits(spec, versions)
        if not spec.folder and not edits:
            continue
        named[name] = spec.title
        for path in edits:
            packing.text(f"{folder}/versions/{path.name}", path.read_bytes())
        if not spec.folder:
            continue
        packing.text(f"{folder}/dataset.json", _json(carried_dataset.card(spec)))
        for base in carried_dataset.bases(spec, versions) if images else ():
            _pack_base(packing, f"{folder}/bases/{base.name}", base)
    return named


def _pack_base(packing: _Packing, folder: str, base: Path) -> None:
    stamp = json.loads((base / "stamp.json").read_text("utf-8"))
    packing.text(f"{folder}/base.json", _json({"classes": stamp["classes"], "counts": stamp["counts"]}))
    if (base / "sources.json").exists():
        packing.text(f"{folder}/sources.json", (base / "sources.json").read_bytes())
    for split in stamp["counts"]:
        for part in ("images", "labels"):
            packing.file(f"{folder}/{split}-{part}.npy", base / f"{split}-{part}.npy")


def _pack_together(packing: _Packing, store: RunStore, carried: set[str]) -> None:
    """What names several runs, where two of them come along; whose it was does not."""
    for race in races.races(store):
        if len(carried & set(race.runs)) >= 2:
            packing.text(f"races/{race.id}.json", _json(races.as_file(race)))
    for one in experiments.experiments(store):
        if carried & {run for _at, run in one.runs}:
            packing.text(f"experiments/{one.id}.json", _json(experiments.as_file(one)))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.localtime()[:6])
    entry.external_attr = 0o100644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if is_text(name) else zipfile.ZIP_STORED
    return entry


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
