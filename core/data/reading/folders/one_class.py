"""Pictures that lie in no folder, and of which nothing says what each shows: all of one class, where that can be."""

import re
from collections.abc import Sequence
from pathlib import Path

from core.data.reading.decode import Refused
from core.data.reading.folders.class_folders import Place, clean_label
from core.data.reading.understanding import Choice, Understanding
from core.errors import N_, DataError

# How a browser tool calls its download of one class.
_SAMPLES = re.compile(r"(.+?)[-_ ]samples|samples[-_ ](.+)", re.IGNORECASE)


class OneClass:
    """Every picture is of the same class."""

    tables: frozenset[str] = frozenset()

    def __init__(self, label: str):
        self._label = label

    def place(self, name: str) -> Place | Refused:
        return Place(None, self._label)


def of_class(stem: str) -> str:
    """The class whose pictures a file of that name holds, as browser tools call it; "" where it is another name."""
    samples = _SAMPLES.fullmatch(stem)
    return (samples[1] or samples[2]) if samples else ""


def as_one_class(path: Path, understanding: Understanding) -> OneClass:
    """What loose pictures without labels are read as, where they are added to a dataset; asks `labels`.

    Raises DataError where they are to be a dataset alone, or are said to be of several classes.
    """
    stem = path.name if path.is_dir() else path.stem
    name = clean_label(of_class(stem) or stem)
    if not understanding.adding:
        raise _no_labels(path)
    choices = [
        Choice("one-class", N_("all of them show the same, as the file is called: {name}"), {"name": name}),
        Choice("none", N_("there are none")),
    ]
    sure = bool(of_class(stem)) or name in understanding.adding
    if understanding.ask("labels", N_("Where are the labels?"), choices, open=not sure) == "none":
        raise _no_labels(path)
    return OneClass(name)


def are_alone(pictures: Sequence[str]) -> bool:
    """Whether there are pictures, and all lie in no folder."""
    return bool(pictures) and not any("/" in name for name in pictures)


def _no_labels(path: Path) -> DataError:
    return DataError(
        "The pictures in {path} lie in no class folders, and neither a table nor their names say what each shows. Put "
        "those of each class into a folder, or a zip, of its own, and choose the folder or zip around these. "
        "Pictures of one class can be added to a dataset that is there.",
        path=path.name,
    )
