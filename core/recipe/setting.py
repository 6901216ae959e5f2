"""What a setting is: its declaration, the text that names its value, and what is said of a value that does not fit."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.data import catalogue
from core.errors import SettingError
from core.folders import COMMAND
from core.recipe import architectures, backbones

Kind = Literal[
    "plugin",
    "backbone",
    "start",
    "choice",
    "int",
    "float",
    "bool",
    "counts",
    "names",
    "version",
    "class",
    "layer",
    "position",
]
Place = Literal["front", "row 1", "row 2", "images", "strengths", "schedule", "more"]


@dataclass(frozen=True)
class Setting:
    """What is known of one setting; the fields a form, a help text or a check needs.

    low, high  inclusive bounds of a number        log      shown on a logarithmic slider
    options    value -> label, for a choice
    own        None is a value too: the architecture, or whoever asks, has a default of its own
    group      what it is about: the name of its file beside this one
    place      where the form has it: in front, side by side, among the changes of the images, the strengths, or more
    pace       it changes how long an epoch takes
    in_name    a run that differs in it says so in its name
    gpu        offered only where there is a GPU
    only, but  (another setting, its value): it has a meaning only where that one has this value, or not this value
    """

    name: str
    kind: Kind
    default: Any
    title: str
    help: str
    low: float | None = None
    high: float | None = None
    options: Mapping[Any, str] | None = None
    unit: str = ""
    log: bool = False
    step: float | None = None
    own: bool = False
    group: str = ""
    place: Place = "more"
    pace: bool = False
    in_name: bool = True
    gpu: bool = False
    only: tuple[str, Any] | None = None
    but: tuple[str, Any] | None = None


def setting(default: Any, title: str, help: str, kind: Kind, **more: Any) -> Any:
    """Declares a setting as a dataclass field; the words mean what they mean in `Setting`."""
    return field(default=default, metadata={"title": title, "help": help, "kind": kind, **more})


def parse(setting: Setting, text: str) -> Any:
    """The value that `text` names; an empty text is the architecture's own value where it has one."""
    text = text.strip()
    if setting.own and text.lower() in ("", "none"):
        return None
    try:
        return _PARSERS[setting.kind](setting, text)
    except (ValueError, csv.Error):  # a line break within a list of names
        raise _out_of_range(setting, text) from None


