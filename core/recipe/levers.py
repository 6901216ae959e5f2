"""Which settings are open where only some may be moved: what belongs to an open one is open too."""

from collections.abc import Iterable

from core.recipe.config import settings


def opened(only: Iterable[str]) -> frozenset[str]:
    """The names of the settings that may be moved where `only` those are named: strengths and widths come along."""
    named = set(only)
    if "augmentation" in named:
        named |= {setting.name for setting in settings(group="augmentation")}
    if "architecture" in named:
        named |= {setting.name for setting in settings() if setting.own}
    return frozenset(named)
