"""What a lesson is: recipes to train and what should be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.evaluation.verdict import Finding
from core.recipe.config import TrainingConfig


@dataclass(frozen=True)
class Lesson:
    """A scenario with an expected outcome.

    title        what it shows, English
    about        one or two sentences for the card, English
    settings     the recipe, as far as it differs from the defaults
    expectation  the finding of `core.evaluation.verdict` that its curves must come to (a test trains it)
    order        its place among the lessons
    """

    title: str
    about: str
    settings: Mapping[str, Any]
    expectation: Finding
    order: int = 0

    @property
    def recipe(self) -> TrainingConfig:
        return TrainingConfig.from_dict(self.settings)
