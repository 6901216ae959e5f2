"""The value of a setting in the viewer's language, and a recipe by what is special about it."""

from collections.abc import Sequence
from typing import Any

from core.data import catalogue
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.differences import given
from core.recipe.setting import as_text
from dashboard.words import _, as_named, in_digits


def architecture_word(name: str) -> str:
    """An architecture among others: which of them are baselines is said."""
    title = _(architectures.get(name).title)
    return _("Baseline: {name}", name=title) if architectures.is_baseline(name) else title


def value_word(name: str, value: Any) -> str:
    """Such as "0.5", "on", "all", "MLP"."""
    setting = SETTINGS[name]
    if name == "architecture":
        return _(architectures.get(value).title)
    if name == "dataset":
        return as_named(value, catalogue.dataset(value).title)
    if name == "train_images" and not value:
        return _("all")
    if value is None:
        return _("its own")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if setting.options and value in setting.options:
        return _(setting.options[value])
    return in_digits(value) if isinstance(value, float) else as_text(value)


def special(recipe: TrainingConfig, names: Sequence[str]) -> str:
    """A recipe by its values of some settings: "Dropout 0.5, Epochs 20"."""
    return ", ".join(f"{_(SETTINGS[name].title)} {value_word(name, given(recipe, name))}" for name in names)
