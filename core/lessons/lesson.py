"""What a lesson is: recipes to train and what should be seen."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import plugins
from core.fit.rules import Finding
from core.recipe.config import TrainingConfig


@dataclass(frozen=True)
class Lesson:
    """A scenario with an expected outcome.

    title        what it shows, English
    about        one or two sentences for the card, English
    settings     the recipe, as far as it differs from the defaults
    expectation  the finding of `core.fit.rules` that its curves must come to (a test trains it)
    order        its place among the lessons, by default behind ours
    name         of its file, filled in where it is found
    translations language -> {English: translation} of its title and about, where the catalogues lack them
    """

    title: str
    about: str
    settings: Mapping[str, Any]
    expectation: Finding
    order: int = 100
    name: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def recipe(self) -> TrainingConfig:
        return TrainingConfig.from_dict(self.settings)


@functools.cache
def lessons() -> dict[str, Lesson]:
    """All lessons by name, in the order in which they are taught."""
    return dict(sorted(plugins.discover("core.lessons").items(), key=lambda item: item[1].order))
