"""A run is a folder. Every file has one writer; readers trust none.

`config.json`, `meta.json`, `requests.jsonl`, `stop` and what is made of a kept epoch (`checkpoints/looked-at-…`,
`network-…`) are written by whoever asks (a page, the command line), `attempts.jsonl` by whoever starts the worker,
everything else by the worker.

Whoever changes what lists say of a run touches `.changed` beside the folders of the runs, so that a look at two times
tells whether anything is new, however many runs there are.
"""

import contextlib
import json
import os
import time
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import DivergedError, FitscopeError, RunError
from core.files import append_json, locked, read_arrays, read_json, read_json_lines, says, write_json, writing_to
from core.people import acting
from core.processes.running import alive, started
from core.recipe.config import TrainingConfig
from core.runs import checkpoints
from core.runs.history import History

CHANGED = ".changed"
ACTIVE = ("queued", "starting", "running")
LONGEST_NAME = 120  # characters that a run is called by
EVALUATION = "evaluation.npz"  # labels and probabilities of each split
ENDED = ("finished", "stopped", "failed")  # as the worker writes them; `lost` and `damaged` are only ever read
DIVERGED = DivergedError.__name__
RESUMABLE = ("stopped", "failed", "lost")

PARTS = (" · ", ", ", " ")  # what stands between the parts of a name


def short_name(name: str) -> str:
    """A name of at most LONGEST_NAME characters; a longer one ends after a whole part, with "…"."""
    if len(name) <= LONGEST_NAME:
        return name
    head = name[: LONGEST_NAME - 1]
    cuts = (head.rfind(part) for part in PARTS)
    return head[: next((cut for cut in cuts if cut > len(head) / 2), len(head))] + "…"


_NUMBER, _OBJECT_OR_NONE = (int, float), (dict, type(None))
_META = {
    "name": str,
    "created": _NUMBER,
    "star": bool,
    "notes": str,
    "owner": str,
    "tags": list,
    "twin_of": str,
    "archived": bool,
}
_STATUS = {"state": str, "attempt": int, "since": _NUMBER, "epoch": int}
_STATUS |= {"error": _OBJECT_OR_NONE, "result": _OBJECT_OR_NONE}
_ATTEMPT = {"pid": int, "process_started": _NUMBER, "at": _NUMBER, "slot": int, "request": int}


@dataclass(frozen=True)
class Meta:
    """What people say of a run: nothing here changes what was trained."""

    name: str
    created: float = 0.0
    star: bool = False
    notes: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    twin_of: str = ""  # the id of the run that it repeats with one change
    archived: bool = False  # lists show it only where it is asked for


@dataclass(frozen=True)
class Status:
    """What the worker last wrote of itself: `result` holds the test figures once there are any."""

    state: str
    attempt: int
    since: float
    epoch: int = 0
    error: dict | None = None
    result: dict | None = None


