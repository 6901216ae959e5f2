"""In which order the images of an epoch come, cut into calls short enough to report and to stop ten times a second."""

import time
from collections.abc import Callable, Iterator

import numpy as np

POINT_SECONDS = 0.08  # between two returns to Python: a live point, and a chance to stop


def order(n: int, seed: int, epoch: int) -> np.ndarray:
    """In which order n images come in an epoch, (n,) int64: shuffled anew; the first epoch is 1."""
    return np.random.default_rng([seed, epoch]).permutation(n)


class Pace:
    """Cuts an epoch into calls short enough to report and to stop ten times a second."""

    def __init__(self) -> None:
        self.steps_per_call = 1
        self.calls_timed = 0
        self.images_per_second = 0.0

    def calls(self, order: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
        """Rows (steps, batch_size) of image indices; the last, smaller batch comes in a call of its own."""
        full = len(order) // batch_size * batch_size
        batches = order[:full].reshape(-1, batch_size)
        start = 0
        while start < len(batches):
            yield batches[start : start + self.steps_per_call]
            start += self._given
        if full < len(order):
            yield order[None, full:]

    def timed(self, call: Callable[..., tuple], rows: np.ndarray, *more: np.ndarray) -> tuple:
        """Makes the call and learns from its duration; the first call is left out, it compiles."""
        self._given = len(rows)
        began = time.perf_counter()
        result = call(rows, *more)
        seconds = time.perf_counter() - began
        self.calls_timed += 1
        if self.calls_timed > 1:
            self.images_per_second = rows.size / seconds
            target = int(POINT_SECONDS * len(rows) / seconds)
            self.steps_per_call = max(1, min(target, 4 * self.steps_per_call))
        return result
