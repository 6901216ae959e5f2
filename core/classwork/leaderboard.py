"""The leaderboard of a challenge: places that are shared where the difference may be luck, and what it was worth.

Everybody stands with the asking that was best on the public half, the earliest of equals. When the challenge is over
the same askings stand by the private half: how far they fall is what choosing the best of several came to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.classwork.asked import Asking
from core.evaluation.intervals import wilson
from core.evaluation.paired import ALPHA, mcnemar

Half = Literal["public", "private"]


@dataclass(frozen=True)
class Standing:
    """One line of the board.

    place    1 for the first; shared by all whose difference to the first of that place may be luck
    hits, n  sealed images of that half that were answered rightly, of how many
    askings  how often they asked in all
    """

    place: int
    asking: Asking
    hits: int
    n: int
    askings: int

    @property
    def share(self) -> float:
        return self.hits / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share (Wilson)."""
        return wilson(self.hits, self.n)


def standings(askings: Sequence[Asking], half: Half = "public") -> list[Standing]:
    """The board, the best first; `askings` the oldest first."""
    best = _best_of_each(askings)
    ordered = sorted(best, key=lambda one: (-_hits(one, half), one.at))
    places = _places([getattr(one, half) for one in ordered])
    often = {one.person: sum(other.person == one.person for other in askings) for one in best}
    return [
        Standing(place, one, _hits(one, half), len(getattr(one, half)), often[one.person])
        for place, one in zip(places, ordered, strict=True)
    ]


def optimism(askings: Sequence[Asking]) -> float | None:
    """Mean of public minus private accuracy over those who stand on the board, in -1..1; None where nobody does."""
    best = _best_of_each(askings)
    return float(np.mean([one.public.mean() - one.private.mean() for one in best])) if best else None


def _best_of_each(askings: Sequence[Asking]) -> list[Asking]:
    """The asking with which each stands."""
    best: dict[str, Asking] = {}
    for one in askings:
        held = best.get(one.person)
        if one.answered and (held is None or _hits(one, "public") > _hits(held, "public")):
            best[one.person] = one
    return list(best.values())


def _places(right: Sequence[np.ndarray]) -> list[int]:
    """1, 1, 3 …: the first of a place shares it with those after it whom McNemar's test cannot tell from it.

    right  (n,) bool of each, the best first
    """
    places: list[int] = []
    first = 0
    for at, one in enumerate(right):
        if at and _differ(right[first], one):
            first = at
        places.append(first + 1)
    return places


def _differ(a: np.ndarray, b: np.ndarray) -> bool:
    return mcnemar(int(np.count_nonzero(a & ~b)), int(np.count_nonzero(b & ~a))) < ALPHA


def _hits(asking: Asking, half: Half) -> int:
    return int(np.count_nonzero(getattr(asking, half)))
