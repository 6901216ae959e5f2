"""From the names of files to the class and the split of each: the folders they lie in, looked at all together."""

import re
from collections.abc import Sequence
from functools import lru_cache

from core.data.reading.decode import ENDINGS, Refused
from core.data.reading.folders.capitals import Spelling, keep_case, note_spelling
from core.data.reading.folders.class_folders import Place, Split, split_of
from core.data.reading.folders.levels import MASKS, Folders, recognise, without_split
from core.data.reading.natural_order import natural_key
from core.data.reading.understanding import Choice, Understanding
from core.errors import N_

PICTURE = re.compile("(" + "|".join(map(re.escape, (*ENDINGS, ".heic", ".heif"))) + ")$", re.IGNORECASE)
_MASK = re.compile(r"(.+?)[_\-. ](mask|segmentation|gt)(_?\d+)?", re.IGNORECASE)


class Layout:
    """How a set of files is laid out; asks `split`, `level`, `masks` and `keep-case` where they matter."""

    tables: frozenset[str] = frozenset()

    def __init__(self, names: Sequence[str], understanding: Understanding | None = None):
        understanding = understanding or Understanding()
        pictures = [name for name in names if PICTURE.search(name)] or list(names)
        self._levels = recognise([_folders(name) for name in pictures], understanding)
        self._known: dict[str, tuple[Split | None, str, Folders]] = {}  # folder -> what `_parts` said of it
        self._without_masks = self._ask_masks(pictures, understanding)
        self._spelling = Spelling(self._keeps_case(pictures, understanding))

    def place(self, name: str) -> Place | Refused:
        """The place of one file; a file asked for earlier decides how the name of a class is spelled."""
        try:
            split, label, below = self._parts(name)
            if self._without_masks and self._is_mask(name, below):
                return Refused("it is a mask of another picture, not a picture of its class")
            return Place(split, self._spelling.label(label))
        except Refused as refusal:
            return refusal

    def _parts(self, name: str) -> tuple[Split | None, str, Folders]:
        """(split, folder of the class, folders below it); raises Refused. Asked thrice of each of 30,000 files."""
        folder = name.rpartition("/")[0]
        if folder not in self._known:
            self._known[folder] = self._parts_of(_split(folder))
        return self._known[folder]

    def _parts_of(self, parts: Folders) -> tuple[Split | None, str, Folders]:
        levels, split = self._levels, None
        depth = len(levels.around)
        if parts[:depth] != levels.around:
            raise _no_class() if not parts else Refused("it lies beside the folder of the classes; move it there")
        parts = parts[depth:]
        if levels.split == 0 and parts:
            split = levels.splits.get(parts[0])
            if split is None:
                raise Refused("it lies beside the train and test folders; move it into one of them")
            parts = without_split(parts, split)
            parts = parts[len(levels.inner) :] if parts[: len(levels.inner)] == levels.inner else ()
        if levels.split == 1 and len(parts) > 1:
            split = split_of(parts[1])
        if len(parts) <= levels.label:
            raise _no_class()
        return split, parts[levels.label], parts[levels.label + 1 :]

    def _ask_masks(self, pictures: Sequence[str], understanding: Understanding) -> bool:
        """Whether masks are left out: they lie beside the pictures that they belong to."""
        self._stems = {_stem(name) for name in pictures}
        masks = sum(self._is_mask(name, below) for name, below in self._placed(pictures))
        if not 0 < masks < len(pictures):
            return False
        choices = [
            Choice("leave-out", N_("the masks are left out ({n})"), {"n": masks}),
            Choice("keep", N_("the masks are pictures of their classes ({n})"), {"n": masks}),
        ]
        return understanding.ask("masks", N_("What about the masks?"), choices) == "leave-out"

    def _is_mask(self, name: str, below: Folders) -> bool:
        base = _MASK.fullmatch(_stem(name))
        return any(folder.casefold() in MASKS for folder in below) or bool(base and base[1] in self._stems)

    def _keeps_case(self, pictures: Sequence[str], understanding: Understanding) -> bool:
        """Whether names that differ only in capitals are several classes: surely where they lie in one folder."""
        spellings: dict[str, dict[Split | None, set[str]]] = {}
        for name in pictures:
            try:
                split, label, _below = self._parts(name)
            except Refused:
                continue
            note_spelling(spellings, split, label)
        return keep_case(spellings, understanding)

    def _placed(self, names: Sequence[str]) -> list[tuple[str, Folders]]:
        placed = []
        for name in names:
            try:
                placed.append((name, self._parts(name)[2]))
            except Refused:
                continue  # told where the file is placed
        return placed


def place(names: Sequence[str], understanding: Understanding | None = None) -> dict[str, Place | Refused]:
    """The place of each file, by its path with forward slashes: train/cat/1.png, cat/1.png, pets/train/cat/1.png."""
    layout = Layout(names, understanding)
    return {name: layout.place(name) for name in sorted(names, key=natural_key)}


def _folders(name: str) -> Folders:
    """The folders of a file."""
    return _split(name.rpartition("/")[0])


@lru_cache(10_000)
def _split(folder: str) -> Folders:
    """The folders of a path; one within another of the same name, as archives double them, counts once."""
    parts = [part for part in folder.split("/") if part]
    return tuple(part for number, part in enumerate(parts) if not number or part != parts[number - 1])


def _stem(name: str) -> str:
    """The path without the ending of the file."""
    return name.rpartition(".")[0] if "." in name.rpartition("/")[2] else name


def _no_class() -> Refused:
    return Refused("it is in no class folder; put it into a folder named after what it shows")
