"""What a lesson's runs were like when they were really trained, in one small file, to be shown again without training.

`recorded/NAME.json.gz` holds the recipe, the events and the figures of each run, and what became of the promises: no
image and no network. `python -m core lessons --record` trains a lesson and writes it. Laid out, it is run folders
again, which every reader of runs reads.
"""

import base64
import gzip
import hashlib
import io
import json
import platform
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import DataError
from core.files import append_json, read_arrays, read_json_lines, write_json, write_whole, writing_to
from core.folders import data_folder
from core.lessons.promise import Answer
from core.recipe.config import TrainingConfig
from core.release import release
from core.runs import diary
from core.runs.race import LETTERS
from core.runs.run import Meta, Run

FORMAT = 1
HOME = Path(__file__).parent / "recorded"
EVENTS = ("started", "steps", "epoch", "changed")
DIGITS = 4  # of a step's loss: what a chart shows
DIARY = ("train", "changed", "was", "diary", "diary_labels")  # of images.npz, where labels were changed on purpose


@dataclass(frozen=True)
class Recorded:
    """One run.

    config  its recipe, as JSON holds it
    events  the lines of events.jsonl, without what came before the first step
    status  the last word of its worker, with the figures of the test
    diary   of a run with label noise: (diary.bin, images.npz), what it said of its training images; None of others
    """

    config: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    status: Mapping[str, Any]
    diary: tuple[bytes, bytes] | None = None


@dataclass(frozen=True)
class Recording:
    """The runs A, B, C … of a lesson.

    made     seconds since 1970
    release  of Fitscope;  machine  on which they were trained
    answers  what became of the lesson's promises, in their order
    """

    lesson: str
    made: float
    release: str
    machine: str
    runs: tuple[Recorded, ...]
    answers: tuple[Answer, ...]

    @property
    def recipes(self) -> tuple[TrainingConfig, ...]:
        """Raises SettingError where this version has no such recipe."""
        return tuple(TrainingConfig.from_dict(dict(run.config)) for run in self.runs)

    @property
    def device(self) -> str:
        """What the first run was trained on, as its events tell."""
        return next((str(event["device"]) for event in self.runs[0].events if event["event"] == "started"), "")

    @property
    def seed(self) -> int:
        return int(self.runs[0].config["seed"])


def record(lesson: str, runs: Sequence[Run], answers: Sequence[Answer], home: Path = HOME) -> Path:
    """Writes the recording of runs that have ended; returns its file. Raises StorageError."""
    told = {
        "format": FORMAT,
        "lesson": lesson,
        "made": round(time.time()),
        "release": release(),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "runs": [_told(run) for run in runs],
        "answers": [asdict(answer) for answer in answers],
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    with writing_to(home):
        home.mkdir(parents=True, exist_ok=True)
    path = home / f"{lesson}.json.gz"
    write_whole(path, lambda file: file.write(gzip.compress(text.encode(), mtime=0)))
    return path


def recording(lesson: str, home: Path = HOME) -> Recording | None:
    """That of a lesson; None where it has none. Raises DataError where it is damaged."""
    path = home / f"{lesson}.json.gz"
    if not path.exists():
        return None
    try:
        told = json.loads(gzip.decompress(path.read_bytes()))
        if told["format"] != FORMAT:
            raise ValueError(f"format {told['format']}")
        runs = tuple(_read(run) for run in told["runs"])
        answers = tuple(Answer(**answer) for answer in told["answers"])
        return Recording(told["lesson"], told["made"], told["release"], told["machine"], runs, answers)
    except (OSError, ValueError, LookupError, TypeError, EOFError) as error:
        raise DataError(
            "The recording of the lesson {lesson} cannot be read ({reason}). Install Fitscope again, or train the "
            "lesson.",
            lesson=lesson,
            reason=error,
        ) from error


def laid_out(lesson: str, names: Sequence[str] = (), home: Path = HOME) -> list[Run]:
    """The runs of a lesson's recording as folders among the data, written once; [] where it has none.

    names  what they are called; by default their letters
    Raises DataError, StorageError.
    """
    found = recording(lesson, home)
    if found is None:
        return []
    known = hashlib.sha256((home / f"{lesson}.json.gz").read_bytes()).hexdigest()[:12]
    place = data_folder() / ".recordings"
    folder = place / f"{lesson}-{known}"
    runs = [Run(folder / f"{lesson}-{letter}") for letter in LETTERS[: len(found.runs)]]
    if not folder.is_dir():
        new = place / f".new-{secrets.token_hex(4)}"
        for run, kept in zip(runs, found.runs, strict=True):
            _lay_out(Run(new / run.id), kept, found.made)
        with writing_to(folder):
            for old in place.glob(f"{lesson}-????????????"):
                shutil.rmtree(old, ignore_errors=True)
            try:
                new.rename(folder)
            except OSError:  # another viewer was quicker
                shutil.rmtree(new, ignore_errors=True)
                if not folder.is_dir():
                    raise
    return runs


def _lay_out(run: Run, kept: Recorded, made: float) -> None:
    with writing_to(run.folder):
        run.folder.mkdir(parents=True)
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in kept.events)
        (run.folder / "events.jsonl").write_text(lines, "utf-8")
        for name, content in zip((diary.FILE, "images.npz"), kept.diary or (), strict=False):
            (run.folder / name).write_bytes(content)
    write_json(run.folder / "config.json", kept.config)
    write_json(run.folder / "meta.json", asdict(Meta(run.id, created=made)))
    write_json(run.folder / "status.json", kept.status)
    attempt = {"event": "started", "at": made, "pid": 0, "process_started": 0.0, "slot": 0, "request": 0}
    append_json(run.folder / "attempts.jsonl", attempt)


def _told(run: Run) -> dict[str, Any]:
    events = [_short(event) for event in read_json_lines(run.folder / "events.jsonl") if event["event"] in EVENTS]
    assert run.status
    told = {"config": run.config.as_dict(), "events": events, "status": {**asdict(run.status), "attempt": 1}}
    if run.config.label_noise and (run.folder / diary.FILE).exists():
        images = io.BytesIO()
        arrays = read_arrays(run.folder / "images.npz") or {}
        np.savez_compressed(images, **{name: arrays[name] for name in DIARY})  # type: ignore[arg-type]  # a name may be any word
        parts = ((run.folder / diary.FILE).read_bytes(), images.getvalue())
        told["diary"] = [base64.b64encode(part).decode() for part in parts]
    return told


def _read(told: Mapping[str, Any]) -> Recorded:
    said = tuple(base64.b64decode(part) for part in told.get("diary", ()))
    return Recorded(told["config"], told["events"], told["status"], (said[0], said[1]) if said else None)


def _short(event: dict[str, Any]) -> dict[str, Any]:
    """Fewer digits where a chart shows none of them."""
    if event["event"] != "steps":
        return event
    rounded = {name: [float(f"{value:.{DIGITS}g}") for value in event[name]] for name in ("loss", "accuracy")}
    return {**event, **rounded, "images_per_second": round(event["images_per_second"])}
