"""How often, or how much, somebody may ask: a code of a few letters is only safe from those who cannot try them all."""

import threading
import time
from collections import deque
from collections.abc import Callable

from core.people.person import PeopleError

MOST_KEYS = 10_000  # remembered at once


class Tries:
    """So many in so many seconds for each key (an address, a person); may be shared by threads.

    clock  seconds, as `time.monotonic`
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic):
        self.most, self.seconds, self._clock = most, seconds, clock
        self._taken: dict[str, deque[tuple[float, int]]] = {}  # key -> when, how many
        self._lock = threading.Lock()

    def take(self, key: str, n: int = 1) -> None:
        """Counts n more; raises PeopleError, and counts nothing, where that is too many."""
        with self._lock:
            now = self._clock()
            taken = self._taken.setdefault(key, deque())
            while taken and now - taken[0][0] >= self.seconds:
                taken.popleft()
            if sum(many for _when, many in taken) + n > self.most:
                wait = int(self.seconds - (now - taken[0][0])) + 1 if taken else int(self.seconds)
                raise PeopleError("Too many tries. Wait {seconds} s, then try again.", seconds=wait)
            taken.append((now, n))
            if len(self._taken) > MOST_KEYS:
                self._forget(now)

    def give_back(self, key: str) -> None:
        """The last one does not count: it was right."""
        with self._lock:
            if taken := self._taken.get(key):
                taken.pop()

    def _forget(self, now: float) -> None:
        for key in [key for key, taken in self._taken.items() if not taken or now - taken[-1][0] >= self.seconds]:
            del self._taken[key]
