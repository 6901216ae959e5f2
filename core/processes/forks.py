"""Starts programs that need Keras in a moment: forked from one process that has imported it, where the system can.

A training of eight by eight digits takes a second, the import of Keras six: with a class that is the whole queue.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil

from core.files import writing_to
from core.folders import PROJECT
from core.processes.fork_server import MOST_BYTES, READY
from core.processes.gpus import count_gpus
from core.processes.running import alive, started

FORKS = "FITSCOPE_FORKS"  # 0: every program imports for itself
SYSTEM = "linux"  # elsewhere a fork that has loaded so much is not safe, or there is none
IMPORT_SECONDS = 300.0  # 6 s on a quiet machine; then it is given up
ANSWER_SECONDS = 60.0  # for a fork; 10 ms on a quiet machine
LOOK_SECONDS = 0.05  # between two looks at a process whose server has gone


class Forked:
    """What `subprocess.Popen` is for a program: its pid, input, output, end."""

    def __init__(self, pid: int, given: IO[str], told: IO[str], end: int):
        self.pid, self.stdin, self.stdout = pid, given, told
        self.returncode: int | None = None
        self._end = end  # of a pipe that gets the exit code, or is closed without one where the server was killed
        weakref.finalize(self, os.close, end)  # not before: several threads wait at it
        self._looking = threading.Lock()
        try:
            self._process: psutil.Process | None = psutil.Process(pid)
            self._started = started(pid)
        except psutil.NoSuchProcess:  # over before it could be looked at
            self._process, self._started = None, 0.0

    def poll(self) -> int | None:
        """Its exit code, as `subprocess` gives it (minus the signal that ended it); None while it runs."""
        with self._looking:
            if self.returncode is None and _tells(self._end, 0.0):
                self.returncode = self._ended()
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended; raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            if _tells(self._end, left) and self.poll() is None:
                time.sleep(LOOK_SECONDS)
        return code

    def terminate(self) -> None:
        """Asks it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        """psutil looks at its start time too, since a pid is given away again."""
        with contextlib.suppress(psutil.NoSuchProcess):
            if self._process and self.poll() is None:
                self._process.send_signal(number)

    def _ended(self) -> int | None:
        told = os.read(self._end, 16)
        if told:
            return int(told)
        return None if alive(self.pid, self._started) else 1  # how it ended, nobody knows any more


class ForkServer:
    """Asks a `core.processes.fork_server`, begun when the first program is asked for; another follows one that died."""

    def __init__(self, *modules: str):
        """modules: what all programs need; nothing is calculated and no device looked at while they are imported."""
        self._modules = modules
        self._asking = threading.Lock()
        self._server: subprocess.Popen | None = None
        self._orders: socket.socket | None = None
        self._ready, self._give_up_at = False, 0.0
        self._given_up: bool | None = None if sys.platform == SYSTEM else True  # None: not yet asked for GPUs

    @property
    def forks(self) -> bool:
        """Whether programs will be forked here, as far as it is known before the first."""
        if self._given_up is None:
            self._given_up = count_gpus() > 0  # what a driver that is loaded makes of a fork was never tried
        return not self._given_up and os.environ.get(FORKS) != "0"

    def importing(self, log: Path) -> bool:
        """Whether to wait: it will be ready in a moment. Begins it unless it has begun.

        log  to whose end it writes what goes wrong
        """
        with self._asking:
            return self._begun(log) and not self._is_ready()

    def start(
        self, words: Sequence[str], environment: Mapping[str, str], log: Path, own_session: bool
    ) -> Forked | None:
        """`python -m words…`, its errors to the end of the log; None where it has to be started in another way."""
        while self.importing(log):
            time.sleep(LOOK_SECONDS)
        with self._asking:
            if not self._ready:
                return None
            order = {"words": list(words), "environment": dict(environment), "own_session": own_session}
            with open(log, "ab") as errors:
                return self._ordered(json.dumps(order).encode(), errors.fileno())

    def end(self) -> None:
        """Lets the server leave; what it has begun goes on."""
        with self._asking:
            self._let_go()

    def _ordered(self, order: bytes, errors: int) -> Forked | None:
        assert self._orders
        its_input, to_it = os.pipe()
        from_it, its_output = os.pipe()
        end, its_end = os.pipe()
        try:
            socket.send_fds(self._orders, [order], [its_input, its_output, errors, its_end])
            pid = int(self._orders.recv(MOST_BYTES))
        except (OSError, ValueError):  # it was killed, or refused to fork for want of memory: ValueError is b""
            self._let_go()
            for number in (to_it, from_it, end):
                os.close(number)
            return None
        finally:
            for number in (its_input, its_output, its_end):
                os.close(number)
        return Forked(pid, open(to_it, "w", 1, "utf-8"), open(from_it, encoding="utf-8"), end)

    def _begun(self, log: Path) -> bool:
        """False where there is none to be had."""
        if not self.forks:
            return False
        if self._server is None or self._server.poll() is not None:
            self._let_go()
            self._orders, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._orders.settimeout(ANSWER_SECONDS)
            with other, writing_to(log), open(_made(log), "ab") as errors:
                self._server = subprocess.Popen(
                    [sys.executable, "-m", "core.processes.fork_server", str(other.fileno()), *self._modules],
                    cwd=PROJECT,
                    env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
                    pass_fds=[other.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                )
            self._give_up_at = time.monotonic() + IMPORT_SECONDS
        return True

    def _is_ready(self) -> bool:
        """One that fails at its import, or is not done with it in time, is not begun again."""
        assert self._orders
        if not self._ready and _tells(self._orders.fileno(), 0.0):
            self._ready = self._told() == READY
            self._given_up = not self._ready
        elif not self._ready:
            self._given_up = time.monotonic() > self._give_up_at
        if self._given_up:
            self._let_go()
        return self._ready or bool(self._given_up)

    def _told(self) -> bytes:
        assert self._orders
        try:
            return self._orders.recv(len(READY))
        except OSError:
            return b""

    def _let_go(self) -> None:
        if self._orders:
            self._orders.close()
        if self._server:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(timeout=1.0)
        self._orders, self._server, self._ready = None, None, False


def _tells(number: int, seconds: float | None) -> bool:
    """Whether something can be read there, or it was closed, within so many seconds. `select` knows 1,024 only."""
    looked = select.poll()
    looked.register(number, select.POLLIN)
    return bool(looked.poll(None if seconds is None else seconds * 1000))


def _made(log: Path) -> Path:
    log.parent.mkdir(parents=True, exist_ok=True)
    return log


KERAS = ForkServer("core.training.loop", "core.training.result")
