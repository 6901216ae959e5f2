"""What somebody expected of a training before it began, and how far off that was. A file in the run's folder.

Written once, when the run is made; the worker never reads it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.files import read_json, write_json
from core.runs.run import Run

FILE = "prediction.json"


@dataclass(frozen=True)
class Prediction:
    """What was said; what is left open is None or empty.

    curve          (epoch, validation accuracy 0..1) of some epochs, by epoch
    turns_at       the epoch after which validation loss gets no better
    test_accuracy  0..1
    lesson, choice the lesson whose question was asked, and the number of the answer, from 0
    words          in the learner's own words
    """

    curve: tuple[tuple[int, float], ...] = ()
    turns_at: int | None = None
    test_accuracy: float | None = None
    lesson: str = ""
    choice: int | None = None
    words: str = ""

    @property
    def says_something(self) -> bool:
        return self != Prediction()

    def at(self, epochs: Sequence[int]) -> np.ndarray:
        """The drawn curve at some epochs, straight between its points: (n,) float64; NaN outside of what was drawn."""
        x, y = zip(*self.curve, strict=True) if self.curve else ((), ())
        if not x:
            return np.full(len(epochs), np.nan)
        return np.interp(epochs, x, y, left=np.nan, right=np.nan)


def save(run: Run, prediction: Prediction) -> None:
    """Raises PeopleError where the run is somebody else's, StorageError."""
    run.check_yours()
    write_json(run.folder / FILE, asdict(prediction))


def of(run: Run) -> Prediction | None:
    """The prediction of a run; None where nothing was said. What does not fit counts as not said."""
    stored = read_json(run.folder / FILE)
    if not stored:
        return None
    said = Prediction(
        curve=curve_of(stored.get("curve")),
        turns_at=_whole(stored.get("turns_at")),
        test_accuracy=_share(stored.get("test_accuracy")),
        lesson=stored["lesson"] if isinstance(stored.get("lesson"), str) else "",
        choice=_whole(stored.get("choice")),
        words=stored["words"] if isinstance(stored.get("words"), str) else "",
    )
    return said if said.says_something else None


def curve_error(prediction: Prediction, epochs: Sequence[int], val_accuracy: Sequence[float]) -> float | None:
    """Mean distance between the drawn and the true validation accuracy, 0..1; None where they share no epoch."""
    apart = np.abs(prediction.at(epochs) - np.asarray(val_accuracy, float))
    return None if np.isnan(apart).all() else float(np.nanmean(apart))


def curve_of(value: Any) -> tuple[tuple[int, float], ...]:
    """(epoch, share 0..1) of JSON pairs, by epoch; what makes no sense is left out."""
    points = [(_whole(x), _share(y)) for x, y in _pairs(value)]
    kept = {x: y for x, y in points if x is not None and y is not None}
    return tuple(sorted(kept.items()))


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    return (
        [(one[0], one[1]) for one in value if isinstance(one, list) and len(one) == 2]
        if isinstance(value, list)
        else []
    )


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _share(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= 1 else None