@dataclass(frozen=True)
class Run:
    """One training, read from its folder. Nothing is cached: each property is what the files say now."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def config(self) -> TrainingConfig:
        """The recipe; raises RunError when it cannot be read."""
        try:
            return TrainingConfig.from_dict(json.loads((self.folder / "config.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError, ArithmeticError, RecursionError, FitscopeError) as error:
            raise RunError(
                "The recipe of run {run} cannot be read ({reason}). Delete the run, or mend its config.json.",
                run=self.id,
                reason=error,
            ) from error

    @property
    def damage(self) -> RunError | None:
        """Why this folder cannot be used as a run, or None."""
        try:
            _ = self.config
        except RunError as error:
            return error
        for name in ("requests.jsonl", "attempts.jsonl", "status.json", "events.jsonl"):
            if (self.folder / name).is_dir():
                return RunError("In run {run}, {file} is a folder. Delete the run.", run=self.id, file=name)
        if not self._requests() and not self.attempts:
            return RunError("Nothing in the folder of run {run} says that it was started. Delete the run.", run=self.id)
        return None

    @property
    def meta(self) -> Meta:
        """Name, star, notes; what is damaged counts as not said."""
        stored = read_json(self.folder / "meta.json")
        known = {name: stored[name] for name, kind in _META.items() if says(stored, {name: kind})}
        tags = tuple(tag for tag in known.pop("tags", ()) if isinstance(tag, str))
        return Meta(**{"name": self.id, "tags": tags, **known})

    @property
    def status(self) -> Status | None:
        """The worker's last word, None before its first or when the file is damaged."""
        stored = read_json(self.folder / "status.json")
        known = says(stored, _STATUS) and stored["state"] in ("starting", "running", *ENDED)
        return Status(**{name: stored[name] for name in _STATUS}) if known else None

    @property
    def failure(self) -> RunError | None:
        """What the training failed of, where that was its end; None else."""
        error = (self.state == "failed" and self.status and self.status.error) or None
        return RunError(error["template"], **error["values"]) if error else None

    def without_network(self) -> RunError:
        """What to do where a network is asked for and there is none yet."""
        kept = checkpoints.epochs(self.checkpoints)
        if not kept:
            return RunError("Run {run} has no network yet. Train it to its end first.", run=self.id)
        return RunError(
            "Run {run} has no network yet. Train it to its end first, or name one of the epochs that were kept: "
            "{epochs}.",
            run=self.id,
            epochs=", ".join(map(str, kept)),
        )

    @property
    def diverged(self) -> bool:
        """Whether the training ended because a loss was no number any more."""
        status = self.status
        return bool(status and status.state == "failed" and status.error and status.error.get("kind") == DIVERGED)

    @property
    def attempts(self) -> list[dict]:
        """One entry per start of a worker: pid, start time, device slot, and which request it answers."""
        lines = read_json_lines(self.folder / "attempts.jsonl")
        return [line for line in lines if line.get("event") == "started" and says(line, _ATTEMPT)]

    @property
    def state(self) -> str:
        """queued, starting, running, finished, stopped, failed, lost or damaged: the one answer to all of these."""
        if self.damage:
            return "damaged"
        attempts = self.attempts
        if self._requests() > (attempts[-1]["request"] if attempts else 0):
            return "stopped" if self.stop_asked else "queued"
        status = self.status
        heard = status if status and status.attempt == len(attempts) else None
        if heard and heard.state in ENDED:
            return heard.state
        if not alive(attempts[-1]["pid"], attempts[-1]["process_started"]):
            return "lost"
        return heard.state if heard else "starting"

    @property
    def process_alive(self) -> bool:
        """Is the worker of the last attempt still there? It may be, a little while, after the run ended."""
        attempts = self.attempts
        return bool(attempts) and alive(attempts[-1]["pid"], attempts[-1]["process_started"])

    @property
    def history(self) -> History:
        """The curves so far, read from the start; `History.update` reads only what is new."""
        history = History(self.folder / "events.jsonl")
        history.update()
        return history

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def stop_asked(self) -> bool:
        return (self.folder / "stop").exists()

    @property
    def queued_at(self) -> float:
        """When it was last asked to run, seconds since 1970; decides its place in the queue."""
        times = [line["at"] for line in read_json_lines(self.folder / "requests.jsonl") if says(line, {"at": _NUMBER})]
        return float(times[-1]) if times else 0.0

    @property
    def images(self) -> dict[str, np.ndarray] | None:
        """Rows of the dataset in each split, and `changed`, positions of training labels that were changed.

        None before the training has begun, or when the file is damaged.
        """
        return read_arrays(self.folder / "images.npz")

    def log(self, lines: int = 30) -> str:
        """The end of the worker's log."""
        try:
            with open(self.folder / "worker.log", "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - 200 * lines))
                return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
        except OSError:
            return ""

    def check_yours(self) -> None:
        """Raises PeopleError where whoever acts may look at the run, but not change it."""
        acting.check(self.meta.owner, self.id)

    def held(self, wait: float = 0.0) -> AbstractContextManager[None]:
        """Holds the run, so that no other process trains it; raises RunError when one does, StorageError.

        wait  seconds; a worker that was stopped still tests its network
        """
        busy = RunError("Run {run} is already being trained by another process; wait for it.", run=self.id)
        return locked(self.folder / "lock", wait, busy)

    def ask_to_stop(self) -> None:
        """Asks the worker to finish its batch and leave, or takes a waiting run out of the queue.

        Raises PeopleError where it is somebody else's, StorageError.
        """
        self.check_yours()
        with writing_to(self.folder / "stop"):
            (self.folder / "stop").touch()
        self.note_change()

    def ask_to_start(self) -> None:
        """Puts the run into the queue, to go on from its last complete epoch; raises RunError, PeopleError."""
        self.check_yours()
        self.check_resumable()
        append_json(self.folder / "requests.jsonl", {"event": "start", "at": time.time()})
        self._take_back_stop()
        self.note_change()

    def go_on_here(self) -> None:
        """Notes that this process trains the run from here on, without the queue."""
        self.check_resumable()
        self.note_attempt(os.getpid(), started(os.getpid()))
        self._take_back_stop()

    def check_resumable(self) -> None:
        """Raises RunError when the run is active, finished or damaged."""
        state = self.state
        if state not in RESUMABLE:
            raise RunError(
                "Run {run} is {state}: only a stopped, failed or lost run can go on. Train it again as a new run.",
                run=self.id,
                state=state,
            )

    def note_attempt(self, pid: int, process_started: float, slot: int = 0) -> None:
        """Written by whoever starts a worker, before the worker gets to know of the run."""
        line = {"event": "started", "at": time.time(), "pid": pid, "process_started": process_started}
        append_json(self.folder / "attempts.jsonl", {**line, "slot": slot, "request": self._requests()})
        self.note_change()

    def note_end(self, pid: int, code: int | None) -> None:
        append_json(self.folder / "attempts.jsonl", {"event": "ended", "at": time.time(), "pid": pid, "code": code})

    def change_meta(self, **changes: Any) -> None:
        """Renames, stars or annotates: any fields of `Meta`; raises PeopleError, StorageError."""
        self.check_yours()
        write_json(self.folder / "meta.json", asdict(replace(self.meta, **changes)))
        self.note_change()

    def note_change(self) -> None:
        """Lets everybody who lists runs know that there is something new to read."""
        with contextlib.suppress(OSError):  # they look at all of them now and then; this only makes it sooner
            os.utime(self.folder)  # a line that is appended, a file deeper down do not change it
            (self.folder.parent / CHANGED).touch()

    def _take_back_stop(self) -> None:
        """Comes last: without its stop, a run that was stopped in the queue would be in the queue again."""
        with writing_to(self.folder / "stop"):
            (self.folder / "stop").unlink(missing_ok=True)

    def _requests(self) -> int:
        return len(read_json_lines(self.folder / "requests.jsonl"))
