"""What a kind of experiment is: a question, the runs that answer it, and the answer in one sentence."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core import plugins
from core.experiments.measured import Measured
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting

Chart = Literal["line", "band", "map", "table"]


@dataclass(frozen=True)
class Cell:
    """One run of an experiment.

    at      setting -> value by which it differs from the others, its seed left out where that only repeats
    recipe  what is trained
    """

    at: Mapping[str, Any]
    recipe: TrainingConfig


@dataclass(frozen=True)
class Answer:
    """What the runs say, in one sentence that can be quoted.

    template  English, with the names of `values` in it; shares are 0..1, `…points` are hundredths
    """

    template: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return self.template.format(**{name: _short(value) for name, value in self.values.items()})


@dataclass(frozen=True)
class Kind:
    """A question that many runs answer. The texts are English, `translations` has them in other languages.

    title, question   its name, and the question in one sentence
    about             what is trained and how the answer is to be read
    options           what can be chosen, with controls made of their declarations
    plan              (recipe, options by name) -> the cells, in the order in which they are trained; the same each time
    answer            what the measured cells say, those that have ended; None while they say nothing yet
    chart             how they are drawn: over a number with intervals, repeated seeds as a band, two settings as a map
    cheaper           the options of a quicker form of the same question
    order             its place in the list, by default behind ours
    """

    title: str
    question: str
    about: str
    plan: Callable[[TrainingConfig, Mapping[str, Any]], Sequence[Cell]]
    answer: Callable[[Sequence[tuple[Cell, Measured]]], Answer | None]
    options: tuple[Setting, ...] = ()
    chart: Chart = "line"
    cheaper: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100
    name: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, Any]:
        """name -> default of each option."""
        return {option.name: option.default for option in self.options}


@functools.cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in their order."""
    return dict(sorted(plugins.discover("core.experiments").items(), key=lambda item: item[1].order))


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
