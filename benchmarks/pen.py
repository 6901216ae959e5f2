"""Draws curves as trainings have them, from formulas; the same seed, the same curves.

A curve is an exponential fall to a floor; an accuracy is what a loss of that size usually comes with, drawn for as many
images as there are; both jitter from epoch to epoch less than their interval is wide, since the images stay the same.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Size:
    train: int
    validation: int
    classes: int


class Pen:
    """Draws the curves of one history."""

    def __init__(self, seed: int, size: Size, epochs: int, jitter: float = 0.01) -> None:
        self.random = np.random.default_rng(seed)
        self.size, self.epochs, self.jitter = size, epochs, jitter
        self.time = np.arange(epochs, dtype=float)
        self.start = math.log(size.classes)  # the loss of naming every class alike

    def fall(self, floor: float, speed: float) -> np.ndarray:
        """From the loss of an untrained network to a floor; `speed` epochs to a third of the way that is left."""
        return floor + (self.start - floor) * np.exp(-(self.time + 1) / speed)

    def rise(self, turn: float, slope: float) -> np.ndarray:
        """Nothing until the epoch `turn`, then up by `slope` an epoch."""
        return slope * np.maximum(self.time - turn, 0)

    def accuracy(self, loss: np.ndarray, n: int, ceiling: float = 1.0) -> np.ndarray:
        """A share of n images: chance at the loss of an untrained network, the ceiling at none."""
        chance = 1 / self.size.classes
        share = chance + (ceiling - chance) * np.clip(1 - loss / self.start, 0, 1) ** 0.8
        offset = self.random.normal(0, 1) * np.sqrt(share * (1 - share) / n)  # these images, for good
        jitter = self.random.normal(0, 0.3, self.epochs) * np.sqrt(share * (1 - share) / n)
        return np.round(np.clip(share + offset + jitter, 0, 1) * n) / n

    def jittered(self, loss: np.ndarray, part: float = 1.0) -> np.ndarray:
        return loss * (1 + self.random.normal(0, self.jitter * part, len(loss)))

    def history(
        self,
        loss: np.ndarray,
        val_loss: np.ndarray,
        accuracy: np.ndarray | None = None,
        val_accuracy: np.ndarray | None = None,
    ) -> list[list[object]]:
        """The lines of a file; what is no number ends it, as it ends a training."""
        if accuracy is None:
            accuracy = self.accuracy(loss, self.size.train)
        if val_accuracy is None:
            val_accuracy = self.accuracy(val_loss, self.size.validation)
        curves = zip(self.jittered(loss, 0.5), self.jittered(val_loss), accuracy, val_accuracy, strict=True)
        facts = [self.size.train, self.size.validation, self.size.classes]
        lines = []
        for epoch, values in enumerate(curves, 1):
            lines.append([epoch, *(float(f"{value:.5g}") for value in values), *facts])
            if not np.isfinite(values).all():
                break
        return lines


Lines = list[list[object]]
Draw = Callable[[Pen], Lines]
MADE: dict[str, tuple[str, float, Draw, Pen]] = {}  # name -> its label, its label noise, how it is made


def made(label: str, size: Size, epochs: int, jitter: float = 0.01, label_noise: float = 0.0) -> Callable[[Draw], Draw]:
    def keep(draw: Draw) -> Draw:
        name = "made-" + draw.__name__.replace("_", "-")
        MADE[name] = (label, label_noise, draw, Pen(len(MADE), size, epochs, jitter))
        return draw

    return keep
