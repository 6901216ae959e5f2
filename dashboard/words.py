"""English and French: `_()` says a sentence in the language of the viewer.

English is written in the code, French in `locale/fr/LC_MESSAGES/fitscope.po`. The language follows the browser,
can be switched, and is part of the link.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path
from typing import Any

import streamlit as st
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent, get_decimal_symbol, get_group_symbol

from core.data.built_in import built_in
from core.errors import FitscopeError
from core.experiments.kind import kinds
from core.inside.explanation import explanations
from core.lessons.lesson import lessons
from core.people.acting import readable
from core.recipe.architectures import known
from dashboard.page_files import about_page, page_files

LANGUAGES = {"en": "English", "fr": "Français"}
CHOSEN = "fitscope_language"  # what was chosen in the top bar, for the next tab
CATALOGUES = Path(__file__).parent / "locale"
MINUS = "\N{MINUS SIGN}"
_SET_APART = re.compile(r" (?=[:;!?%»](?:\W|$))|(?<=«) ")  # not before `:material/…`
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def _(english: str, **values: Any) -> str:
    """The sentence in the viewer's language, with {names} filled in."""
    text = translate(english, language())
    return text.format(**values) if values else text


def as_named(dataset: str, text: str) -> str:
    """What a dataset calls itself or a class: one of ours in the viewer's language, others as their owner wrote it.

    A class of one's own that is called "Train" is a train, and no button of this page.
    """
    return _(text) if dataset in built_in() else text


def class_words(dataset: str, names: Iterable[str]) -> list[str]:
    """Names of classes of a dataset, see `as_named`."""
    return [as_named(dataset, name) for name in names]


def experiment_words(name: str) -> str:
    """What an experiment is called; the title of its kind, of one that nobody named, in the viewer's language."""
    return _(name) if any(name == kind.title for kind in kinds().values()) else name


def say(error: FitscopeError) -> str:
    """An error in the viewer's language; words of ours among its values, such as a state, are translated too."""
    return say_again(error.template, error.values)


def say_again(template: str, values: dict[str, Any]) -> str:
    """The same for an error that was written down by a worker."""
    to = language()
    known = {name: translate(value, to) if _is_ours(name, value) else value for name, value in values.items()}
    for name in values.keys() & {"open", "closed"}:  # titles of settings
        known[name] = ", ".join(translate(title, to) for title in values[name].split(", "))
    return readable(translate(template, to).format(**known))


def _is_ours(name: str, value: Any) -> bool:
    """Whether a value of an error is a word of ours; names of classes, files and runs are people's."""
    if name == "reason":
        return isinstance(value, str)  # one that nobody knows stays as it is
    return name in ("state", "split") or (name == "dataset" and value in {spec.title for spec in built_in().values()})


def plural(n: float, one: str, many: str, digits: int = 0, **values: Any) -> str:
    """The sentence for n things; {n} is filled in. A language has as many forms as it needs.

    digits  behind the decimal sign: 1.6 points are several in English, "1,6 point" in French
    """
    text = catalogue(language()).plural(n, one, many)
    return text.format(n=number(n, digits), **values)


def points(difference: float, signed: bool = False) -> str:
    """A difference of two shares, -1..1, in percentage points; where it is `signed`, a gain has its plus."""
    said = round(100 * difference, 1) + 0.0  # never minus zero
    plus = "+" if signed and said > 0 else ""
    return plus + plural(said, "{n} point", "{n} points", digits=1)


def in_markdown(text: str) -> str:
    """A user's text with the signs that Markdown reads made harmless."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|<>:$~" else sign for sign in text)


def language() -> str:
    """The viewer's choice, else the one they made last with this browser, else the browser's language, else English.

    Within `speaking`, that one.
    """
    if _spoken.get():
        return _spoken.get()
    chosen = st.session_state.get("lang")
    if chosen in LANGUAGES:
        return chosen
    wanted = st.context.cookies.get(CHOSEN) or (st.context.locale or "en").split("-")[0]
    return wanted if wanted in LANGUAGES else "en"


@contextmanager
def speaking(to: str) -> Iterator[None]:
    """What is said within is said in that language: outside of a page nobody has chosen one."""
    before = _spoken.set(to if to in LANGUAGES else "en")
    try:
        yield
    finally:
        _spoken.reset(before)


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it: 12,000 or 12 000; with a minus sign, which no line ends behind."""
    return format_decimal(value, format=f"#,##0.{'0' * digits}", locale=language()).replace("-", MINUS)


