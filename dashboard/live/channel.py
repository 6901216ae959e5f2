"""One run followed for everybody: its new lines are read once, and each message is made once for all who need the same.

Measured with 30 viewers: a script run of the page for each update took 18 to 31 ms a viewer, this less than 0.7 ms.
"""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import FitscopeError
from core.runs.history import Place
from core.runs.run import Run
from dashboard import resources
from dashboard.live import state_words
from dashboard.live.message import encoded, message
from dashboard.words import speaking

LOOK_SECONDS = 0.2  # between two looks at the files: up to five updates a second
STATE_SECONDS = 1.0  # where no file changed, between two looks at whether the worker is still there
QUIET_SECONDS = 15.0  # without a word a proxy takes a connection for dead
FILES = ("events.jsonl", "status.json", "requests.jsonl", "attempts.jsonl", "stop")

log = logging.getLogger("fitscope")
_reader = ThreadPoolExecutor(1, thread_name_prefix="live")  # off the event loop: a disk may be slow


@dataclass(frozen=True)
class Message:
    """One message: `body` is JSON, `place` what its reader knows afterwards; after the last nothing more comes."""

    revision: int
    place: Place
    last: bool
    body: bytes


class Channel:
    """What is new of one run. `look` and `message` may be called in any thread."""

    def __init__(self, run: Run):
        self.run = run
        self.revision = 0  # grows with everything that there is to tell
        self.made = 0  # messages that were worded and encoded, however many heard them
        self._lock = threading.Lock()
        self._ready: dict[tuple[Place, str], Message] = {}
        self._languages: set[str] = set()
        self._newest = Place()  # where those are who heard everything
        self._state, self._shown, self._files = "", (), ()  # type: str, tuple, tuple
        self._looked = -STATE_SECONDS

    def look(self) -> bool:
        """Reads what was written; True where there is something to tell, which is then ready for all who follow."""
        with self._lock:
            if not self._is_due():
                return False
            history, state = resources.history(self.run), self.run.state
            queue = tuple(resources.waiting()) if state == "queued" else ()
            shown = (history.version, state, state_words.at_work(self.run, state), queue)
            if shown == self._shown:
                return False
            self._state, self._shown, self._ready = state, shown, {}
            self.revision += 1
            for language in self._languages:
                self._make(self._newest, language)
            self._newest = history.place
            return True

    def message(self, since: Place, language: str) -> Message:
        """What is new after a place, in a language."""
        with self._lock:
            self._languages.add(language)
            return self.ready(since, language) or self._make(since, language)

    def ready(self, since: Place, language: str) -> Message | None:
        """The same where somebody has asked for it before."""
        return self._ready.get((since, language))

    def _make(self, since: Place, language: str) -> Message:
        try:
            with speaking(language):
                place, told = message(self.run, self._state, resources.history(self.run), since)
        except FitscopeError as error:  # deleted meanwhile: its page says so
            log.info("Run %s is not followed any more: %s", self.run.id, error)
            place, told = since, {"place": str(since), "anew": False, "phase": "ended"}
        self.made += 1
        made = Message(self.revision, place, told["phase"] == "ended", encoded(told))
        self._ready[since, language] = made
        return made

    def _is_due(self) -> bool:
        """A file has changed, or it is time to ask whether the worker is still there."""
        files = tuple(_size(self.run.folder / name) for name in FILES)
        if files == self._files and time.monotonic() - self._looked < STATE_SECONDS:
            return False
        self._files, self._looked = files, time.monotonic()
        return True


class Broadcast:
    """A channel and those who follow it; it looks for news while there is anybody. Of the event loop."""

    def __init__(self, run: Run):
        self.channel = Channel(run)
        self.viewers = 0
        self.left = time.monotonic()
        self._turned = asyncio.Event()  # set, and replaced, with each revision
        self._task: asyncio.Task | None = None

    async def follow(self, since: Place, language: str) -> AsyncIterator[Message | None]:
        """Each message from a place on, the newest at once, to the last of the run; None after a silence."""
        self.viewers += 1
        try:
            await off_the_loop(self.channel.look)
            if self._task is None:
                self._task = asyncio.create_task(self._look_again())
            seen = 0
            while True:
                turned = self._turned
                if seen != self.channel.revision:
                    message = await self.next(since, language)
                    since, seen = message.place, message.revision
                    yield message
                    if message.last:
                        return
                elif not await _is_set(turned, QUIET_SECONDS):
                    yield None
        finally:
            self.viewers -= 1
            self.left = time.monotonic()

    async def next(self, since: Place, language: str) -> Message:
        """What is new after a place; of many who ask for the same, only the first waits for it to be made."""
        return self.channel.ready(since, language) or await off_the_loop(self.channel.message, since, language)

    async def _look_again(self) -> None:
        while self.viewers:
            try:
                if await off_the_loop(self.channel.look):
                    self._turned.set()
                    self._turned = asyncio.Event()
            except FitscopeError as error:  # the folder of runs cannot be read for the moment
                log.warning("Run %s cannot be followed: %s", self.channel.run.id, error)
            await asyncio.sleep(LOOK_SECONDS)
        self._task = None


_broadcasts: dict[Path, Broadcast] = {}


def broadcast(run: Run) -> Broadcast:
    """The one of a run, for all who follow it; those that nobody has followed for a minute are given up."""
    for folder, old in list(_broadcasts.items()):
        if not old.viewers and time.monotonic() - old.left > 60:
            del _broadcasts[folder]
    return _broadcasts.setdefault(run.folder, Broadcast(run))


async def off_the_loop(work: Callable[..., Any], *given: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_reader, work, *given)


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _size(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
