"""The verdict on a training: what its curves show after all its epochs, and what a viewer is told while it goes on."""

import threading

from core.fit.curves import Curves
from core.fit.rules import RULES, Verdict, fitted, lost
from core.fit.seen import Seen

FIRST = 3  # epochs before anything but a divergence is said
HELD = 4  # times in a row that another finding has to come up before it takes the place of the one that was said


def verdict(curves: Curves) -> Verdict | None:
    """The finding on all epochs; None where they are too few to say anything."""
    if not curves.finite:
        return lost(curves)
    if curves.at_once:
        return fitted(curves.held(FIRST))
    if curves.epochs < FIRST:
        return None
    seen = Seen(curves)
    return next(found for rule in RULES if (found := rule(seen)))


class Opinion:
    """What a viewer is told while a training goes on; it hears of each epoch once.

    That validation loss still falls is no finding before the end: until something else is found, nothing is said. What
    was said stays, with the numbers of the newest epoch that says so, until another finding has come up HELD times in a
    row; a fall as often takes it back.
    """

    def __init__(self) -> None:
        self.said: Verdict | None = None
        self._epochs = 0
        self._others: list[Verdict] = []
        self._lock = threading.Lock()

    def hear(self, curves: Curves) -> Verdict | None:
        """What is said after the last of these epochs, which go on from those that were heard before."""
        with self._lock:
            for epochs in range(self._epochs + 1, curves.epochs + 1):
                self._weigh(verdict(curves.until(epochs)))
            self._epochs = max(self._epochs, curves.epochs)
            return self.said

    def _weigh(self, new: Verdict | None) -> None:
        if new is None or new.finding == (self.said.finding if self.said else "still_improving"):
            self.said, self._others = (new if self.said else None), []
            return
        again = self._others and self._others[-1].finding == new.finding
        self._others = [*self._others, new] if again else [new]
        if new.finding == "diverged" or len(self._others) >= HELD:
            self.said, self._others = (None if new.finding == "still_improving" else new), []


def live(curves: Curves) -> Verdict | None:
    """What is said while the training goes on, after the last of these epochs."""
    return Opinion().hear(curves)