def in_digits(value: float) -> str:
    """A number as the language writes it, with no more digits than it has."""
    plain = f"{value:g}"
    return plain if "e" in plain else number(value, len(plain.partition(".")[2]))


def signs() -> str:
    """The language's decimal sign and that between thousands, as Plotly wants them."""
    return get_decimal_symbol(language()) + get_group_symbol(language())


def in_turn(phrases: Iterable[str]) -> str:
    """Several phrases, with the language's space before each semicolon; of none, nothing."""
    first, *rest = [*phrases] or [""]
    return functools.reduce(lambda said, phrase: _("{first}; {rest}", first=said, rest=phrase), rest, first)


def after_colon(title: str, words: str) -> str:
    """What is said of something, with the language's space before the colon."""
    return _("{title}: {words}", title=title, words=words)


def percent(share: float, digits: int = 1) -> str:
    """A share 0..1 as a percentage, with the language's sign and comma."""
    return format_percent(share, format=f"#,##0.{'0' * digits} %", locale=language()).replace("-", MINUS)


def duration(seconds: float) -> str:
    """A rough time in the units people use: 45 s, 3 min, 2 h 10 min."""
    if seconds < 90:
        return _("{seconds} s", seconds=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("{minutes} min", minutes=minutes)
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def size(n: float) -> str:
    """Bytes in the units people use: 320 kB, 12.3 MB, 1.2 GB."""
    for factor, unit, digits in ((1e9, _("GB"), 1), (1e6, _("MB"), 1)):
        if n >= factor:
            return f"{number(n / factor, digits)} {unit}"
    return f"{number(n / 1e3)} {_('kB')}"


def translate(english: str, to: str) -> str:
    """The sentence in a language; English where neither its catalogue nor a plug-in has a word for it."""
    return catalogue(to).single.get(english) or of_plugins(to).get(english, english)


@dataclass(frozen=True)
class Words:
    """What is translated into one language.

    single   English -> translation
    forms    (English for one, for many) -> the forms of the language
    form     n -> which of them goes with so many things
    """

    single: Mapping[str, str]
    forms: Mapping[tuple[str, str], tuple[str, ...]]
    form: Callable[[float], int]

    def plural(self, n: float, one: str, many: str) -> str:
        forms = self.forms.get((one, many))
        return forms[self.form(n)] if forms else (one if abs(n) == 1 else many)


@functools.cache
def catalogue(to: str) -> Words:
    """The catalogue of a language; an empty one for English, which is what the code is written in."""
    if to == "en":
        return Words({}, {}, lambda n: int(abs(n) != 1))
    with open(CATALOGUES / to / "LC_MESSAGES" / "fitscope.po", "rb") as file:
        entries = read_po(file, locale=to)
    done: list[Any] = [entry for entry in entries if entry.id and is_done(entry)]
    single = {entry.id: together(entry.string) for entry in done if not entry.pluralizable}
    forms = {entry.id: tuple(map(together, entry.string)) for entry in done if entry.pluralizable}
    form = c2py(entries.plural_expr)
    return Words(single, forms, lambda n: form(int(abs(n))))


def together(text: str) -> str:
    """Spaces at which no line may end: before the signs that French sets apart, and within its quotation marks."""
    return _SET_APART.sub("\N{NO-BREAK SPACE}", text)


def is_done(entry: Any) -> bool:
    """Whether an entry of a catalogue has its translation, in all forms of the language."""
    return not entry.fuzzy and bool(all(entry.string) if entry.pluralizable else entry.string)


@functools.cache
def of_plugins(to: str) -> dict[str, str]:
    """English -> translation that datasets, architectures, explanations, lessons and pages bring along themselves."""
    specs: list[Any] = [
        *built_in().values(),
        *known().values(),
        *explanations().values(),
        *lessons().values(),
        *kinds().values(),
    ]
    brought = [spec.translations for spec in specs] + [about_page(path)["TRANSLATIONS"] for path in page_files()]
    return {english: together(text) for translations in brought for english, text in translations.get(to, {}).items()}
