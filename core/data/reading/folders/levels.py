"""What the levels of folders mean: which hold everything, which is the split, which is the class."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.data.reading.folders.class_folders import Split, split_of, split_within
from core.data.reading.natural_order import natural_key
from core.data.reading.understanding import Choice, Understanding
from core.errors import N_

Folders = tuple[str, ...]

MOST_LEVELS = 4  # that are offered
NEARLY_ALL = 0.9  # of the pictures: a few strays do not hide a level
SHOWN = 6  # names that are named

# One picture in several renderings: folders of these names are no classes.
RENDERINGS = {"color", "colour", "colored", "rgb", "gray", "grey", "grayscale", "greyscale", "segmented", "raw"}
RENDERINGS |= {"original", "originals", "resized", "cropped", "augmented", "processed", "preprocessed"}
MASKS = {
    "mask",
    "masks",
    "annotation",
    "annotations",
    "segmentation",
    "segmentations",
    "groundtruth",
    "ground_truth",
    "gt",
}
PICTURES = {"image", "images", "img", "imgs", "picture", "pictures", "photo", "photos"}

SPLIT_NAMES: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Levels:
    """The meaning of the folders of a picture, outermost first.

    around  folders that hold everything: they name the collection
    split   which folder after those is the split, 0 or 1; None where there is none
    splits  the split that each of these folders stands for
    inner   folders that hold everything within a split
    label   which of the folders that are left after all these is the class
    """

    around: Folders = ()
    split: int | None = None
    splits: Mapping[str, Split] = field(default_factory=dict)
    inner: Folders = ()
    label: int = 0


def recognise(folders: Sequence[Folders], understanding: Understanding) -> Levels:
    """The meaning of all folders, from those of each picture; asks `split` and `level`."""
    around = wrapper(folders)
    below = [parts[len(around) :] for parts in folders if parts[: len(around)] == around]
    below = [parts for parts in below if parts]
    if not below:
        return Levels(around)
    level, splits = _splits(below, understanding)
    if level == 1:
        return Levels(around, 1, splits)
    if level == 0:
        within = [without_split(parts, splits[parts[0]]) for parts in below if parts[0] in splits]
        inner = wrapper(within)
        root, label = _classes([parts[len(inner) :] for parts in within if len(parts) > len(inner)], understanding)
        return Levels(around, 0, splits, inner + root, label)
    root, label = _classes(below, understanding)
    return Levels(around + root, label=label)


def wrapper(folders: Sequence[Folders]) -> Folders:
    """The folders that hold everything, the outermost first."""
    below = [parts for parts in folders if parts]
    around: Folders = ()
    while True:
        first = {parts[0] for parts in below}
        if len(first) != 1 or sum(len(parts) > 1 for parts in below) < 2 or split_of(min(first)):
            return around
        around += (min(first),)
        below = [parts[1:] for parts in below if len(parts) > 1]


def without_split(parts: Folders, split: Split) -> Folders:
    """What is left of train/train_data/cat: a split is often named twice."""
    parts = parts[1:]
    while len(parts) > 1 and split_within(parts[0]) == split:
        parts = parts[1:]
    return parts


# Splits


def _splits(below: Sequence[Folders], understanding: Understanding) -> tuple[int | None, Mapping[str, Split]]:
    """(level of the splits or None, the split of each folder of that level)."""
    names = _names(below, 0)
    words = _words(below, names)
    if not words:
        return _splits_within_classes(below, understanding)
    deep = {parts[0] for parts in below if len(parts) > 1}
    others = set(names) - set(words)
    if not deep & set(words):
        if others:  # "train" is a class next to "bus"
            return None, {}
        sure, likely = False, "none"  # pictures of train and of test, and no class: or are these the classes?
    else:
        sure = len(set(words.values())) > 1 or not deep & others
        likely = "given" if sure else "none"
    choices = [_as_splits(words), Choice("none", N_("they are classes: {names}"), {"names": _listed(names)})]
    if likely == "none":
        choices.reverse()
    answer = understanding.ask(
        "split",
        N_("Are these folders splits?"),
        choices,
        open=not sure,
        fits=lambda text: _parsed(text, names) is not None,
    )
    splits = words if answer == "given" else _parsed(answer, names) or {}
    if splits:
        _note_left_out(below, splits, understanding)
    return (0, splits) if splits else (None, {})


def _words(below: Sequence[Folders], names: Sequence[str]) -> dict[str, Split]:
    """The folders named as splits are; a longer name such as seg_train counts where there are two splits of them."""
    exact = {name: split for name in names if (split := split_of(name))}
    longer = {name: split for name in names if (split := split_of(name) or split_within(name))}
    deep = {parts[0] for parts in below if len(parts) > 1}
    return longer if len(set(longer.values())) > 1 and deep >= set(longer) else exact


def _splits_within_classes(
    below: Sequence[Folders], understanding: Understanding
) -> tuple[int | None, Mapping[str, Split]]:
    """cat/train/1.jpg: the split lies in the class."""
    named = sum(len(parts) > 1 and split_of(parts[1]) is not None for parts in below)
    if named < NEARLY_ALL * len(below) or len(_names(below, 0)) < 2:
        return None, {}
    words = {name: split for name in _names(below, 1) if (split := split_of(name))}
    choices = [_as_splits(words), Choice("none", N_("they are not looked at"))]
    answer = understanding.ask("split", N_("Are these folders splits?"), choices)
    return (1, words) if answer == "given" else (None, {})


def _as_splits(words: Mapping[str, Split]) -> Choice:
    folders = ", ".join(f"{name} → {split}" for name, split in words.items())
    return Choice("given", N_("splits: {folders}"), {"folders": folders})


def _parsed(text: str, names: Sequence[str]) -> dict[str, Split] | None:
    """`A=train,B=test` as folders and their splits; None where it is not of that form."""
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(name.strip() in names and split.strip() in SPLIT_NAMES for name, _equals, split in pairs):
        return None
    return {name.strip(): split.strip() for name, _equals, split in pairs}  # type: ignore[misc]


def _note_left_out(below: Sequence[Folders], splits: Mapping[str, Split], understanding: Understanding) -> None:
    for name in _names(below, 0):
        if name not in splits:
            n = sum(parts[0] == name for parts in below)
            sentence = N_("The folder {folder} is no split; pictures in it that are left out: {n}.")
            understanding.note(sentence, folder=name, n=n)


# Classes


@dataclass(frozen=True)
class _Candidate:
    """A level of folders that may be the classes: `label` within `root`."""

    value: str
    root: Folders
    label: int
    names: tuple[str, ...]

    def as_choice(self) -> Choice:
        return Choice(self.value, N_("{n} classes: {names}"), {"n": len(self.names), "names": _listed(self.names)})


def _classes(below: Sequence[Folders], understanding: Understanding) -> tuple[Folders, int]:
    """(folders around the classes, which of the following is the class)."""
    levels = [_Candidate(str(level + 1), (), level, _names(below, level)) for level in range(_depth(below))]
    levels = [level for level in levels if len(level.names) > 1] or levels[:1]
    if not levels:
        return (), 0
    likely, open = _likely(below, levels)
    candidates = [likely, *(level for level in levels if level != likely)]
    if len(candidates) == 1:
        return likely.root, likely.label
    choices = [candidate.as_choice() for candidate in candidates]
    answer = understanding.ask("level", N_("Which folders are the classes?"), choices, open=open)
    chosen = next(candidate for candidate in candidates if candidate.value == answer)
    return chosen.root, chosen.label


def _depth(below: Sequence[Folders]) -> int:
    """How many levels nearly all pictures have."""
    lengths = sorted(map(len, below))
    return min(lengths[math.floor((1 - NEARLY_ALL) * len(lengths))], MOST_LEVELS) if lengths else 0


def _likely(below: Sequence[Folders], levels: Sequence[_Candidate]) -> tuple[_Candidate, bool]:
    """(the likeliest level, whether a person has to confirm it)."""
    within: dict[str, set[str]] = {}
    for parts in below:
        within.setdefault(parts[0], set()).update(parts[1:2])
    children = set().union(*within.values())
    if any(len(parts) == 1 for parts in below) or len(within) < 2:
        return levels[0], False  # some pictures lie at the first level: what is deeper belongs to the class
    if len(children) == 1 or all(len(inside) == 1 for inside in within.values()):
        return levels[0], False  # cat/photos and dog/pictures
    if {name.casefold() for name in children} <= MASKS | PICTURES:
        return levels[0], False
    several = [name for name, inside in within.items() if len(inside) > 1]
    if len(several) == 1:  # data/cat, data/dog and docs/figures
        names = tuple(sorted(within[several[0]], key=natural_key))
        return _Candidate(several[0], (several[0],), 0, names), True
    if {name.casefold() for name in within} <= RENDERINGS and len(levels) > 1:
        return levels[1], True
    return levels[0], True


def _names(below: Sequence[Folders], level: int) -> tuple[str, ...]:
    return tuple(sorted({parts[level] for parts in below if len(parts) > level}, key=natural_key))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
