"""A curve that everybody draws before it happens: how will validation accuracy go? A run answers, and who was nearest.

It is a question without choices: `core.classwork.question` asks, closes and reveals it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.classwork import question as questions
from core.classwork.question import Question
from core.people.classroom import Classroom
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig
from core.runs.history import History
from core.runs.prediction import Prediction, curve_error, curve_of

Curve = tuple[tuple[int, float], ...]
"""(epoch, validation accuracy 0..1), by epoch."""

MOST_POINTS = 200  # of one curve


@dataclass(frozen=True)
class Guess:
    """What somebody drew, and how far off it was: the mean distance to the true curve, 0..1."""

    person: str
    curve: Curve
    error: float


def ask(room: Classroom, recipe: TrainingConfig, text: str) -> Question:
    """Asks everybody for the validation accuracy of a recipe; raises PeopleError for a pupil, StorageError."""
    return questions.put(room, Question(0, text, (), epochs=recipe.epochs, recipe=recipe.link()))


def draw(room: Classroom, number: int, points: Any) -> None:
    """What whoever acts draws, in place of what they drew before.

    points  JSON: [[epoch, share 0..1], …]
    Raises PeopleError where the question is not open or asks for no curve, or this is none; StorageError.
    """
    question = questions.open_question(room, number)
    curve = curve_of(points)
    in_range = all(1 <= epoch <= question.epochs for epoch, _share in curve)
    if not question.epochs or not 1 <= len(curve) <= MOST_POINTS or len(curve) != len(points) or not in_range:
        raise PeopleError("This is no curve over {epochs} epochs. Draw it on the screen.", epochs=question.epochs)
    questions.write_answer(room, question, {"curve": curve})


def drawn_by(room: Classroom, question: Question, person_id: str) -> Curve:
    """What somebody drew; () where nothing."""
    curve = curve_of(questions.read_answer(room, question, person_id).get("curve"))
    return tuple((epoch, share) for epoch, share in curve if epoch <= question.epochs)


def drawn(room: Classroom, question: Question) -> dict[str, Curve]:
    """id of a pupil -> their curve, of those who drew one and are still there."""
    curves = {one.id: drawn_by(room, question, one.id) for one in room.people() if not one.teacher}
    return {person: curve for person, curve in curves.items() if curve}


def nearest(curves: Mapping[str, Curve], history: History) -> list[Guess]:
    """Everybody whose curve can be held against a run, the nearest first."""
    epochs = [int(epoch) for epoch in history.column("epoch")]
    true = history.column("val_accuracy")
    errors = {person: curve_error(Prediction(curve), epochs, true) for person, curve in curves.items()}
    guesses = [Guess(person, curves[person], error) for person, error in errors.items() if error is not None]
    return sorted(guesses, key=lambda guess: guess.error)


def middle(curves: Mapping[str, Curve], epochs: int) -> Curve:
    """The median of all curves at each epoch, where anybody's reaches: the guess of the class."""
    places = list(range(1, epochs + 1))
    if not curves:
        return ()
    each = np.stack([Prediction(curve).at(places) for curve in curves.values()])
    there = ~np.isnan(each).all(axis=0)
    shares = np.nanmedian(each[:, there], axis=0)
    return tuple((epoch, float(share)) for epoch, share in zip(np.array(places)[there].tolist(), shares, strict=True))
