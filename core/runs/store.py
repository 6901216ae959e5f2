"""The folder of runs: what is made, found, queued, deleted and brought back."""

import contextlib
import os
import re
import secrets
import shutil
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from core.errors import RunError, StorageError
from core.files import append_json, is_settled, write_json, writing_to
from core.folders import COMMAND, runs_folder
from core.people import acting
from core.processes.running import started
from core.recipe.config import TrainingConfig
from core.recipe.sent import check_allowed
from core.runs import cost, turns
from core.runs import prediction as predictions
from core.runs.cost import Foretold
from core.runs.index import index
from core.runs.prediction import Prediction
from core.runs.run import CHANGED, Meta, Run, short_name

TRASH_DAYS = 7

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}")
_listed: dict[Path, tuple[int, list[Run]]] = {}  # folder -> its time when it was listed, and the runs in it
_STAMP = len("20261121-012156")  # the beginning of an id, by which runs are sorted


@dataclass(frozen=True)
class RunStore:
    """All runs of one folder."""

    folder: Path = field(default_factory=runs_folder)

    def create(
        self,
        config: TrainingConfig,
        name: str = "",
        owner: str = "",
        queue: bool = True,
        twin_of: str = "",
        prediction: Prediction | None = None,
        run_id: str = "",
        expected: Foretold | None = None,
    ) -> Run:
        """A new run; with `queue` it waits for a worker, otherwise the caller trains it. Raises StorageError,
        PeopleError where one of the class has too many waiting, or the teacher has locked what it asks for.

        name        cut where it is too long
        owner       the id of the person whose it is, where that is not who acts
        twin_of     the id of the run that it repeats with one change
        prediction  what was said of it before
        expected    how long it will take, as far as that is known
        run_id      from `new_id`, where it was written down before; what a kill left of it half-made is thrown away
        """
        config, owner = config.pinned(), owner or acting.owner()
        if queue and acting.acting():
            check_allowed(config)
            turns.check_room(index(self.folder).rows(self.all()), owner)
        now = time.time()
        run = Run(self.folder / (run_id or self.new_id(config)))
        hidden = Run(self.folder / f".new-{run.id}")  # a half-made folder is never seen as a run
        shutil.rmtree(hidden.folder, ignore_errors=True)
        called = short_name(name or f"{config.dataset} {config.architecture}")
        meta = Meta(called, created=now, owner=owner, twin_of=twin_of)
        try:
            with writing_to(self.folder):
                hidden.checkpoints.mkdir(parents=True)
            write_json(hidden.folder / "config.json", config.as_dict())
            write_json(hidden.folder / "meta.json", asdict(meta))
            if prediction:
                predictions.save(hidden, prediction)
            if expected:
                cost.save(hidden, expected)
            if queue:
                append_json(hidden.folder / "requests.jsonl", {"event": "start", "at": now})
            else:
                hidden.note_attempt(os.getpid(), started(os.getpid()))
            with writing_to(run.folder):
                hidden.folder.rename(run.folder)
        except StorageError:
            shutil.rmtree(hidden.folder, ignore_errors=True)
            raise
        return run

    def new_id(self, config: TrainingConfig) -> str:
        """An id for a run of that recipe; ids sort by time."""
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime())
        return f"{stamp}-{config.dataset}-{config.architecture}-{secrets.token_hex(3)}"

    def all(self) -> list[Run]:
        """Every run, newest first; damaged ones too. The folder is listed again when its time has changed.

        Raises StorageError.
        """
        try:
            changed = self.folder.stat().st_mtime_ns
            known = _listed.get(self.folder)
            if known and known[0] == changed:
                return list(known[1])
            with os.scandir(self.folder) as entries:
                folders = [Path(entry) for entry in entries if _ID.fullmatch(entry.name) and _is_folder(entry)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError(
                "The runs folder {folder} cannot be read ({reason}). Allow reading there, or name another folder "
                "with FITSCOPE_RUNS.",
                folder=self.folder,
                reason=error.strerror,
            ) from error
        runs = [Run(folder) for folder in _newest_first(folders)]
        if is_settled(changed):
            _listed[self.folder] = (changed, runs)
        return list(runs)

    def signs(self) -> tuple[int, int] | None:
        """Two times that change when a run is added, removed or changed by us; None: too fresh to tell."""
        times = []
        for path in (self.folder, self.folder / CHANGED):
            try:
                times.append(path.stat().st_mtime_ns)
            except OSError:
                times.append(0)
        return (times[0], times[1]) if is_settled(max(times)) else None

    def get(self, run_id: str) -> Run:
        """The run of that id, or the newest that can be read for `latest`; raises RunError."""
        if run_id == "latest":
            newest = next((run for run in self.all() if not run.damage), None)
            if not newest:
                raise RunError("There is no run yet in {folder}. Train one first.", folder=self.folder)
            return newest
        if not _ID.fullmatch(run_id) or not os.path.isdir(self.folder / run_id):
            raise RunError(
                "There is no run called {run} in {folder}. List them with: {command} runs",
                run=run_id,
                folder=self.folder,
                command=COMMAND,
            )
        return Run(self.folder / run_id)

    def queue(self) -> list[Run]:
        """The waiting runs, the next one first."""
        known = index(self.folder)
        runs = self.all()
        return turns.in_turn([run for run, row in zip(runs, known.rows(runs), strict=True) if row.state == "queued"])

    def clone(self, run: Run, name: str = "") -> Run:
        """A new run of the same recipe, queued; in a class, that of whoever asks."""
        return self.create(run.config.spelled_out(), name or run.meta.name)

    def delete(self, run: Run) -> None:
        """Moves a run into the trash, from where `restore` brings it back; raises RunError while it is at work."""
        run = self.get(run.id)
        run.check_yours()
        if run.state in ("starting", "running") or run.process_alive:
            raise RunError("Run {run} is still at work. Stop it first, then delete it.", run=run.id)
        with writing_to(self.trash):
            self.trash.mkdir(parents=True, exist_ok=True)
            os.utime(run.folder)  # the trash is emptied by age in the trash
            run.folder.rename(self.trash / run.id)

    def restore(self, run_id: str) -> Run:
        """Brings a deleted run back; raises RunError when the trash does not have it."""
        if not self.in_trash(run_id):
            raise RunError("Run {run} is not in the trash any more; it cannot be brought back.", run=run_id)
        Run(self.trash / run_id).check_yours()
        with writing_to(self.folder):
            (self.trash / run_id).rename(self.folder / run_id)
        return Run(self.folder / run_id)

    def remove(self, run_id: str) -> None:
        """Removes a run for good, also out of the trash; raises RunError while it is at work, PeopleError."""
        if not self.in_trash(run_id):
            self.delete(self.get(run_id))
        Run(self.trash / run_id).check_yours()
        with writing_to(self.trash):
            shutil.rmtree(self.trash / run_id)

    def in_trash(self, run_id: str) -> bool:
        return bool(_ID.fullmatch(run_id)) and os.path.isdir(self.trash / run_id)

    def empty_trash(self, days: float = TRASH_DAYS) -> None:
        """Removes what was deleted longer ago than `days`, and folders that were never finished being made."""
        leftovers = [*self.trash.glob("*"), *self.folder.glob(".new-*")]
        for folder in leftovers:
            with contextlib.suppress(OSError):  # gone meanwhile, or a link to nowhere
                if time.time() - folder.stat().st_mtime > days * 86_400:
                    shutil.rmtree(folder)

    @property
    def trash(self) -> Path:
        return self.folder / ".trash"


def _newest_first(folders: list[Path]) -> list[Path]:
    """By the time in the id and, within one second, by when the recipe was written."""
    beside = Counter(folder.name[:_STAMP] for folder in folders)

    def age(folder: Path) -> tuple[str, int]:
        stamp = folder.name[:_STAMP]
        return stamp, _written(folder) if beside[stamp] > 1 else 0

    return sorted(folders, key=age, reverse=True)


def _is_folder(entry: os.DirEntry) -> bool:
    """A link is followed; one that leads nowhere, or round in circles, is none."""
    return os.path.isdir(entry) if entry.is_symlink() else entry.is_dir()


def _written(folder: Path) -> int:
    try:
        return (folder / "config.json").stat().st_mtime_ns
    except OSError:
        return 0
