"""Pictures as numbers do not say which way is up, or whether white is the ink: taken as they are, or as is said."""

from dataclasses import dataclass

import numpy as np

from core.data.reading.understanding import Choice, Understanding
from core.errors import N_


@dataclass(frozen=True)
class Orientation:
    """turn: rows and columns change places; invert: dark becomes bright."""

    turn: bool = False
    invert: bool = False

    def of(self, images: np.ndarray) -> np.ndarray:
        """Images (n, height, width, channels) uint8 as they are to be seen."""
        turned = images.transpose(0, 2, 1, 3) if self.turn else images
        return 255 - turned if self.invert else turned


def ask_orientation(understanding: Understanding, lies: bool = False) -> Orientation:
    """Asks `turn` and `invert`; `lies`: the files are of a kind whose pictures lie on their side, as EMNIST's do."""
    turns = [
        Choice("yes", N_("on their side: rows and columns change places")),
        Choice("no", N_("upright as they are")),
    ]
    inverts = [Choice("no", N_("as they are")), Choice("yes", N_("dark becomes bright"))]
    turn = understanding.ask("turn", N_("How do the pictures lie?"), turns if lies else turns[::-1], aside=not lies)
    invert = understanding.ask("invert", N_("Which is bright?"), inverts, aside=True)
    return Orientation(turn == "yes", invert == "yes")
