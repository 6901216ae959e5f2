"""What is wrong with a dataset's pictures: copies in two splits, copies in one, blank ones, classes of unequal size."""

import dataclasses
import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.dataset import SPLITS, Splits
from core.data.near_copies import near_copies
from core.progress import Progress, now_and_then, silent

KINDS = ("leak", "exact", "near", "blank")
BLANK = 2.0  # grey levels: below this standard deviation in each channel, there is nothing to see
BLOCK = 1024  # pictures looked at between two reports of progress
EQUAL = 0.05  # share of the time that goes into looking for equal pictures


@dataclass(frozen=True)
class Row:
    """One picture: its row in a split, and its label."""

    split: str
    row: int
    label: int


@dataclass(frozen=True)
class Finding:
    """Pictures that belong together because something is wrong with them.

    kind          "leak": (nearly) equal pictures, some in one split and some in another
                  "exact", "near": equal, or nearly equal, pictures within one split
                  "blank": a picture in which all pixels are the same or nearly so, and its exact copies
    rows          training, validation, test; lower rows first
    mixed_labels  whether they have different labels
    key           a name made from the contents of the pictures: the same in the next session
    """

    kind: str
    rows: tuple[Row, ...]
    mixed_labels: bool
    key: str


@dataclass(frozen=True)
class Imbalance:
    """How unequal the classes are.

    counts    training images of each class
    ratio     largest count over the smallest of those that are not 0
    majority  the class with most training images, the first of several
    baseline  share of the test images that always answering `majority` gets right
    n         test images
    """

    counts: tuple[int, ...]
    ratio: float
    majority: int
    baseline: float
    n: int


@dataclass(frozen=True)
class Report:
    """What `check` found among `n` pictures in so many seconds: leaks first, then exact, near and blank ones."""

    findings: tuple[Finding, ...]
    imbalance: Imbalance
    n: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Report | None":
        """What `as_dict` gave, also after JSON; None where it is something else: then check again."""
        try:
            findings = tuple(
                Finding(**{**finding, "rows": tuple(Row(**row) for row in finding["rows"])})
                for finding in value["findings"]
            )
            imbalance = Imbalance(**{**value["imbalance"], "counts": tuple(value["imbalance"]["counts"])})
            return cls(**{**value, "findings": findings, "imbalance": imbalance})
        except (TypeError, KeyError):
            return None


def check(splits: Splits, progress: Progress = silent) -> Report:
    """Looks through all pictures of a dataset; 70,000 of 28×28 take about half a minute.

    `progress` is called several times a second and may raise to cancel.
    """
    began = time.perf_counter()
    tell = now_and_then(progress)
    contents, blank = _look(splits, lambda what, fraction: tell(what, EQUAL * fraction))
    _, first, same = np.unique(contents, return_index=True, return_inverse=True)
    distinct = np.sort(first[~blank[first]])
    pairs = near_copies(splits.take, distinct, lambda what, fraction: tell(what, EQUAL + (1 - EQUAL) * fraction))
    groups = _groups(first[same], pairs, blank)
    findings = [_finding(splits, group, contents[group], bool(blank[group[0]])) for group in groups]
    findings.sort(key=lambda finding: KINDS.index(finding.kind))
    return Report(tuple(findings), imbalance(splits), len(contents), round(time.perf_counter() - began, 1))


def imbalance(splits: Splits) -> Imbalance:
    """How unequal the training classes are, and what that alone is worth on the test images."""
    classes = 1 + max(part.labels.max(initial=0) for part in (splits.train, splits.test))
    counts = np.bincount(splits.train.labels, minlength=classes)
    majority = int(counts.argmax())
    baseline = float(np.mean(splits.test.labels == majority)) if len(splits.test) else 0.0
    ratio = float(counts.max() / counts[counts > 0].min(initial=counts.max()))
    return Imbalance(tuple(counts.tolist()), ratio, majority, baseline, len(splits.test))


def extras(finding: Finding) -> tuple[Row, ...]:
    """The rows to take out so that one copy is left: test over validation over training, then the lower row.

    All of them where labels disagree, since nobody knows which is right, and all blank ones.
    """
    if finding.mixed_labels or finding.kind == "blank":
        return finding.rows
    kept = min(finding.rows, key=lambda one: (-SPLITS.index(one.split), one.row))
    return tuple(one for one in finding.rows if one != kept)


def _row(splits: Splits, number: int) -> Row:
    """Where a picture lies that is counted through SPLITS."""
    for split, part in splits.items():
        if number < len(part):
            return Row(split, number, int(part.labels[number]))
        number -= len(part)
    raise IndexError(number)


def _blocks(splits: Splits) -> Iterator[np.ndarray]:
    """All pictures in order, some at a time: (some, height, width, channels) uint8."""
    for _split, part in splits.items():
        for start in range(0, len(part), BLOCK):
            yield np.asarray(part.images[start : start + BLOCK])


def _look(splits: Splits, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Of every picture: a hash of its content, (n,) 16 bytes each, and whether it is blank, (n,) bool."""
    n = len(splits.labels)
    contents, blank = np.empty(n, "V16"), np.empty(n, bool)
    start = 0
    for block in _blocks(splits):
        progress("Looking for equal pictures", start / n)
        rows = slice(start, start + len(block))
        hashes = (hashlib.blake2b(image.tobytes(), digest_size=16).digest() for image in block)
        contents[rows] = np.frombuffer(b"".join(hashes), "V16")
        blank[rows] = (block.std(axis=(1, 2), dtype=np.float32) < BLANK).all(axis=1)
        start += len(block)
    return contents, blank


def _groups(first: np.ndarray, pairs: np.ndarray, blank: np.ndarray) -> list[np.ndarray]:
    """Sorted numbers of the pictures that belong together: blank or with copies.

    first  (n,) the number of each picture's first exact copy      pairs  (m, 2) numbers of near copies
    """
    from scipy.sparse import coo_array  # late, with the next: only the search for copies needs them
    from scipy.sparse.csgraph import connected_components

    n = len(first)
    one, other = np.concatenate([np.stack([np.arange(n), first], axis=1), pairs]).T
    _, group = connected_components(coo_array((np.ones(len(one), bool), (one, other)), shape=(n, n)), directed=False)
    sizes = np.bincount(group)
    wanted = np.flatnonzero((sizes[group] > 1) | blank)
    wanted = wanted[np.argsort(group[wanted], kind="stable")]
    groups = np.split(wanted, np.flatnonzero(np.diff(group[wanted])) + 1) if len(wanted) else []
    return sorted(groups, key=lambda numbers: int(numbers[0]))


def _finding(splits: Splits, group: np.ndarray, contents: np.ndarray, blank: bool) -> Finding:
    rows = tuple(_row(splits, number) for number in group.tolist())
    copies = [content.tobytes() for content in contents]
    key = hashlib.blake2b(b"".join(sorted(copies)), digest_size=8).hexdigest()
    if blank:
        kind = "blank"
    elif len({row.split for row in rows}) > 1:
        kind = "leak"
    else:
        kind = "exact" if len(set(copies)) == 1 else "near"
    return Finding(kind, rows, len({row.label for row in rows}) > 1, key)
