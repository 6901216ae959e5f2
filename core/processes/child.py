"""A process of our own that is asked, and answers, in lines of JSON: started, listened to, its end noticed."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.files import writing_to
from core.folders import PROJECT
from core.processes.forks import Forked, ForkServer

Line = dict[str, Any]
LOOK_SECONDS = 1.0  # between two looks at whether a process that is silent still lives


class Late(Exception):
    """No answer came in time."""


class Gone(Exception):
    """The process has ended, or listens no more."""


class Child:
    """`python -m words…`, its standard error written to the end of a log.

    hear   called, on a thread of its own, with every line of JSON that answers no question
    ended  called there with the exit code
    """

    def __init__(
        self,
        words: Sequence[str],
        log: Path,
        hear: Callable[[Line], None] = lambda line: None,
        ended: Callable[[int], None] = lambda code: None,
        environment: Mapping[str, str] | None = None,
        own_session: bool = False,
        server: ForkServer | None = None,
    ):
        """Starts it; raises StorageError where the log cannot be written, OSError where the system refuses.

        environment  beside that of this process
        own_session  the signals meant for this process, such as Ctrl-C in its terminal, do not reach it
        server       forks it, with what it needs imported, where the system can
        """
        own = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        with writing_to(log):
            log.parent.mkdir(parents=True, exist_ok=True)
            forked = server.start(words, own, log, own_session) if server else None
            self.process: subprocess.Popen | Forked = forked or _started(words, own, log, own_session)
        self._hear, self._ended = hear, ended
        self._answers: queue.Queue[Line | None] = queue.Queue()  # None: it has left
        self._asked, self._over = 0, False
        self._asking = threading.Lock()
        threading.Thread(target=self._listen, name=f"listens to {words[0]}", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, question: Line, seconds: float) -> Line:
        """The answer to one question, which comes back with the number it was asked under; raises Late, Gone."""
        with self._asking:
            if self._over:
                raise Gone
            self._asked += 1
            self._write({"id": self._asked, **question})
            deadline = time.monotonic() + seconds
            while answer := self._next(deadline):
                if answer.pop("id") == self._asked:  # an earlier one may have come too late
                    return answer
            raise Gone

    def _next(self, deadline: float) -> Line | None:
        """What it says next, None where it has left; raises Late.

        Its end is looked for too: a program that it began may hold its output open, and then no end of that is heard.
        """
        while True:
            left, alive = deadline - time.monotonic(), self.alive
            try:
                return self._answers.get(timeout=max(0.0, min(left, LOOK_SECONDS)))
            except queue.Empty:
                if not alive:
                    return None
                if left <= LOOK_SECONDS:
                    raise Late from None

    def tell_last(self, what: Line) -> None:
        """Sends a line after which it listens no more: whoever asks then, or waits to ask, gets Gone. Raises Gone."""
        with self._asking:
            self._write(what)
            self._over = True

    def dismiss(self) -> None:
        """Closes its standard input, at which a process that waits there leaves."""
        if self.process.stdin:
            with contextlib.suppress(OSError):  # it has left already
                self.process.stdin.close()

    def end(self) -> None:
        """Ends it at once."""
        self.process.kill()
        self.process.wait()

    def _write(self, what: Line) -> None:
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError):  # ValueError: closed by `dismiss`
            raise Gone from None

    def _listen(self) -> None:
        assert self.process.stdout
        for text in self.process.stdout:
            line = json.loads(text) if text.startswith("{") else None
            if line is not None and "id" in line:
                self._answers.put(line)
            elif line is not None:
                self._hear(line)
        self._answers.put(None)
        self._ended(self.process.wait())


def _started(words: Sequence[str], environment: Mapping[str, str], log: Path, own_session: bool) -> subprocess.Popen:
    with open(log, "ab") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            **(_session() if own_session else {}),
        )


def _session() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
