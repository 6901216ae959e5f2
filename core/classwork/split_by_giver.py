"""Training, validation and test: all pictures of one person, or else of one burst, stand on one side.

Two pictures of a burst are nearly the same, and those of one person share the table, the light and the camera. Where
they stand on both sides, the test asks for what was learnt by heart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.data.dataset import SPLITS
from core.errors import DataError

Level = Literal["person", "burst", "chance"]
STARTS = 12  # orders in which the groups are dealt out; the best is kept
MOST_SWAPPED = 250  # groups: of more, single ones are moved, not two exchanged
SHARES = (0.6, 0.2, 0.2)


@dataclass(frozen=True)
class Division:
    """Which picture stands on which side.

    sides  (n,) int64, the place in SPLITS of each picture
    level  what stays together: all pictures of a person, else of a burst; "chance": nothing
    """

    sides: np.ndarray
    level: Level

    def counts(self, labels: np.ndarray, n_classes: int) -> np.ndarray:
        """(n_classes, 3) int64, pictures of each class on each side."""
        return counted(labels, self.sides, n_classes)


def divided(
    labels: np.ndarray,
    people: Sequence[str],
    bursts: Sequence[str],
    classes: Sequence[str],
    shares: Sequence[float] = SHARES,
    fixed: Mapping[str, int] | None = None,
    seed: int = 0,
) -> Division:
    """By person; where some class would be lacking on a side then, by burst.

    labels  (n,) of 0 … len(classes) - 1;  people, bursts  of each picture; people are "" where that is not known
    shares  of training, validation and test;  fixed  person -> the side on which they stand already
    Raises DataError where neither is possible, and says what to do.
    """
    bursts = [f"{person} {burst}" for person, burst in zip(people, bursts, strict=True)]
    by_person = [person or burst for person, burst in zip(people, bursts, strict=True)]
    levels: tuple[tuple[Level, Sequence[str]], ...] = (("person", by_person), ("burst", bursts))
    for level, groups in levels:
        sides = apart(labels, groups, len(classes), shares, fixed if level == "person" else None, seed)
        if (counted(labels, sides, len(classes)) > 0).all():
            return Division(sides, level)
    lacking = [name for label, name in enumerate(classes) if len({*np.array(bursts)[labels == label]}) < len(SPLITS)]
    raise DataError(
        "Three sides need three people, or three bursts, for each class; {classes} has fewer. Let more people give "
        "pictures, or split by chance, which flatters.",
        classes=", ".join(lacking or classes),
    )


def by_chance(labels: np.ndarray, counts: np.ndarray, seed: int = 0) -> Division:
    """Whatever belongs together: of each class as many pictures on each side as is said, (classes, 3)."""
    random = np.random.default_rng(seed)
    sides = np.empty(len(labels), np.int64)
    for label, sizes in enumerate(counts):
        sides[labels == label] = random.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return Division(sides, "chance")


def shared_out(totals: np.ndarray, shares: Sequence[float] = SHARES) -> np.ndarray:
    """(classes, 3) int64, of each class its shares of (classes,) pictures, and one at least on each side."""
    others = np.maximum(1, np.round(np.outer(totals, shares[1:]))).astype(np.int64)
    return np.column_stack([totals - others.sum(axis=1), others])


def apart(
    labels: np.ndarray,
    groups: Sequence[str],
    n_classes: int,
    shares: Sequence[float] = SHARES,
    fixed: Mapping[str, int] | None = None,
    seed: int = 0,
) -> np.ndarray:
    """The side of each picture, (n,) int64: those of one group on one, each class as near to its shares as is found.

    The groups are dealt out from the largest, each to where it fits best; then one is moved, or two are exchanged,
    while that helps; from several orders. `shortfall` says what is made small.
    """
    names, group_of = np.unique(np.asarray(groups, str), return_inverse=True)
    table = np.zeros((len(names), n_classes))
    np.add.at(table, (group_of, labels), 1)
    wanted = np.outer(table.sum(axis=0), shares)
    stands = np.array([(fixed or {}).get(name, -1) for name in names.tolist()])
    rng, best, least = np.random.default_rng(seed), np.zeros(len(names), np.int64), np.inf
    for start in range(STARTS):
        jitter = rng.random(len(names)) * (0.5 * start)  # the first is the plain order
        order = np.argsort(-table.std(axis=1) - table.sum(axis=1) - jitter * table.sum(axis=1).mean(), kind="stable")
        sides = _improved(table, wanted, _dealt(table, wanted, order, stands), stands)
        worth = float(shortfall(_on_sides(table, sides), wanted))
        if worth < least - 1e-12:
            best, least = sides, worth
    return best[group_of]


def shortfall(counts: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How far counts (…, classes, 3) are from those wanted (classes, 3), as (…): squared shares of each class.

    One more for each side on which a class has no picture: that comes last of all.
    """
    total = np.maximum(wanted.sum(axis=1, keepdims=True), 1)
    away = (((counts - wanted) / total) ** 2).sum(axis=(-2, -1))
    return away + ((counts == 0) & (wanted > 0)).sum(axis=(-2, -1))  # type: ignore[no-any-return]


