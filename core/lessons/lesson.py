"""What a lesson is: recipes to train, a question before, what must be seen, the answer after."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core import plugins
from core.errors import N_
from core.fit.rules import Finding
from core.lessons.promise import Promise, Shows
from core.recipe.config import TrainingConfig

Topic = Literal["fit", "cures", "levers", "data", "trust"]
TOPICS: dict[Topic, str] = {
    "fit": N_("Too little, just right, too much"),
    "cures": N_("Against overfitting"),
    "levers": N_("The levers of learning"),
    "data": N_("What the images decide"),
    "trust": N_("How far to trust a number"),
}  # in the order in which they are taught
TEXTS = ("title", "about", "question", "answer", "look_at", "notes")


@dataclass(frozen=True)
class Lesson:
    """A scenario with an expected outcome. The texts are English, `translations` has them in other languages.

    title        what it shows
    about        one or two sentences for the card
    settings     the recipe, as far as it differs from the defaults
    expectation  the finding of `core.fit.rules` that its curves must come to, or several where any of them will do
    twins        of each further run what is different in it; the runs are A, B, C …, and share seed, split and order
    topic        where it is listed, one of TOPICS
    promises     what else must be seen in the finished runs; `make lessons` asks them over several seeds
    levers       settings that a learner may move in this lesson; none: all of them
    seconds      that all its runs take together on two cores, about
    question     asked before the training, with `choices`, of which the one numbered `right` (from 0) comes true
    answer       what happened and why, told afterwards
    look_at      what to point at while it trains
    notes        for the teacher: how to lead through it, what to ask, what goes wrong
    order        its place among the lessons of its topic, by default behind ours
    name         of its file, filled in where it is found
    translations language -> {a field's name, or English: translation}; that of `choices` is a tuple
    """

    title: str
    about: str
    settings: Mapping[str, Any]
    expectation: Finding | tuple[Finding, ...]
    twins: tuple[Mapping[str, Any], ...] = ()
    topic: Topic = "fit"
    promises: tuple[Promise, ...] = ()
    levers: tuple[str, ...] = ()
    seconds: int = 30
    question: str = ""
    choices: tuple[str, ...] = ()
    right: int = 0
    answer: str = ""
    look_at: str = ""
    notes: str = ""
    order: int = 100
    name: str = ""
    translations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Names of fields in the translations become the English that stands in them."""
        spelled = {language: self._spelled_out(texts) for language, texts in self.translations.items()}
        object.__setattr__(self, "translations", spelled)

    @property
    def recipe(self) -> TrainingConfig:
        return self.recipes[0]

    @property
    def recipes(self) -> tuple[TrainingConfig, ...]:
        """Of the runs A, B, C …"""
        every = ({}, *self.twins)
        return tuple(TrainingConfig.from_dict({**self.settings, **changes}) for changes in every)

    @property
    def promised(self) -> tuple[Promise, ...]:
        """The expected verdict on A, and what else was promised."""
        expected = (self.expectation,) if isinstance(self.expectation, str) else self.expectation
        return (Shows("A", expected), *self.promises)

    def _spelled_out(self, texts: Mapping[str, Any]) -> dict[str, str]:
        named = {getattr(self, name): text for name, text in texts.items() if name in TEXTS}
        chosen = dict(zip(self.choices, texts.get("choices", ()), strict=False))
        rest = {english: text for english, text in texts.items() if english not in (*TEXTS, "choices")}
        return {**named, **chosen, **rest}


@functools.cache
def lessons() -> dict[str, Lesson]:
    """All lessons by name, in the order in which they are taught."""
    found = plugins.discover("core.lessons")
    topics = list(TOPICS)
    return dict(sorted(found.items(), key=lambda item: (topics.index(item[1].topic), item[1].order)))
