"""A queue that runs nothing, for pages to talk to."""

import gc

import pytest

from core.queue.executor import LocalExecutor
from core.runs.store import RunStore
from dashboard.server import engine as engine_module
from dashboard.server.engine import Engine
from tests.made.workers import wait_until


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    return RunStore(tmp_path / "runs")


@pytest.fixture(scope="session")
def executor(tmp_path_factory):
    """One worker with Keras for all pages: it plans networks, and keeps Keras out of this process."""
    shared = LocalExecutor(tmp_path_factory.mktemp("executor"))
    shared.warm(0)
    wait_until(lambda: shared.device)
    yield shared
    shared.close()


@pytest.fixture
def engine(store, executor, monkeypatch):
    """The engine without its thread: plans are real, queued runs wait."""
    gc.freeze()  # as the server does; other tests in this process may have loaded Keras
    made = Engine(store)
    made.executor = executor
    monkeypatch.setattr(engine_module, "_engine", made)
    return made
