"""`python -m MODULE …` without the 6 s in which each imports Keras: forked from one process that did that and no more.

What comes of it is a process like any other: it has its arguments, its environment, its input and output, is killed and
waited for. That a module starts as a program of its own is tried by those tests that ask for one.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from multiprocessing import connection, forkserver, reduction
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import core.processes.child
from core.folders import PROJECT

SYSTEM = "linux"  # elsewhere a fork that has loaded so much is not safe, or there is none
_PIPES, _SESSION = slice(3, 9), 14  # among what Popen tells of the process that it wants
_IMPORTED = "tests.made.keras_imported"
WITH_KERAS = ("core.training.worker", "core.inside.process")


class Forked(subprocess.Popen):
    """A Popen that forks where it would start `[sys.executable, "-m", MODULE, …]`."""

    def _execute_child(self, words, _, _before, _close, _pass, cwd, env, *further):
        assert words[:2] == [sys.executable, "-m"], words
        into, _, _, out, _, err = pipes = further[_PIPES]
        forks = multiprocessing.get_context("forkserver")
        forks.set_forkserver_preload([_IMPORTED])
        with chdir(PROJECT):  # where it finds what it is to import
            forkserver._forkserver.ensure_running()
        place = (cwd or os.getcwd(), dict(env or os.environ), forkserver._forkserver._forkserver_address)
        deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        given = (words[2:], place, [_Given(own) for own in (into, out, err)], further[_SESSION], deaf)
        self._fork = forks.Process(target=_begin, args=given)
        with mock.patch.dict(sys.modules, __main__=ModuleType("__main__")):  # a page that AppTest ran is no program
            self._fork.start()
        multiprocessing.process._children.discard(self._fork)  # it leaves by itself: nobody waits for it at the end
        self._child_created, self.pid = True, self._fork.pid
        self._close_pipe_fds(*pipes)

    def _internal_poll(self, *_, **__):
        with self._waitpid_lock:  # whoever asks first takes the answer out of a pipe
            if self.returncode is None:
                self.returncode = self._fork.exitcode
        return self.returncode

    def _wait(self, timeout):
        if self.returncode is None and not connection.wait([self._fork.sentinel], timeout):
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self._internal_poll()


class _Given:
    """A file descriptor that is sent along; -1: the process keeps the one it has."""

    def __init__(self, number: int):
        self._number = number

    def __reduce__(self):
        return _received, (None if self._number == -1 else reduction.DupFd(self._number),)


def _received(sent: Any) -> int:
    return -1 if sent is None else sent.detach()


def _begin(words: Sequence[str], place: Any, pipes: list[int], session: bool, deaf: bool) -> None:
    """In the fork: as if it had just been started."""
    for number, own in enumerate(pipes):
        if own != -1:
            os.dup2(own, number)
            os.close(own)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, 1, "utf-8", closefd=False)  # noqa: SIM115  they stay open
        for number, mode in enumerate("rww")
    )
    if session:
        os.setsid()
    folder, environment, parent = place
    forkserver._forkserver._forkserver_address = (
        parent  # what it starts has the same parent; else another imports Keras
    )
    forkserver._forkserver.ensure_running = lambda: None
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN if deaf else signal.default_int_handler)
    sys.argv = ["-m", *words[1:]]
    with children_are_forked():
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)


Python = Forked if sys.platform == SYSTEM else subprocess.Popen


def _started(words: list[str], **how: Any) -> subprocess.Popen:
    asks_for_keras = words[2] in WITH_KERAS or words[2:4] == ["core", "export"]
    return (Python if asks_for_keras else subprocess.Popen)(words, **how)


@contextmanager
def children_are_forked() -> Iterator[None]:
    """Whatever the product starts for Keras within these lines is forked."""
    forking = SimpleNamespace(**{**vars(subprocess), "Popen": _started})
    with mock.patch.object(core.processes.child, "subprocess", forking):
        yield
