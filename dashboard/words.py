"""English and French: `_()` says a sentence in the language of the viewer.

English is written in the code, French in `locale/fr/LC_MESSAGES/fitscope.po`. The language follows the browser,
can be switched, and is part of the link.
"""

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import streamlit as st
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from core.errors import FitscopeError

LANGUAGES = {"en": "English", "fr": "Français"}
CATALOGUES = Path(__file__).parent / "locale"


def _(english: str, **values: Any) -> str:
    """The sentence in the viewer's language, with {names} filled in."""
    text = translate(english, language())
    return text.format(**values) if values else text


def translated(names: Iterable[str]) -> list[str]:
    """Names, such as those of classes, in the viewer's language."""
    return [_(name) for name in names]


def say(error: FitscopeError) -> str:
    """An error in the viewer's language; words among its values, such as a state, are translated too."""
    return say_again(error.template, error.values)


def say_again(template: str, values: dict[str, Any]) -> str:
    """The same for an error that was written down by a worker."""
    to = language()
    known = {name: translate(value, to) if isinstance(value, str) else value for name, value in values.items()}
    return translate(template, to).format(**known)


def plural(n: int, one: str, many: str, **values: Any) -> str:
    """`one` or `many`, whichever goes with n; both know {n}. French uses the singular for 0 too."""
    single = n < 2 if language() == "fr" else n == 1
    return _(one if single else many, n=number(n), **values)


def in_markdown(text: str) -> str:
    """A user's text with the signs that Markdown reads made harmless."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|<>:$~" else sign for sign in text)


def language() -> str:
    """The viewer's choice, else the browser's language, else English."""
    chosen = st.session_state.get("lang")
    if chosen in LANGUAGES:
        return chosen
    wanted = (st.context.locale or "en").split("-")[0]
    return wanted if wanted in LANGUAGES else "en"


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it: 12,000 or 12 000."""
    return format_decimal(value, format=f"#,##0.{'0' * digits}", locale=language())


def percent(share: float, digits: int = 1) -> str:
    """A share 0..1 as a percentage, with the language's sign and comma."""
    return format_percent(share, format=f"#,##0.{'0' * digits} %", locale=language())


def duration(seconds: float) -> str:
    """A rough time in the units people use: 45 s, 3 min, 2 h 10 min."""
    if seconds < 90:
        return _("{seconds} s", seconds=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("{minutes} min", minutes=minutes)
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def translate(english: str, to: str) -> str:
    """The sentence in a language; English where the catalogue has no word for it."""
    return english if to == "en" else catalogue(to).get(english, english)


@functools.cache
def catalogue(to: str) -> dict[str, str]:
    """English -> translation, of what is translated."""
    with open(CATALOGUES / to / "LC_MESSAGES" / "fitscope.po", "rb") as file:
        entries = read_po(file, locale=to)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string and not entry.fuzzy}
