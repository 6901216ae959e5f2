"""The names of classes and splits: which words stand for a split, and how the name of a class is kept."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from core.data.reading.decode import Refused

Split = Literal["train", "validation", "test"]

SPLIT_WORDS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "publictest": "validation",  # FER2013's words
    "privatetest": "test",
    "test": "test",
    "testing": "test",
}
LONGEST_LABEL = 60  # characters

_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # turn the direction of what follows
_UNSHOWN = ("Cc", "Cs", "Zl", "Zp")  # control characters, halves of characters, ends of lines and paragraphs


@dataclass(frozen=True)
class Place:
    """The split a file belongs to, None where there are no split folders, and the name of its class."""

    split: Split | None
    label: str


def split_of(word: str) -> Split | None:
    """The split that a folder's name, or a word in a table, stands for."""
    return SPLIT_WORDS.get(word.strip().casefold())


def split_within(name: str) -> Split | None:
    """The split of a longer name such as seg_train or "Test images"; None where it names none, or two."""
    splits = {SPLIT_WORDS[word] for word in re.split(r"[^a-z]+", name.casefold()) if word in SPLIT_WORDS}
    return splits.pop() if len(splits) == 1 else None


def clean_label(text: str) -> str:
    """The name of a class as it is kept; raises Refused for one that cannot be shown."""
    label = unicodedata.normalize("NFC", text).strip()
    if not label:
        raise Refused("its class has no name; give it one")
    if len(label) > LONGEST_LABEL:
        raise Refused(
            "the name of its class has {n} characters, and {most} are the most; choose a shorter one",
            n=len(label),
            most=LONGEST_LABEL,
        )
    if any(character in _TURNING or unicodedata.category(character) in _UNSHOWN for character in label):
        raise Refused("the name of its class has control characters; choose another")
    return label
