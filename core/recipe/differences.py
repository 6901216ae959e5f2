"""In which settings several recipes differ, the values that an architecture gives by itself included."""

from collections.abc import Sequence
from typing import Any

from core.recipe.config import SETTINGS, TrainingConfig


def given(recipe: TrainingConfig, name: str) -> Any:
    """The value of a setting; where the recipe leaves it open, the architecture's own, None where it has none."""
    value = getattr(recipe, name)
    return recipe.network_settings().get(name) if value is None else value


def differing(recipes: Sequence[TrainingConfig]) -> list[str]:
    """The names of the settings that are not the same in all of them, in the order of the form.

    Another architecture brings other values of its own along: those that no recipe names are not told.
    """
    one_network = len({recipe.architecture for recipe in recipes}) == 1
    value = given if one_network else getattr
    return [name for name in SETTINGS if len({repr(value(recipe, name)) for recipe in recipes}) > 1]