def as_text(value: Any) -> str:
    """The text that `parse` reads back as `value`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return _with_commas(value)
    return "" if value is None else str(value)


def expected(setting: Setting) -> str:
    """What may be written for a setting, in English: `a whole number between 1 and 500`."""
    return EXPECTED[_expectation(setting)].format(**_bounds(setting), name=setting.name)


def checked(setting: Setting, value: Any) -> Any:
    """The value as the recipe keeps it; raises SettingError when it does not fit."""
    if value is None and setting.own:
        return None
    return _CHECKS[setting.kind](setting, value)


def _whole(setting: Setting, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise _out_of_range(setting, value)
    return int(_within(setting, value))


def _real(setting: Setting, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _out_of_range(setting, value)
    return float(_within(setting, value))


def _within(setting: Setting, value: float) -> float:
    assert setting.low is not None
    assert setting.high is not None
    zero = value == 0 and _allows_zero(setting)
    if not (zero or setting.low <= value <= setting.high):  # NaN is in no range
        raise _out_of_range(setting, value)
    return value


def _allows_zero(setting: Setting) -> bool:
    """0 is a word of its own where it is the default: `as stored`, `all`, `never`."""
    return setting.default == 0 and setting.low is not None and setting.low > 0


def _truth(setting: Setting, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _out_of_range(setting, value)
    return value


def _choice(setting: Setting, value: Any) -> Any:
    assert setting.options is not None
    for option in setting.options:
        if type(value) in (type(option), int) and value == option:
            return option
    raise _out_of_range(setting, value)


def _counts(setting: Setting, value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= 6:
        raise _out_of_range(setting, value)
    return tuple(_whole(setting, number) for number in value)


def _names(setting: Setting, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) and name for name in value):
        raise _out_of_range(setting, value)
    return tuple(dict.fromkeys(value))


def _version(setting: Setting, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"|original|[0-9a-f]{12}", value):
        raise _out_of_range(setting, value)
    return value


def _as_it_is(_one: Setting, value: Any) -> Any:
    """A class or a layer is looked for by whoever has the network."""
    return value


def _plugin(setting: Setting, value: Any) -> str:
    if not isinstance(value, str):
        raise _out_of_range(setting, value)
    PLUGINS[setting.name](value)
    return value


def _backbone(setting: Setting, value: Any) -> str:
    """One of the files, or what may be the id of a run: of another machine it is no less a recipe."""
    if not isinstance(value, str) or not (value in (setting.options or ()) or backbones.RUN_ID.fullmatch(value)):
        raise _out_of_range(setting, value)
    return value


def _start(setting: Setting, value: Any) -> str:
    """Whether there is such a run is asked when it begins: of another machine it is no less a recipe."""
    if not isinstance(value, str) or not (value == "" or backbones.EPOCH_OF_RUN.fullmatch(value)):
        raise _out_of_range(setting, value)
    return value


_CHECKS: dict[str, Any] = {
    "int": _whole,
    "float": _real,
    "bool": _truth,
    "choice": _choice,
    "counts": _counts,
    "names": _names,
    "version": _version,
    "plugin": _plugin,
    "backbone": _backbone,
    "start": _start,
    "position": _whole,
    "class": _as_it_is,
    "layer": _as_it_is,
}

PLUGINS = {"dataset": catalogue.dataset, "architecture": architectures.get}  # name -> what knows all of that kind

EXPECTED = {
    "plugin": "the name of one, as listed by: {command} {name}s",
    "backbone": "one of: {options}; or the id of a finished run",
    "start": "the id of a run, a colon and an epoch, or nothing",
    "choice": "one of: {options}",
    "int": "a whole number between {low} and {high}",
    "int or 0": "0 or a whole number between {low} and {high}",
    "position": "a whole number between {low} and {high}",
    "float": "a number between {low} and {high}",
    "float or 0": "0 or a number between {low} and {high}",
    "bool": "true or false",
    "counts": "up to 6 whole numbers with commas between, for example 32,64",
    "names": "names of classes with commas between, or none for all",
    "version": "the 12 digits of a version, original, or nothing",
}
REFUSALS = {kind: f"{{name}}={{value}} is out of range; choose {text}." for kind, text in EXPECTED.items()}
"""What is said of a value that does not fit; whole sentences, since languages put their words in different places."""


def _out_of_range(setting: Setting, value: Any) -> SettingError:
    text = f"{value:g}" if isinstance(value, float) else as_text(tuple(value) if isinstance(value, list) else value)
    return SettingError(REFUSALS[_expectation(setting)], name=setting.name, value=text, **_bounds(setting))


def _expectation(setting: Setting) -> str:
    return f"{setting.kind} or 0" if _allows_zero(setting) else setting.kind


def _bounds(setting: Setting) -> dict[str, str]:
    options = ", ".join(as_text(option) for option in setting.options or ())
    return {"options": options, "low": _plain(setting.low), "high": _plain(setting.high), "command": COMMAND}


def _with_commas(values: tuple[Any, ...]) -> str:
    """The values in one line; one that has a comma itself is put between quotation marks."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _plain(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:g}" if 0 < abs(number) < 1 else f"{number:.0f}"


def _parse_bool(_one: Setting, text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _parse_choice(setting: Setting, text: str) -> Any:
    assert setting.options is not None
    if all(isinstance(option, float) for option in setting.options):
        return float(text)
    return next((option for option in setting.options if str(option).lower() == text.lower()), text)


def _parse_names(text: str) -> tuple[str, ...]:
    """As `_with_commas` writes them, and with a blank after each comma."""
    names = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(name.strip() for name in names if name.strip())


_PARSERS: dict[str, Any] = {
    "int": lambda _one, text: int(text),
    "float": lambda _one, text: float(text),
    "bool": _parse_bool,
    "choice": _parse_choice,
    "counts": lambda _one, text: tuple(int(part) for part in text.split(",")),
    "names": lambda _one, text: _parse_names(text),
    "version": lambda _one, text: text,
    "plugin": lambda _one, text: text,
    "backbone": lambda _one, text: text,
    "start": lambda _one, text: text,
}