def counted(labels: np.ndarray, sides: np.ndarray, n_classes: int) -> np.ndarray:
    """(n_classes, 3) int64, pictures of each class on each side."""
    counts = np.zeros((n_classes, len(SPLITS)), np.int64)
    np.add.at(counts, (labels, sides), 1)
    return counts


def _dealt(table: np.ndarray, wanted: np.ndarray, order: np.ndarray, stands: np.ndarray) -> np.ndarray:
    """Each group in that order to where the shortfall is smallest then; those that stand already come first."""
    sides = np.array(stands)
    counts = _on_sides(table, sides)
    for group in order:
        if sides[group] < 0:
            tried = counts[None] + np.eye(len(SPLITS))[:, None, :] * table[group][None, :, None]
            sides[group] = int(np.argmin(shortfall(tried, wanted)))
            counts = tried[sides[group]]
    return sides


def _improved(table: np.ndarray, wanted: np.ndarray, sides: np.ndarray, stands: np.ndarray) -> np.ndarray:
    """Moves one group or exchanges two, always what helps most, until nothing helps."""
    sides, free = np.array(sides), np.flatnonzero(stands < 0)
    counts = _on_sides(table, sides)
    now = float(shortfall(counts, wanted))
    while len(free):
        changes = [_moves(free, sides), *([_swaps(free, sides)] if len(free) <= MOST_SWAPPED else [])]
        one, other, to = (np.concatenate(part) for part in zip(*changes, strict=True))
        if not len(one):
            break
        best, worth = _best(table, wanted, counts, sides, one, other, to)
        if worth >= now - 1e-12:
            break
        if other[best] >= 0:
            sides[other[best]] = sides[one[best]]
        sides[one[best]] = to[best]
        counts, now = _on_sides(table, sides), worth
    return sides


def _moves(free: np.ndarray, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(group, -1, new side) of every group to every other side."""
    one = np.repeat(free, len(SPLITS) - 1)
    to = (np.repeat(sides[free], len(SPLITS) - 1) + np.tile(np.arange(1, len(SPLITS)), len(free))) % len(SPLITS)
    return one, np.full(len(one), -1), to


def _swaps(free: np.ndarray, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(group, the other, the other's side) of every two groups that stand on different sides."""
    first, second = np.triu_indices(len(free), 1)
    one, other = free[first], free[second]
    differ = sides[one] != sides[other]
    return one[differ], other[differ], sides[other[differ]]


def _best(
    table: np.ndarray,
    wanted: np.ndarray,
    counts: np.ndarray,
    sides: np.ndarray,
    one: np.ndarray,
    other: np.ndarray,
    to: np.ndarray,
) -> tuple[int, float]:
    """The change with the smallest shortfall, and that; a block at a time, since each makes a table."""
    best, least, block = 0, np.inf, 4096
    for start in range(0, len(one), block):
        part = slice(start, start + block)
        moved = table[one[part]] - np.where(other[part, None] >= 0, table[other[part]], 0)
        tried = np.repeat(counts[None], len(moved), axis=0)
        place = np.arange(len(moved))
        tried[place, :, sides[one[part]]] -= moved
        tried[place, :, to[part]] += moved
        worth = shortfall(tried, wanted)
        if worth.min() < least:
            best, least = start + int(worth.argmin()), float(worth.min())
    return best, least


def _on_sides(table: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """(classes, 3) pictures of each class on each side; groups with side -1 stand on none yet."""
    return np.stack([table[sides == side].sum(axis=0) for side in range(len(SPLITS))], axis=1)
