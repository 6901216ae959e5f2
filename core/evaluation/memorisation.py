"""What a network learnt by heart: how often it gives its training images the labels it was told, and since when.

Images with a changed label follow no rule: who answers them with that label has learnt them one by one. C. Zhang and
others, "Understanding deep learning requires rethinking generalization", ICLR 2017. What is learnt may be forgotten:
M. Toneva and others, "An Empirical Study of Example Forgetting during Deep Neural Network Learning", ICLR 2019,
section 3, where each presentation of an image counts; here each epoch does.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.runs.diary import Diary

Kind = Literal["never", "forgotten", "late", "changed"]
KINDS: tuple[Kind, ...] = ("never", "forgotten", "late", "changed")


@dataclass(frozen=True, eq=False)
class Memorised:
    """Shares after each epoch, (epochs,) float64 in 0..1; NaN where there is no such image.

    kept      of the n_kept images whose label is the true one: how many are answered with it
    by_heart  of the n_changed images with a changed label: how many are answered with this wrong label
    true      of the same: how many are answered with the label they had before
    """

    kept: np.ndarray
    by_heart: np.ndarray
    true: np.ndarray
    n_kept: int
    n_changed: int

    def until(self, epochs: int) -> "Memorised":
        """As it was after so many epochs."""
        kept, by_heart, true = (part[:epochs] for part in (self.kept, self.by_heart, self.true))
        return Memorised(kept, by_heart, true, self.n_kept, self.n_changed)


def memorised(diary: Diary) -> Memorised:
    """The shares of a diary, epoch by epoch."""
    changed = diary.changed
    to_label, to_true = diary.right, diary.said == diary.true
    return Memorised(
        _share(to_label[:, ~changed]),
        _share(to_label[:, changed]),
        _share(to_true[:, changed]),
        int((~changed).sum()),
        int(changed.sum()),
    )


@dataclass(frozen=True, eq=False)
class Learning:
    """When each of n images was right, that is, answered with the label it was learnt with: (n,) int64 each.

    first      the first epoch after which it was right; 0: never
    learnt     from which epoch on it was right to the end; 0: it was not right at the end
    forgotten  how often it was right after one epoch and wrong after the next
    """

    first: np.ndarray
    learnt: np.ndarray
    forgotten: np.ndarray


def learning(right: np.ndarray) -> Learning:
    """Of a table (epochs, n) bool of one epoch or more."""
    first = np.where(right.any(axis=0), right.argmax(axis=0) + 1, 0)
    wrong_since = (~right)[::-1].argmax(axis=0)  # epochs from the end back to the last that was wrong
    learnt = np.where(right.all(axis=0), 1, np.where(right[-1], len(right) - wrong_since + 1, 0))
    return Learning(first, learnt, (right[:-1] & ~right[1:]).sum(axis=0))


def images(diary: Diary, kind: Kind) -> np.ndarray:
    """Those of one kind in the order to show them, (k,) int64 within the diary; none of a diary without an epoch.

    never      right after no epoch
    forgotten  right and then wrong again, the most often forgotten first
    late       right to the end, but only from the second half of the epochs on; the latest first
    changed    with a changed label: those it knows by heart first, the earliest of them at the front
    """
    if not diary.epochs:
        return np.empty(0, np.int64)
    seen = learning(diary.right)
    match kind:
        case "never":
            return np.flatnonzero(seen.first == 0)
        case "forgotten":
            return _ordered(-seen.forgotten, seen.forgotten > 0)
        case "late":
            return _ordered(-seen.learnt, seen.learnt > diary.epochs / 2)
        case "changed":
            return _ordered(np.where(seen.learnt, seen.learnt, diary.epochs + 1), diary.changed)


def _ordered(key: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    found = np.flatnonzero(wanted)
    return found[np.argsort(key[found], kind="stable")]


def _share(table: np.ndarray) -> np.ndarray:
    return table.mean(axis=1) if table.shape[1] else np.full(len(table), np.nan)
