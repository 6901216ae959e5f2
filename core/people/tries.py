"""How often something may be tried: a code of a few letters is only safe from those who cannot try them all."""

import threading
import time
from collections import deque

from core.people.person import PeopleError

MOST_KEYS = 10_000  # remembered at once


class Tries:
    """So many in so many seconds for each key (an address, a person); may be shared by threads.

    clock  seconds, as `time.monotonic`
    """

    def __init__(self, most: int, seconds: float, clock=time.monotonic):
        self.most, self.seconds, self._clock = most, seconds, clock
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Counts one more; raises PeopleError, and counts nothing, where there were too many."""
        with self._lock:
            now = self._clock()
            times = self._times.setdefault(key, deque())
            while times and now - times[0] >= self.seconds:
                times.popleft()
            if len(times) >= self.most:
                wait = int(self.seconds - (now - times[0])) + 1
                raise PeopleError("Too many tries. Wait {seconds} s, then try again.", seconds=wait)
            times.append(now)
            if len(self._times) > MOST_KEYS:
                self._forget(now)

    def give_back(self, key: str) -> None:
        """The last one does not count: it was right."""
        with self._lock:
            if times := self._times.get(key):
                times.pop()

    def _forget(self, now: float) -> None:
        for key in [key for key, times in self._times.items() if not times or now - times[-1] >= self.seconds]:
            del self._times[key]
