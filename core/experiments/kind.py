"""What a kind of experiment is: a question, the runs that answer it, and the answer in one sentence."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from core import plugins
from core.errors import SettingError
from core.experiments.measured import Measured
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting, as_text, checked

Chart = Literal["line", "band", "map", "table", "folds", "trials"]
At = Mapping[str, Any]
"""Where a run stands: setting -> value by which it differs from the others; where it only repeats, without its seed."""
Result = tuple[At, Measured]
MOST = 200  # runs of one experiment


@dataclass(frozen=True)
class Cell:
    """One run of an experiment before it begins."""

    at: At
    recipe: TrainingConfig


@dataclass(frozen=True)
class Trial:
    """What became of one run of an experiment that grows.

    measured  where it was trained to its end
    pruned    it was stopped because it was hopeless, or it diverged; where neither, it failed
    epochs    those that are complete, as `History` has them
    """

    run_id: str
    at: At
    measured: Measured | None
    pruned: bool
    epochs: Sequence[Mapping[str, Any]]


class Growth(Protocol):
    """How an experiment grows, one run at a time. What it keeps lies in a file, and can be made again from the runs."""

    @property
    def told(self) -> int:
        """Of how many runs it knows what became of them; they are told in the order in which they were begun."""

    def tell(self, trial: Trial) -> None:
        """Raises StorageError, after which it was not told."""

    def further(self) -> Cell:
        """The next run; the same as long as nothing is told."""

    def cell(self, at: At, before: Sequence[At]) -> Cell:
        """The run at a place.  before  where the earlier ones stand"""

    def is_hopeless(self, at: At, epochs: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a run that trains should be stopped, by its epochs so far."""


@dataclass(frozen=True)
class Answer:
    """What the runs say, in one sentence that can be quoted.

    template  English, with the names of `values` in it
    values    fractions are shares 0..1, those called `…_points` hundredths with that word, `…_hundredths` without;
              a place is a mapping, several are a list
    """

    template: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return self.template.format(**{name: _word(name, value) for name, value in self.values.items()})


@dataclass(frozen=True)
class Kind:
    """A question that many runs answer. The texts are English, `translations` has them in other languages.

    title, question   its name, and the question in one sentence
    about             what is trained and how the answer is to be read
    options           what can be chosen, with controls made of their declarations
    plan              (recipe, options by name) -> the cells, in the order in which they are trained
    answer            what the runs say that have ended; None while they say nothing yet
    chart             how they are drawn: over a value with intervals, repeated seeds as a band, two settings as a map
    cheaper           the options of a quicker form of the same question
    order             its place in the list, by default behind ours
    grows             (recipe, options, file for its notes) -> how each further run follows from those before; the
                      plan then says how many there will be, and about which
    """

    title: str
    question: str
    about: str
    plan: Callable[[TrainingConfig, Mapping[str, Any]], Sequence[Cell]]
    answer: Callable[[Sequence[Result]], Answer | None]
    options: tuple[Setting, ...] = ()
    chart: Chart = "line"
    cheaper: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100
    grows: Callable[[TrainingConfig, Mapping[str, Any], Path], Growth] | None = None
    name: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def chosen(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """name -> value of each option, those left out by default; raises SettingError for one that does not fit."""
        known = {option.name: option for option in self.options}
        for name in options:
            if name not in known:
                raise SettingError(
                    "{kind} has no option {option}; choose among: {known}.",
                    kind=self.name,
                    option=name,
                    known=", ".join(known),
                )
        return {name: checked(one, options.get(name, one.default)) for name, one in known.items()}

    def cells(self, recipe: TrainingConfig, options: Mapping[str, Any]) -> list[Cell]:
        """The runs that it would be; raises SettingError, DataError where they cannot be."""
        cells = list(self.plan(recipe, self.chosen(options)))
        if not 2 <= len(cells) <= MOST:
            raise SettingError(
                "This would be {n} runs; an experiment has 2 to {most}. Choose other values.", n=len(cells), most=MOST
            )
        return cells


@functools.cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in their order."""
    return dict(sorted(plugins.discover("core.questions").items(), key=lambda item: item[1].order))


def place_text(at: At) -> str:
    """A place in words of the command line: dropout=0.5 epochs=20."""
    return " ".join(f"{name}={as_text(value)}" for name, value in at.items())


def _word(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return place_text(value)
    if isinstance(value, list):
        return ", ".join(map(place_text, value))
    if isinstance(value, float):
        if name.endswith("_points"):
            return f"{value:.1f} points"
        return f"{value:.1f}" if name.endswith("_hundredths") else f"{value:.1%}"
    return str(value)


def run_name(name: str, cell: Cell, titles: Mapping[str, str]) -> str:
    """What a run of an experiment is called."""
    values = {**cell.at, "seed": cell.recipe.seed}
    told = ", ".join(f"{titles.get(key, key)} {as_text(value)}" for key, value in values.items())
    return f"{told} · {name}"
