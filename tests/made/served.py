"""A dashboard as everybody has it: its workers are forked, which those that a test starts itself are in another way."""

from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.server import Server, server
from core.processes.forks import FORKS


def dashboard(runs: Path, port: int | None = None) -> AbstractContextManager[Server]:
    """As `benchmarks.server.server`."""
    return server(runs, port, **{FORKS: "1"})
