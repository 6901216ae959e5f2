"""Writes what a training reports into its run folder: events, snapshots, status."""

import json
import os
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import DataError, FitscopeError, StorageError, UnexpectedError, as_words
from core.files import append_json, write_arrays, write_json, writing_to
from core.runs import checkpoints, diary
from core.runs.reports import Changed, EpochDone, Preparing, Report, Snapshot, Started, StepsDone
from core.runs.run import Run, Status

PREPARING_SECONDS = 0.2  # between two lines about a download


class Recorder:
    """The only writer of a run's `events.jsonl`, `status.json` and `checkpoints/` while its worker runs.

    An epoch's event is on the disk before its snapshot: killed between the two, the epoch is repeated, not lost. Its
    record in the diary comes before both, so that whoever hears of the epoch finds it there.
    """

    def __init__(self, run: Run, meter: Callable[[], dict[str, Any]] | None = None):
        """`meter` tells what was used since it was asked last, which each epoch's event repeats."""
        self.run, self.meter = run, meter
        self.attempt = len(run.attempts)
        self.epoch = 0
        self.told_preparing = 0.0

    def __call__(self, report: Report) -> None:
        match report:
            case Preparing():
                self._preparing(report)
            case Started():
                self._started(report)
            case StepsDone():
                self._event("steps", report)
            case Changed():
                self._event("changed", report)
            case EpochDone():
                self._epoch(report)

    def snapshots(self) -> tuple[Snapshot | None, Snapshot | None]:
        """What to go on from: the last epoch and the best; raises DataError when one is damaged."""
        last = read_snapshot(self.run.checkpoints / "last.npz")
        if last is not None and _is_best(last):
            self._keep_as_best()  # a kill may have come between the two
            return last, last
        return last, read_snapshot(self.run.checkpoints / "best.npz")

    def status(self, state: str, error: Exception | None = None, result: dict | None = None) -> None:
        """Replaces `status.json`."""
        previous = None
        if error:
            bug = UnexpectedError("Unexpected error: {error}. The log says more.", error=repr(error))
            known = error if isinstance(error, FitscopeError) else bug
            previous = {"kind": type(known).__name__, "template": known.template, "values": as_words(known.values)}
        status = Status(state, self.attempt, time.time(), self.epoch, previous, result)
        write_json(self.run.folder / "status.json", asdict(status))
        self.run.note_change()

    def _preparing(self, report: Preparing) -> None:
        now = time.monotonic()
        if report.fraction >= 1 or now - self.told_preparing > PREPARING_SECONDS:
            self.told_preparing = now
            self._event("preparing", report)

    def _started(self, report: Started) -> None:
        self.epoch = report.first_epoch - 1
        self._event("started", report, without=("start", "images"))
        write_arrays(self.run.folder / "images.npz", report.images)
        checkpoints.drop_after(self.run.checkpoints, self.epoch)
        diary.cut(self.run.folder, self.epoch, report.images)
        if self.epoch == 0:
            start = report.start()
            checkpoints.write_frozen(self.run.checkpoints, {name: start[name] for name in _frozen(start)})
            self._checkpoint("last", start)
            self._keep_epoch(0, start, None)
        self.status("running")

    def _epoch(self, report: EpochDone) -> None:
        self._keep_said(report)
        more = {"used": self.meter()} if self.meter else {}
        self._event("epoch", report, without=("snapshot", "answers", "said"), more=more, durable=True)
        snapshot = report.snapshot()
        self._checkpoint("last", snapshot)
        if report.best:
            self._keep_as_best()
        self._keep_epoch(report.epoch, snapshot, report.answers)
        self.epoch = report.epoch

    def _event(
        self,
        name: str,
        report: Report,
        without: tuple[str, ...] = (),
        more: Mapping[str, Any] | None = None,
        durable: bool = False,
    ) -> None:
        values = {key: value for key, value in vars(report).items() if key not in without} | dict(more or {})
        path = self.run.folder / "events.jsonl"
        append_json(path, {"event": name, "at": round(time.time(), 3), **values}, durable)

    def _checkpoint(self, name: str, snapshot: Snapshot) -> None:
        """Where the disk is full, going on is worth more than looking back: kept epochs make room."""
        path, frozen = self.run.checkpoints / f"{name}.npz", _frozen(snapshot)
        while True:
            try:
                return write_arrays(path, {name: array for name, array in snapshot.items() if name not in frozen})
            except StorageError:
                if not checkpoints.make_room(self.run.checkpoints):
                    raise

    def _keep_epoch(self, epoch: int, snapshot: Snapshot, answers: np.ndarray | None) -> None:
        """The network alone, without the optimizer, and its answers: for looking back, a third of what Adam needs."""
        progress = json.loads(str(snapshot["progress"]))
        if not progress["network"]:
            return  # a baseline: there is no network to look back at
        weights = [snapshot[f"v{position:04d}"] for position in range(progress["network"])]
        try:
            best, frozen = progress["stopping"]["best_epoch"], progress.get("frozen", ())
            checkpoints.write(self.run.checkpoints, epoch, weights, best, answers, frozen)
        except StorageError as error:  # no reason to end a training
            print(f"Epoch {epoch} is not kept: {error}", file=sys.stderr)

    def _keep_said(self, report: EpochDone) -> None:
        if report.said is None:
            return
        try:
            diary.write(self.run.folder, report.epoch, report.said)
        except StorageError as error:  # no reason to end a training
            print(f"Epoch {report.epoch} is not in the diary: {error}", file=sys.stderr)

    def _keep_as_best(self) -> None:
        """The best is another name for the file just written, which the next epoch replaces, never overwrites."""
        last, best = self.run.checkpoints / "last.npz", self.run.checkpoints / "best.npz"
        beside = self.run.checkpoints / ".best.npz.tmp"
        with writing_to(best):
            beside.unlink(missing_ok=True)
            try:
                os.link(last, beside)
            except OSError:  # a file system without hard links
                shutil.copyfile(last, beside)
            os.replace(beside, best)


def read_snapshot(path: Path) -> Snapshot | None:
    """A snapshot, with what no epoch changes; None when there is none. Raises DataError when it is damaged."""
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            snapshot = {name: file[name] for name in file.files}
        kept = checkpoints.frozen(path.parent)
        return {**snapshot, **{name: kept[name] for name in _frozen(snapshot)}}
    except (OSError, ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
        raise DataError(
            "The snapshot {path} is damaged ({reason}). Train its recipe again as a new run.", path=path, reason=error
        ) from error


def _frozen(snapshot: Snapshot) -> list[str]:
    """The names of what no epoch changes."""
    return [f"v{position:04d}" for position in json.loads(str(snapshot["progress"])).get("frozen", ())]


def _is_best(snapshot: Snapshot) -> bool:
    progress = json.loads(str(snapshot["progress"]))
    return 0 < progress["epoch"] == progress["stopping"]["best_epoch"]
