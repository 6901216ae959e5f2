"""How sure a verdict is: how many curves like these show the same.

Alike is what luck alone could have made of the same training: other images to score, whose values lie a standard error
above or below; and an end that came up to a quarter of the epochs earlier. In `docs/verdict.md` stands how often a
verdict is right that is so sure, on histories that were labelled by people who had not seen it.
"""

import functools
import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from core.fit.curves import Curves
from core.fit.rules import Finding, Verdict
from core.fit.verdict import FIRST
from core.fit.verdict import verdict as judge

LUCK = (-1.0, 0.0, 1.0)  # standard errors by which other images would have been harder
EARLIER = (0.0, 1 / 8, 1 / 4)  # of all epochs


def weighed(verdict: Verdict | None, curves: Curves) -> Verdict | None:
    """A verdict on these curves with its confidence, 0..1, and what most of those alike show that show another thing.

    Of n alike, k show its finding: (k + 1) / (n + 2), by Laplace's rule of succession. A loss that is no number is
    seen, not judged: 1.
    """
    if verdict is None or not curves.finite:
        return verdict and replace(verdict, confidence=1.0)
    votes = _votes(curves)
    others = [finding for finding, _votes in votes.most_common() if finding not in (None, verdict.finding)]
    sure = (votes[verdict.finding] + 1) / (votes.total() + 2)
    return replace(verdict, confidence=sure, otherwise=others[0] if others else None)


@functools.lru_cache(maxsize=256)
def _votes(curves: Curves) -> Counter[Finding | None]:
    """How many of those alike show what. As long as 27 verdicts, 10 ms: once for the same curves."""
    found = map(judge, alike(curves))
    return Counter(one.finding if one else None for one in found)


def alike(curves: Curves) -> Iterator[Curves]:
    """These curves with every luck and every end."""
    for training, validation in itertools.product(LUCK, LUCK):
        lucky = replace(
            curves,
            loss=_losses(curves.loss, curves.n_train, training),
            accuracy=_accuracies(curves.accuracy, curves.n_train, training),
            val_loss=_losses(curves.val_loss, curves.n_validation, validation),
            val_accuracy=_accuracies(curves.val_accuracy, curves.n_validation, validation),
        )
        for share in EARLIER:
            yield lucky.until(max(FIRST, curves.epochs - round(share * curves.epochs)))


def _losses(values: Sequence[float], n: int, harder: float) -> tuple[float, ...]:
    """Losses of single images are about exponential: their standard deviation is their mean."""
    return tuple((np.asarray(values, float) * max(0.0, 1 + harder / math.sqrt(n))).tolist())


def _accuracies(values: Sequence[float], n: int, harder: float) -> tuple[float, ...]:
    shares = np.asarray(values, float)
    error = np.sqrt(np.maximum(shares * (1 - shares), 1 / n) / n)
    return tuple(np.clip(shares - harder * error, 0.0, 1.0).tolist())
