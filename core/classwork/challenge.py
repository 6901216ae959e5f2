"""A challenge: everybody trains on the same images, and asks a sealed test set a few times only.

`.class/challenges/NUMBER/challenge.json` says what it is, `sealed.npz` holds the images that nobody trains on or looks
at, `asked/` what each asking came to (`core.classwork.asked`). Half of the sealed images are *public*: their score is
told at once. The other half is *private*: its scores are told when the challenge is over, and only they are honest,
since nobody could choose by them.
"""

import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from core.data import cache, imported, versions
from core.data.dataset import Dataset, Images, Splits
from core.data.stratified import stratified_order
from core.errors import DataError
from core.files import read_arrays, read_json, says, write_arrays, write_json, writing_to
from core.people import acting
from core.people.classroom import Classroom
from core.progress import Progress, silent
from core.runs.run import Run

State = Literal["open", "ended"]
FEWEST, MOST = 20, 5000  # sealed images of either half
MOST_TRIES = 20
TRAINING = 3  # a training image costs about three times an answer: forward once, backward twice
_FILE = {"number": int, "title": str, "dataset": str, "from_dataset": str, "tries": int, "began": (int, float)}
_FILE |= {"epochs": int, "multiply_adds": int, "state": str, "n_public": int, "n_private": int}


@dataclass(frozen=True)
class Challenge:
    """What is asked of everybody.

    number         1 for the first of a class, and so on
    dataset        name of the dataset to train on, which lacks the sealed images
    from_dataset   name of that from which it was cut
    tries          how often each may ask
    epochs         that each may train in all; 0 for no limit
    multiply_adds  that the trainings of each may take in all, see `spent`; 0 for no limit
    n_public, n_private   sealed images of either half
    """

    number: int
    title: str
    dataset: str
    from_dataset: str
    tries: int
    epochs: int
    multiply_adds: int
    n_public: int
    n_private: int
    began: float
    state: State = "open"


@dataclass(frozen=True)
class Sealed:
    """The images that are asked about: `public` (n,) bool says which half each is in."""

    images: Images
    public: np.ndarray


def begin(
    room: Classroom,
    chosen: Dataset,
    title: str,
    tries: int = 5,
    epochs: int = 0,
    multiply_adds: int = 0,
    progress: Progress = silent,
) -> Challenge:
    """Seals part of the test images of a dataset and makes a dataset of the others, for everybody to train on.

    A fifth of the test images stays visible, at least one of each class; of the others half is public, half private,
    each with the classes in their proportions. Raises DataError where there are too few, or the title is taken;
    PeopleError for a pupil, StorageError.
    """
    acting.check("", "class")
    title = imported.check_title(title)
    if not 1 <= tries <= MOST_TRIES or epochs < 0 or multiply_adds < 0:
        raise DataError("Each may ask 1 to {most} times; a budget is not below 0.", most=MOST_TRIES)
    number = max((one.number for one in challenges(room)), default=0) + 1
    splits = cache.load(chosen, version=versions.current(chosen), progress=progress)
    visible, public, private = _cut(splits.test.labels, len(chosen.classes), number)
    rest = Splits(splits.train, _some(splits.test, visible), splits.validation)
    name = imported.create(title, rest, chosen.classes, progress=progress, fit=chosen.fit, white=chosen.white)
    folder = _home(room) / str(number)
    made = Challenge(
        number, title, name, chosen.name, tries, epochs, multiply_adds, len(public), len(private), time.time()
    )
    sealed = np.sort(np.concatenate([public, private]))
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    part = _some(splits.test, sealed)
    arrays = {"images": part.images, "labels": part.labels, "public": np.isin(sealed, public)}
    write_arrays(folder / "sealed.npz", arrays)
    write_json(folder / "challenge.json", asdict(made))
    return made


def challenges(room: Classroom) -> list[Challenge]:
    """All of a class, the newest first."""
    files = sorted(_home(room).glob("[0-9]*/challenge.json"), key=lambda path: -int(path.parent.name))
    return [made for path in files if (made := _read(path))]


def get(room: Classroom, number: int) -> Challenge | None:
    return _read(folder(room, number) / "challenge.json")


def end(room: Classroom, number: int) -> None:
    """Nobody asks any more, and the private half is told; raises PeopleError for a pupil, StorageError."""
    _turn(room, number, "ended")


def go_on(room: Classroom, number: int) -> None:
    """Undoes `end`; what was told is known, of course. Raises PeopleError for a pupil, StorageError."""
    _turn(room, number, "open")


def withdraw(room: Classroom, number: int) -> None:
    """Removes it with what was asked; its dataset stays, as runs may need it. Raises PeopleError, StorageError."""
    acting.check("", "class")
    with writing_to(folder(room, number)):
        shutil.rmtree(folder(room, number))


def sealed(room: Classroom, number: int) -> Sealed:
    """The sealed images, for the core alone: no page shows them. Raises DataError where they are gone."""
    arrays = read_arrays(folder(room, number) / "sealed.npz")
    if arrays is None or not {"images", "labels", "public"} <= set(arrays):
        raise DataError("The sealed images of this challenge are damaged or gone. Ask your teacher to begin a new one.")
    return Sealed(Images(arrays["images"], arrays["labels"]), arrays["public"].astype(bool))


def folder(room: Classroom, number: int) -> Path:
    return _home(room) / str(number)


def spent(run: Run) -> tuple[int, int]:
    """What a training took: epochs, and about how many multiply-adds: (epochs, images × answers × three).

    A training step goes through the layers forward once and backward twice, each about as costly (Kaplan et al. 2020,
    arXiv 2001.08361, section 2.1). Scoring after the epochs is not counted: it differs with the size of the
    validation set, which nobody chooses here.
    """
    history = run.history
    start: dict[str, Any] = history.start
    answers = int(start.get("n_train") or 0) * int(start.get("multiply_adds") or 0)
    return len(history.epochs), TRAINING * answers * len(history.epochs)


def _cut(labels: np.ndarray, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of the test images that stay, are public, are private."""
    order = stratified_order(labels, np.random.default_rng([seed, 16]))
    n_visible = max(classes, round(len(labels) / 5))
    sealed = order[n_visible:][: 2 * MOST]
    half = len(sealed) // 2
    if half < max(FEWEST, classes):
        raise DataError(
            "{n} test images are too few to seal some: a challenge takes at least {least}. Choose a larger dataset, or "
            "add pictures to it.",
            n=len(labels),
            least=n_visible + 2 * max(FEWEST, classes),
        )
    visible = np.concatenate([order[:n_visible], order[n_visible + len(sealed) :]])
    return np.sort(visible), np.sort(sealed[:half]), np.sort(sealed[half:])


def _some(images: Images, rows: np.ndarray) -> Images:
    return Images(np.asarray(images.images[rows]), images.labels[rows])


def _turn(room: Classroom, number: int, state: State) -> None:
    acting.check("", "class")
    made = get(room, number)
    if made:
        write_json(folder(room, number) / "challenge.json", {**asdict(made), "state": state})


def _read(path: Path) -> Challenge | None:
    stored = read_json(path)
    if not says(stored, _FILE) or stored["state"] not in ("open", "ended"):
        return None
    state = cast("State", stored["state"])
    return Challenge(**{name: stored[name] for name in _FILE if name != "state"}, state=state)


def _home(room: Classroom) -> Path:
    return room.folder / "challenges"
