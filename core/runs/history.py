"""The curves of a run, read from its events: only what is new since the last look, whole lines only."""

import contextlib
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.files import json_lines, says
from core.runs.windows import Trace, Windows, steps_of_a_window

NUMBER = (int, float)
SAYS: dict[str, dict[str, Any]] = {  # of each event what is read here or on a page; one that lacks it is passed over
    "preparing": {"what": str, "fraction": NUMBER},
    "started": dict.fromkeys(("epochs", "first_epoch", "steps_per_epoch", "n_train"), int)
    | dict.fromkeys(("n_scored", "n_validation", "n_test", "n_classes", "parameters"), int)
    | {"device": str},
    "steps": {"epoch": int, "step": int, "every": int, "loss": list, "accuracy": list, "images_per_second": NUMBER},
    "epoch": {"epoch": int, "best": bool}
    | dict.fromkeys(("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"), NUMBER),
    "changed": {"epoch": int, "values": dict},
}


@dataclass(frozen=True)
class Place:
    """How far a reader has come: attempts begun, complete epochs, points of the thin line. Written as "1.12.340"."""

    attempts: int = 0
    epochs: int = 0
    points: int = 0

    def __str__(self) -> str:
        return f"{self.attempts}.{self.epochs}.{self.points}"


def place(text: str) -> Place:
    """A place as it was written; what says none is the beginning."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        return Place()
    return Place(*map(int, parts))


@dataclass(frozen=True)
class News:
    """What was written after a place.

    place  the end of it: what comes next is asked from there
    anew   this is everything: the reader has nothing yet, or what a resumed training no longer stands by
    windows  of loss and accuracy those in which something is new: they take the place of what is known from there on
    """

    place: Place
    anew: bool
    epochs: list[dict[str, Any]]
    windows: dict[str, Windows]


@dataclass
class History:
    """Follows one `events.jsonl`. Several sessions may share it: `update` is locked.

    start      the last `started` event: epochs, steps_per_epoch, n_train, n_validation, device, …
    attempts   how often the training began or went on: each may drop what an earlier one wrote
    epochs     one dict per complete epoch, 1, 2, 3 … without gaps
    preparing  what is done before the first step: (words, fraction), or None
    changes    (epoch, setting -> value): what was changed while it trained, from the beginning of that epoch on
    pauses     after which epochs it was interrupted and went on
    trace      the thin line; the size of its windows stays when the last epoch is moved
    """

    path: Path
    start: dict[str, Any] = field(default_factory=dict)
    attempts: int = 0
    epochs: list[dict[str, Any]] = field(default_factory=list)
    trace: Trace = field(default_factory=Trace)
    preparing: tuple[str, float] | None = None
    changes: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)
    images_per_second: float = 0.0
    updated: float = 0.0
    version: int = 0

    def __post_init__(self) -> None:
        self._offset = 0
        self._lock = threading.Lock()

    def update(self) -> int:
        """Reads the lines written since the last call; returns a number that grows with every new event."""
        with self._lock:
            for event in json_lines(self._new_lines()):
                self._take(event)
                self.version += 1
            return self.version

    def hear(self, event: dict[str, Any]) -> None:
        """Takes one event as if it had just been written: a training is told again, from its first line on."""
        with self._lock:
            self._take(event)
            self.version += 1

    def news(self, since: Place) -> News:
        """What was read after a place, up to the last `update`; copies, which stay as they are."""
        with self._lock:
            end = self._end()
            beyond = since.epochs > end.epochs or since.points > end.points
            anew = since.attempts != end.attempts or beyond
            epochs, points = (0, 0) if anew else (since.epochs, since.points)
            summed = {name: self.trace.windows(name, points) for name in ("loss", "accuracy")}
            return News(end, anew, self.epochs[epochs:], summed)

    def windows(self, name: str) -> Windows:
        """The thin line of "loss" or "accuracy", summed up."""
        with self._lock:  # another viewer may be reading on
            return self.trace.windows(name)

    @property
    def place(self) -> Place:
        """How far this has read."""
        with self._lock:
            return self._end()

    @property
    def best(self) -> dict[str, Any] | None:
        """The epoch that was the best so far, by the recipe's watched value."""
        return next((epoch for epoch in reversed(self.epochs) if epoch["best"]), None)

    @property
    def position(self) -> float:
        """How far the training is, in epochs."""
        reached = float(self.epochs[-1]["epoch"]) if self.epochs else 0.0
        return max(reached, self.trace.x[-1]) if self.trace.x else reached

    def column(self, name: str) -> list[float]:
        return [epoch[name] for epoch in self.epochs]

    def _end(self) -> Place:
        return Place(self.attempts, len(self.epochs), len(self.trace.x))

    def _new_lines(self) -> bytes:
        try:
            with open(self.path, "rb") as file:
                file.seek(self._offset)
                content = file.read()
        except OSError:
            return b""
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        return whole

    def _take(self, event: dict[str, Any]) -> None:
        name = event.get("event")
        if not isinstance(name, str) or not says(event, {"at": NUMBER, **SAYS.get(name, {})}):
            return
        take = {
            "started": self._started,
            "steps": self._steps,
            "epoch": self._epoch,
            "preparing": self._preparing,
            "changed": self._changed,
        }
        if name in take:
            with contextlib.suppress(OverflowError):  # a number beyond all reason
                take[name](event)
                self.updated = float(event["at"])

    def _started(self, event: dict[str, Any]) -> None:
        """A new attempt goes on from its first epoch: what an earlier one wrote beyond it is dropped."""
        first = event["first_epoch"]
        self.attempts += 1
        self.start, self.preparing = event, None
        self.epochs = [epoch for epoch in self.epochs if epoch["epoch"] < first]
        self.changes = [change for change in self.changes if change[0] < first]
        self.pauses = [epoch for epoch in self.pauses if epoch < first - 1] + ([first - 1] if first > 1 else [])
        per_epoch = max(1, event["steps_per_epoch"])
        self.trace.begin(steps_of_a_window(event["epochs"], per_epoch), per_epoch, until=first - 1)

    def _steps(self, event: dict[str, Any]) -> None:
        per_epoch, every, points = self.start.get("steps_per_epoch", 0), event["every"], len(event["loss"])
        if per_epoch < 1:
            return
        for back, (loss, accuracy) in enumerate(zip(event["loss"], event["accuracy"], strict=False)):
            if not (isinstance(loss, NUMBER) and isinstance(accuracy, NUMBER)):
                continue
            step = event["step"] - every * (points - 1 - back)
            self.trace.add(event["epoch"] - 1 + min(step, per_epoch) / per_epoch, float(loss), float(accuracy))
        self.images_per_second = event["images_per_second"]

    def _epoch(self, event: dict[str, Any]) -> None:
        if event["epoch"] == len(self.epochs) + 1:
            self.epochs.append(event)

    def _changed(self, event: dict[str, Any]) -> None:
        values = {name: value for name, value in event["values"].items() if isinstance(value, int | float)}
        self.changes.append((event["epoch"], values))
        if "epochs" in values:  # what is complete stays: it ends after that at the earliest
            self.start = {**self.start, "epochs": max(int(values["epochs"]), event["epoch"] - 1)}

    def _preparing(self, event: dict[str, Any]) -> None:
        self.preparing = (event["what"], event["fraction"])
