"""From the names of files to the class and the split of each: the folder it lies in says what it shows."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.data.reading.decode import Refused
from core.data.reading.natural_order import natural_key

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

_PICTURE = re.compile(r"\.(jpe?g|jfif|mpo|png|webp|bmp|dib|gif|tiff?|p[bgpn]m|hei[cf])$", re.IGNORECASE)
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # turn the direction of what follows
_UNSHOWN = ("Cc", "Cs", "Zl", "Zp")  # control characters, halves of characters, ends of lines and paragraphs


@dataclass(frozen=True)
class Place:
    """The split a file belongs to, None where there are no split folders, and the name of its class."""

    split: Split | None
    label: str


class Layout:
    """How a set of files is laid out: what its folders mean depends on all of them together."""

    def __init__(self, names: Sequence[str]):
        folders = [_folders(name) for name in names if _PICTURE.search(name)] or [_folders(name) for name in names]
        self._wrapper = _wrapper(folders)
        below = [parts[len(self._wrapper) :] for parts in folders if parts[: len(self._wrapper)] == self._wrapper]
        self._has_splits = _has_splits([parts for parts in below if parts])
        self._spelling = Spelling()

    def place(self, name: str) -> Place | Refused:
        """The place of one file; a file asked for earlier decides how the name of a class is spelled."""
        parts, depth = _folders(name), len(self._wrapper)
        if parts[:depth] != self._wrapper:
            return _no_class() if not parts else Refused("it lies beside the folder of the classes; move it there")
        parts, split = parts[depth:], None
        if self._has_splits and parts:
            split = split_of(parts[0])
            if split is None:
                return Refused("it lies beside the train and test folders; move it into one of them")
            parts = parts[1:]
        try:
            return Place(split, self._spelling.label(parts[0])) if parts else _no_class()
        except Refused as refusal:
            return refusal


class Spelling:
    """One name for each class: names that differ only in capitals or in how Unicode writes an accent are one."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def label(self, text: str) -> str:
        """The class of that name, as it was first written; raises Refused for a name that cannot be shown."""
        label = clean_label(text)
        return self._first.setdefault(unicodedata.normalize("NFC", label.casefold()), label)


def place(names: Sequence[str]) -> dict[str, Place | Refused]:
    """The place of each file, by its path with forward slashes: train/cat/1.png, cat/1.png, pets/train/cat/1.png.

    A folder that holds everything is passed over; train, test, validation and their like are splits, but only
    where classes lie in them or nothing lies beside them: "train" may be a class next to "bus". Folders whose names
    differ only in capitals or in how Unicode writes an accent are one class.
    """
    layout = Layout(names)
    return {name: layout.place(name) for name in sorted(names, key=natural_key)}


def split_of(word: str) -> Split | None:
    """The split that a folder's name, or a word in a table, stands for."""
    return SPLIT_WORDS.get(word.strip().casefold())


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


def _folders(name: str) -> tuple[str, ...]:
    return tuple(part for part in name.split("/")[:-1] if part)


def _wrapper(folders: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The folders that hold everything, the outermost first: they name the collection, not a class."""
    below = [parts for parts in folders if parts]
    wrapper: tuple[str, ...] = ()
    while True:
        first = {parts[0] for parts in below}
        if len(first) != 1 or sum(len(parts) > 1 for parts in below) < 2 or split_of(min(first)):
            return wrapper
        wrapper += (min(first),)
        below = [parts[1:] for parts in below if len(parts) > 1]


def _has_splits(folders: Sequence[tuple[str, ...]]) -> bool:
    """Whether words such as "train" are splits here: classes lie in them, or nothing lies beside them."""
    named = [parts for parts in folders if split_of(parts[0])]
    return bool(named) and (any(len(parts) > 1 for parts in named) or len(named) == len(folders))


def _no_class() -> Refused:
    return Refused("it is in no class folder; put it into a folder named after what it shows")
