"""A dashboard whose trainings and explanations begin at once: forked from the process that the tests have Keras in.

Each of its workers would import Keras, 6 s of a core, and after each training the next one would again. All else is as
everybody has it: `streamlit run`, in a process of its own without Keras. Dashboards with workers that are programs from
their first line are tried by the tests of the wheel and of the class.
"""

import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, spawn
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT, Server, server
from tests.made.forked import SYSTEM, Forked, children_are_forked

PARENT = "FITSCOPE_TESTS_FORK_FROM"  # the address of that process


@contextmanager
def dashboard(runs: Path, port: int | None = None) -> Iterator[Server]:
    """As `benchmarks.server.server`; where processes cannot be forked it is that."""
    if sys.platform != SYSTEM:
        with server(runs, port) as running:
            yield running
        return
    Forked([sys.executable, "-m", "this"], stdout=-3).wait()  # after the first there is a process to fork from
    address = str(forkserver._forkserver._forkserver_address)
    with server(runs, port, module="tests.made.served", PYTHONPATH=str(ROOT), **{PARENT: address}) as running:
        yield running


def _serve() -> None:
    """`streamlit …` in this process."""
    forks = forkserver._forkserver
    forks._forkserver_address = os.environ.pop(PARENT)
    forks._forkserver_alive_fd = os.pipe()[1]  # goes along with each wish; that process lives as long as the tests
    forks.ensure_running = lambda: None
    spawn.get_preparation_data = _without_main(spawn.get_preparation_data)
    with children_are_forked():
        runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _without_main(prepared: Any) -> Any:
    """A fork would run `__main__` once more, which is the page that somebody looks at."""
    return lambda name: {key: value for key, value in prepared(name).items() if not key.startswith("init_main")}


if __name__ == "__main__":
    _serve()
