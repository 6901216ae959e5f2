"""Names of classes that differ only in capitals: one class, or several."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from core.data.reading.folders.class_folders import Split, clean_label
from core.data.reading.natural_order import natural_key
from core.data.reading.understanding import Choice, Understanding
from core.errors import N_

LONGEST_LIST = 200  # characters of names that are named


class Spelling:
    """One name for each class, however Unicode writes an accent; `keep_case`: A and a are two."""

    def __init__(self, keep_case: bool = False) -> None:
        self._keep_case = keep_case
        self._first: dict[str, str] = {}

    def label(self, text: str) -> str:
        """The class of that name, as it was first written; raises Refused for a name that cannot be shown."""
        label = clean_label(text)
        return self._first.setdefault(label if self._keep_case else one_case(label), label)


def one_case(label: str) -> str:
    """What names that differ only in capitals have in common."""
    return unicodedata.normalize("NFC", label.casefold())


def keep_case(spellings: Mapping[str, Mapping[Split | None, set[str]]], understanding: Understanding) -> bool:
    """Whether classes that differ only in capitals are kept apart.

    spellings  name in one case -> split -> its spellings there
    """
    several = {name: by_split for name, by_split in spellings.items() if len(set().union(*by_split.values())) > 1}
    if not several:
        return False
    together = any(len(words) > 1 for by_split in several.values() for words in by_split.values())
    every = {word for by_split in several.values() for words in by_split.values() for word in words}
    names = ", ".join(sorted(every, key=natural_key))[:LONGEST_LIST]
    choices = [
        Choice("yes", N_("{names} are kept apart"), {"names": names}),
        Choice("no", N_("{names} become one class for each"), {"names": names}),
    ]
    if not together:
        choices.reverse()
    question = N_("Are names that differ only in capitals several classes?")
    return understanding.ask("keep-case", question, choices) == "yes"


def note_spelling(spellings: dict[str, dict[Split | None, set[str]]], split: Split | None, label: str) -> None:
    """Adds one spelling; accents that are written in two ways are one."""
    written = unicodedata.normalize("NFC", label).strip()
    spellings.setdefault(one_case(written), {}).setdefault(split, set()).add(written)


def keep_case_of(labels: Iterable[str], understanding: Understanding) -> bool:
    """The same for labels that a table or an array gives, where each was written on purpose."""
    spellings: dict[str, dict[Split | None, set[str]]] = {}
    for label in labels:
        note_spelling(spellings, None, label)
    return keep_case(spellings, understanding)


def match(labels: Sequence[str], known: Sequence[str], understanding: Understanding) -> list[str]:
    """Labels in the spelling of classes that are there already; asks `keep-case` where only capitals differ."""
    by_case: dict[str, list[str]] = {}
    for name in known:
        by_case.setdefault(one_case(name), []).append(name)
    alike = {
        label: by_case[one_case(label)][0]
        for label in dict.fromkeys(labels)
        if label not in known and len(by_case.get(one_case(label), ())) == 1
    }
    if not alike:
        return list(labels)
    pairs = ", ".join(f"{label} → {name}" for label, name in alike.items())[:LONGEST_LIST]
    choices = [
        Choice("no", N_("they are the classes that are there: {names}"), {"names": pairs}),
        Choice("yes", N_("they are new classes: {names}"), {"names": ", ".join(alike)[:LONGEST_LIST]}),
    ]
    question = N_("Are names that differ only in capitals several classes?")
    if understanding.ask("keep-case", question, choices) == "yes":
        return list(labels)
    return [alike.get(label, label) for label in labels]
