"""What of a run's folder is carried, and how it is judged where it came from a stranger: every word is written anew.

Not carried, since it is worked out again or of the machine: networks in the formats of Keras and LiteRT, which are
programs rather than numbers (`networks` builds them from the recipe and the numbers), exports, logs, what was expected
to take how long, whose run it was, and what waited in the queue.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.carry.array_files import check_npz
from core.carry.manifest import plain
from core.data.reading.archives.zip_archive import open_zip
from core.errors import FitscopeError
from core.evaluation.evaluation import SPLITS, read
from core.files import read_arrays, read_json, read_json_lines, says
from core.network.classifier import ESTIMATOR, PREPROCESSING, preprocessing
from core.network.estimator import Estimator
from core.runs import diary, prediction
from core.runs.history import SAYS
from core.runs.run import EVALUATION, LONGEST_NAME, Meta, Run

LONGEST_NOTES, MOST_TAGS, LONGEST_TAG = 20_000, 50, 60
LONGEST_SENTENCE = 2_000
MOST_EPOCHS, LARGEST = 100_000, 2**53
MOST_UNPACKED = 4 * 2**30  # bytes of a baseline
TOLD = ("started", "steps", "epoch", "changed")  # events; what came before the first step is over
_WORDS = {"device": 80, "dataset_version": 40}  # of an event: what may be text, and how long
_DEVICE = re.compile(r"[^\w ()×,.:+-]")


def texts(run: Run) -> dict[str, bytes]:
    """name -> content of each text file of a run, as it is carried and as it is written where it is opened.

    Raises ValueError where a file says what no run says, FitscopeError where the recipe cannot be read.
    """
    told: dict[str, Any] = {"meta.json": _meta(run), "attempts.jsonl": _attempts(run)}
    events = [event for line in read_json_lines(run.folder / "events.jsonl") if (event := _event(line))]
    if events:
        told["events.jsonl"] = events
    if (run.folder / "status.json").exists():
        told["status.json"] = _status(run)
    if (run.folder / PREPROCESSING).exists():
        told[PREPROCESSING] = _preprocessing(run)
    said = prediction.of(run)
    if said:
        told[prediction.FILE] = {
            **asdict(said),
            "words": said.words[:LONGEST_SENTENCE],
            "lesson": plain(said.lesson, 60),
        }
    return {name: _written(value) for name, value in told.items()}


def arrays(run: Run, epochs: bool) -> list[str]:
    """The names of its other files that are carried, those that are there.

    epochs  every kept epoch too, not only that whose network the run keeps
    """
    names = ["images.npz", EVALUATION, diary.FILE, ESTIMATOR]
    kept = sorted(path.name for path in run.checkpoints.glob("epoch-*.npz"))
    result = (run.status.result if run.status else None) or {}
    if not epochs and isinstance(result.get("kept_epoch"), int):
        kept = [name for name in kept if name == f"epoch-{result['kept_epoch']:04d}.npz"]
    elif not epochs:
        kept = kept[-1:]
    going_on = ["last.npz", "best.npz"] if run.state != "finished" else []
    names += [f"checkpoints/{name}" for name in [*kept, "frozen.npz", *going_on]]
    return [name for name in names if (run.folder / name).is_file()]


def judge(run: Run) -> None:
    """Looks at the files of a stranger's run, whose text was written anew; its recipe can be read by now.

    Raises ValueError, FitscopeError.
    """
    for path in sorted(run.folder.rglob("*.npz")):
        check_npz(path)
    if run.damage:
        raise run.damage
    start = run.history.start
    if start and not (1 <= start["n_classes"] == len(start.get("classes", ())) and start["epochs"] <= MOST_EPOCHS):
        raise ValueError("its classes are not as many as it says")
    _judge_images(run, start.get("n_classes", 0))
    if (run.folder / EVALUATION).exists():
        answers = read_arrays(run.folder / EVALUATION) or {}
        for split in SPLITS:
            if f"{split}_labels" in answers:
                read(run, split)
    if (run.folder / ESTIMATOR).exists():
        _judge_estimator(run, start)


def _judge_images(run: Run, classes: int) -> None:
    from core.data.catalogue import dataset  # late: it reads what datasets there are

    images = run.images or {}
    if any(array.dtype.kind not in "iu" or array.ndim != 1 or (array < 0).any() for array in images.values()):
        raise ValueError("images.npz holds something else than rows")
    spec = dataset(run.config.dataset)
    known = spec.n_train + spec.n_validation + spec.n_test
    if known and any(_most(array) >= known for name, array in images.items() if name in SPLITS):
        raise ValueError("images.npz names images that its dataset does not have")
    n = len(images.get("train", ()))
    inside = all(_most(images[name]) < max(n, 1) for name in ("changed", "diary") if name in images)
    labels = all(_most(images[name]) < max(classes, 1) for name in ("was", "diary_labels") if name in images)
    if not inside or not labels or len(images.get("changed", ())) != len(images.get("was", ())):
        raise ValueError("images.npz contradicts itself")
    path = run.folder / diary.FILE
    if path.exists():
        length = len(images.get("diary", ())) * diary.kind(classes).itemsize
        said = np.fromfile(path, diary.kind(classes))
        if not length or path.stat().st_size % length or _most(said) >= classes:
            raise ValueError("its diary is not one")


def _most(array: np.ndarray) -> int:
    return int(array.max()) if len(array) else -1


def _judge_estimator(run: Run, start: Mapping[str, Any]) -> None:
    """Only types that are named are built, and it is asked once, as a page would ask it."""
    path = run.folder / ESTIMATOR
    archive, close = open_zip(path)
    unpacked = sum(member.file_size for member in archive.infolist())
    archive.close()
    close()
    if unpacked > MOST_UNPACKED:
        raise ValueError("its network is larger than any that is read")
    sees = preprocessing(run)
    answer = Estimator.read(path).probabilities(np.zeros((1, sees.size, sees.size, sees.channels), np.uint8))
    if answer.shape != (1, start.get("n_classes")) or not np.isfinite(answer).all():
        raise ValueError("its network does not answer as its classes ask")


def _meta(run: Run) -> dict[str, Any]:
    meta = run.meta
    tags = [plain(tag, LONGEST_TAG) for tag in meta.tags[:MOST_TAGS]]
    said = Meta(
        name=plain(meta.name, LONGEST_NAME) or run.id,
        created=meta.created,
        star=meta.star,
        notes=meta.notes[:LONGEST_NOTES],
        twin_of=meta.twin_of if re.fullmatch(r"[A-Za-z0-9_-]{1,200}", meta.twin_of) else "",
        archived=meta.archived,
    )
    return {**asdict(said), "tags": tags}


def _attempts(run: Run) -> list[dict[str, Any]]:
    """When each began, of a process that is not here; one that was never begun began when it was made."""
    began = [float(attempt["at"]) for attempt in run.attempts] or [float(run.meta.created)]
    nobody = {"event": "started", "pid": 0, "process_started": 0.0, "slot": 0, "request": 0}
    return [{**nobody, "at": at} for at in began]


def _status(run: Run) -> dict[str, Any]:
    """The worker's last word; a sentence of it is kept as it was said, in one piece: it is no template of ours."""
    status = run.status
    if status is None:
        raise ValueError("status.json is not the word of a worker")
    result, error = status.result, status.error
    if result is not None:
        if not says(result, {"test_accuracy": (int, float), "n_test": int}) or not 0 <= result["test_accuracy"] <= 1:
            raise ValueError("its figures are not those of a test")
        result = {name: value for name, value in result.items() if _is_number(value) or _are_numbers(value)}
    if error is not None:
        kind = error.get("kind") if isinstance(error.get("kind"), str) else ""
        error = {"kind": plain(kind or "", 40), "template": "{reason}", "values": {"reason": _sentence(error)}}
    return {**asdict(status), "attempt": len(_attempts(run)), "error": error, "result": result}


