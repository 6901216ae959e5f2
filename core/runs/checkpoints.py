"""The network of a run at each epoch: kept while there is room, then thinned evenly, the best epoch always kept."""

import os
import re
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.errors import RunError, SettingError
from core.files import read_arrays, write_arrays, writing_to

MEGABYTES = 256  # for the epochs of one run, unless FITSCOPE_CHECKPOINT_MB says otherwise
FROZEN = "frozen.npz"
HELD_SECONDS = 60.0  # that an epoch stays after somebody has looked at it: the slowest answer about it takes no longer
HELD_MOST = 6  # epochs of one run, those looked at last: more would take more of the disk than was agreed
_NAME = re.compile(r"epoch-(\d{4,})\.npz")


def write(
    folder: Path,
    epoch: int,
    weights: Sequence[np.ndarray],
    best: int,
    answers: np.ndarray | None = None,
    frozen: Collection[int] = (),
) -> None:
    """Keeps the network's variables, in Keras's order, and makes room; raises StorageError.

    best     the best epoch so far, which stays; epoch 0 is the network before its first step
    answers  its probabilities of the validation images, (n, classes); kept to 3 digits, as float16
    frozen   positions of those that no epoch changes, which `write_frozen` has written
    """
    arrays = {f"v{position:04d}": weight for position, weight in enumerate(weights) if position not in frozen}
    if answers is not None:
        arrays["answers"] = answers.astype(np.float16)
    write_arrays(path_of(folder, epoch), arrays)
    thin(folder, best, _limit())


def write_frozen(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Keeps what no epoch changes, the weights of a frozen backbone, once for all of them; raises StorageError."""
    if arrays:
        write_arrays(folder / FROZEN, arrays)


def frozen(folder: Path) -> dict[str, np.ndarray]:
    """What no epoch changes, by the names that it has in a snapshot; {} where everything learns."""
    return read_arrays(folder / FROZEN) or {}


def path_of(folder: Path, epoch: int) -> Path:
    """Where the network of an epoch lies while it is kept."""
    return folder / f"epoch-{epoch:04d}.npz"


def epochs(folder: Path) -> list[int]:
    """The epochs that are kept, in ascending order."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(int(match[1]) for name in names if (match := _NAME.fullmatch(name)))


def read(folder: Path, epoch: int) -> list[np.ndarray]:
    """The network's variables at the end of an epoch; raises RunError where they are not kept or damaged."""
    arrays = read_arrays(path_of(folder, epoch))
    if not arrays:
        raise _not_kept(folder, epoch)
    arrays = {**frozen(folder), **arrays}
    return [arrays[name] for name in sorted(arrays) if name.startswith("v")]


def check(folder: Path, epoch: int) -> None:
    """Raises RunError where the network of an epoch is not kept, with those that are."""
    if epoch not in epochs(folder):
        raise _not_kept(folder, epoch)


def _not_kept(folder: Path, epoch: int) -> RunError:
    kept = ", ".join(map(str, epochs(folder))) or "–"
    return RunError("The network of epoch {epoch} was not kept; choose one of: {epochs}.", epoch=epoch, epochs=kept)


def changed(folder: Path, epoch: int) -> int:
    """When the network of an epoch was written, in nanoseconds; 0 where it is not kept."""
    try:
        return path_of(folder, epoch).stat().st_mtime_ns
    except OSError:
        return 0


def answers(folder: Path, epoch: int) -> np.ndarray | None:
    """The probabilities of the validation images after an epoch, (n, classes) float32; None where they are not kept."""
    arrays = read_arrays(path_of(folder, epoch)) or {}
    stored = arrays.get("answers")
    return None if stored is None else stored.astype(np.float32)


def nearest(folder: Path, epoch: int) -> int | None:
    """The kept epoch closest to that one, the earlier of two; None where none is kept."""
    return min(epochs(folder), key=lambda one: (abs(one - epoch), one), default=None)


def drop_after(folder: Path, epoch: int) -> None:
    """Removes later epochs: a resumed training repeats them."""
    for later in epochs(folder):
        if later > epoch:
            path_of(folder, later).unlink(missing_ok=True)


def drop(folder: Path, unwanted: Sequence[int]) -> None:
    """Removes those epochs; raises StorageError."""
    for epoch in unwanted:
        with writing_to(path_of(folder, epoch)):
            path_of(folder, epoch).unlink(missing_ok=True)


def hold(folder: Path, epoch: int) -> bool:
    """Somebody looks at an epoch of a training: for a while it makes no room. False where it is gone already."""
    mark = _mark(folder, epoch)
    with writing_to(mark):
        mark.touch()
    return epoch in epochs(folder)


def size(folder: Path, epoch: int) -> int:
    """Bytes of a kept epoch; 0 where it is not kept."""
    return _size(path_of(folder, epoch))


def make_room(folder: Path) -> bool:
    """Removes every second epoch, where the disk is full; False when there is none left to remove."""
    kept = epochs(folder)
    for epoch in kept[::2]:
        path_of(folder, epoch).unlink(missing_ok=True)
    return bool(kept)


def thin(folder: Path, best: int, limit: int) -> None:
    """Removes epochs until all together take at most `limit` bytes: each time the one that leaves the smallest gap.

    The first, the newest, the best and those that somebody looks at stay, so a few networks may be more than the limit.
    """
    kept, stay = epochs(folder), {best, *_held(folder)}
    sizes = {epoch: _size(path_of(folder, epoch)) for epoch in kept}
    while sum(sizes[epoch] for epoch in kept) > limit:
        gaps = {
            epoch: kept[place + 1] - kept[place - 1]
            for place, epoch in enumerate(kept[1:-1], start=1)
            if epoch not in stay
        }
        if not gaps:
            return
        goes = min(gaps, key=lambda epoch: (gaps[epoch], epoch))
        path_of(folder, goes).unlink(missing_ok=True)
        kept.remove(goes)


def _mark(folder: Path, epoch: int) -> Path:
    return folder / f"looked-at-{epoch:04d}"


def _held(folder: Path) -> list[int]:
    """The epochs that somebody looks at; older marks are removed."""
    since = time.time() - HELD_SECONDS
    marks = sorted(((path.stat().st_mtime, path) for path in folder.glob("looked-at-*")), reverse=True)
    held = [path for when, path in marks[:HELD_MOST] if when >= since]
    for _when, path in marks[len(held) :]:
        path.unlink(missing_ok=True)
    return [int(path.name.rpartition("-")[2]) for path in held]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _limit() -> int:
    text = os.environ.get("FITSCOPE_CHECKPOINT_MB") or str(MEGABYTES)
    if not text.isdecimal():
        raise SettingError("FITSCOPE_CHECKPOINT_MB={value} is out of range; choose a whole number of MB.", value=text)
    return int(text) * 10**6
