"""Which values a search may try: of each setting a range or a list, written as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import SettingError
from core.experiments.places import ladder, varied
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.differences import given
from core.recipe.setting import Setting, as_text, checked, parse

OUT = (
    *("architecture", "backbone"),  # another network has other settings
    *("early_stopping_monitor", "restore_best_weights"),  # the search says what is better, and keeps that
    *("imbalance", "label_noise", "input_noise"),  # to spoil images is no way to be good
)
FIRST = ("learning_rate", "dropout", "batch_size")  # searched where nobody says which
HIGHEST = {"dropout": 0.6}  # beyond it a network of these sizes hardly learns
POINTS = 5  # values of a list that nobody wrote
LOGARITHMIC = 10  # times its lowest value, from which a range of whole numbers is


@dataclass(frozen=True)
class Range:
    """All numbers from `low` to `high`, both included; every `step` of them where there is one."""

    low: float
    high: float
    log: bool = False
    step: float | None = None
    whole: bool = False


Space = Mapping[str, Range | tuple[Any, ...]]
"""Setting -> the range or the list of values that are tried."""


def searched(recipe: TrainingConfig) -> dict[str, str]:
    """name -> title of the settings that a search can vary in a recipe."""
    return {name: title for name, title in varied(recipe).items() if name not in OUT}


def by_itself(recipe: TrainingConfig) -> list[str]:
    """The settings that are searched where nobody says which."""
    known = searched(recipe)
    own = [name for name in known if SETTINGS[name].group != "images" and _has_values(recipe, name)]
    return [name for name in FIRST if name in known] or own[: len(FIRST)]


def space(recipe: TrainingConfig, texts: Sequence[str] | None) -> Space:
    """What is searched, as written: `learning_rate=0.0001..0.01`, `batch_size=16|32`, `dropout` for what is sensible.

    Raises SettingError for what is none.
    """
    written = [text.partition("=") for text in texts or by_itself(recipe)]
    if not written:
        raise SettingError(
            "{architecture} has no setting that a search could vary; choose another architecture.",
            architecture=recipe.architecture,
        )
    return {name.strip(): _values(recipe, name.strip(), values.strip()) for name, _equals, values in written}


def written(recipe: TrainingConfig, name: str) -> str:
    """The sensible values of a setting as somebody would write them; "" where there are none."""
    if not _has_values(recipe, name):
        return ""
    values = _sensible(recipe, name)
    return f"{values.low:g}..{values.high:g}" if isinstance(values, Range) else "|".join(map(as_text, values))


def _values(recipe: TrainingConfig, name: str, text: str) -> Range | tuple[Any, ...]:
    if name not in searched(recipe):
        raise SettingError(
            "{name} is no setting that a search can vary in {architecture}; choose among: {known}.",
            name=name,
            architecture=recipe.architecture,
            known=", ".join(searched(recipe)),
        )
    setting = SETTINGS[name]
    if not text:
        return _sensible(recipe, name)
    low, dots, high = text.partition("..")
    if dots and setting.kind in ("int", "float"):
        return _range(setting, *(checked(setting, parse(setting, end)) for end in (low, high)))
    values = tuple(dict.fromkeys(checked(setting, parse(setting, one)) for one in text.split("|")))
    if len(values) < 2:
        raise _no_choice(name, text)
    return values


def _sensible(recipe: TrainingConfig, name: str) -> Range | tuple[Any, ...]:
    """Around the recipe's own value where a step is a factor; else all there are, or a ladder."""
    setting = SETTINGS[name]
    if setting.kind != "float":
        return tuple(ladder(recipe, name, POINTS))
    low, high = setting.low or 0.0, HIGHEST.get(name, setting.high or 1.0)
    if setting.log:
        middle = given(recipe, name) or 1e-3
        low, high = max(low, float(f"{middle / 10:.2g}")), min(high, float(f"{middle * 10:.2g}"))
    return _range(setting, low, high)


def _range(setting: Setting, low: Any, high: Any) -> Range:
    if low is None or high is None or not low < high:
        raise _no_choice(setting.name, f"{as_text(low)}..{as_text(high)}")
    if setting.kind == "int":
        return Range(low, high, log=low > 0 and high >= LOGARITHMIC * low, step=None, whole=True)
    steps = (high - low) / setting.step if setting.step else 0.5
    return Range(
        low, high, log=setting.log and low > 0, step=setting.step if abs(steps - round(steps)) < 1e-9 else None
    )


def _has_values(recipe: TrainingConfig, name: str) -> bool:
    try:
        return bool(_sensible(recipe, name))
    except SettingError:
        return False


def _no_choice(name: str, text: str) -> SettingError:
    return SettingError(
        "{name}={values} leaves nothing to choose; write a range such as {name}=low..high, or several values with | "
        "between.",
        name=name,
        values=text,
    )