def _sentence(error: Mapping[str, Any]) -> str:
    """What a template and its values say; of a stranger's, only what can be filled in by name and nothing else."""
    template, values = error.get("template"), error.get("values")
    if not isinstance(template, str) or not isinstance(values, dict):
        return "?"
    said = template[:LONGEST_SENTENCE]
    for name, value in values.items():
        said = said.replace("{" + str(name) + "}", str(value)[:LONGEST_SENTENCE])
    return plain(said, LONGEST_SENTENCE)


def _preprocessing(run: Run) -> dict[str, Any]:
    told = read_json(run.folder / PREPROCESSING)
    ink = told.get("ink")
    good = says(told, {"size": int, "channels": int}) and 1 <= told["size"] <= 1024 and told["channels"] in (1, 3)
    good = good and told.get("fit", "pad") in ("pad", "crop") and (ink is None or _is_ink(ink))
    white = told.get("white")
    if not good or not (white is None or (isinstance(white, int) and 0 < white <= LARGEST)):
        raise ValueError(f"{PREPROCESSING} is not one")
    return {name: told.get(name) for name in ("size", "channels", "ink", "white")} | {"fit": told.get("fit", "pad")}


def _is_ink(ink: Any) -> bool:
    numbers = ("ground", "level", "extent", "stroke")
    return (
        isinstance(ink, dict) and ink.keys() == {*numbers, "by_mass"} and all(_is_number(ink[one]) for one in numbers)
    )


def _event(line: Mapping[str, Any]) -> dict[str, Any] | None:
    """An event with nothing in it but numbers, names of classes, plain words; None for one that readers pass over."""
    name = line.get("event")
    if name not in TOLD or not says(line, {"at": (int, float), **SAYS[name]}):
        return None
    kept: dict[str, Any] = {"event": name}
    for key, value in line.items():
        if key in _WORDS and isinstance(value, str):
            kept[key] = _DEVICE.sub("", value)[: _WORDS[key]]
        elif key == "classes" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            kept[key] = [plain(one, LONGEST_NAME * 2) for one in value]
        elif _is_number(value) or _are_numbers(value):
            kept[key] = value
        elif isinstance(value, dict) and all(_is_number(one) or one is None for one in value.values()):
            kept[key] = {plain(str(one), 40): number for one, number in value.items()}
    return kept if says(kept, {"at": (int, float), **SAYS[name]}) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | float) or (isinstance(value, int) and abs(value) <= LARGEST)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _written(value: Any) -> bytes:
    if isinstance(value, list):
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in value).encode("utf-8", "replace")
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def same(one: Run, other: Run) -> bool:
    """Whether two folders hold one and the same training: their events are, to the millisecond."""
    try:
        told = [texts(run).get("events.jsonl", _written(_meta(run)["created"])) for run in (one, other)]
    except (ValueError, FitscopeError):
        return False
    return told[0] == told[1]


def write(folder: Path, content: Mapping[str, bytes]) -> None:
    """Puts the text of a run into its folder, in place of what is there."""
    for name, text in content.items():
        (folder / name).write_bytes(text)
