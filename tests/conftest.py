"""What the tests share: a data folder of their own, so that none of them writes into the project.

`FITSCOPE_TEST_DATA` names a folder with published datasets, which is only read; what needs one of those that are not
there is skipped.
"""

import os
import re
import subprocess
from pathlib import Path

os.environ["FITSCOPE_NICE"] = "0"  # before it is read; tests wait for their workers: no other test should go first
os.environ["FITSCOPE_FORKS"] = "0"  # the tests have a fork server of their own (`forks`), for commands and workers

import aiortc  # noqa: F401  first: once TensorFlow is loaded, its libsrtp crashes; no process of ours has both
import pytest
from hypothesis import HealthCheck, settings

from core.processes import child
from core.runs.store import RunStore
from dashboard.server import garbage
from tests.made.forked import children_are_forked

BUSY = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # a busy machine is no reason to fail
settings.register_profile("whole", **BUSY)
settings.register_profile("commit", max_examples=15, **BUSY)

WHOLLY_SLOW = re.compile(r"^pytestmark = (\[[^]]*)?pytest\.mark\.slow", re.MULTILINE)


def pytest_configure(config):
    """Properties are tried on 15 examples before a commit, on 100 in the whole suite."""
    settings.load_profile("commit" if config.option.markexpr == "not slow" else "whole")


def pytest_ignore_collect(collection_path, config):
    """A file whose tests are all slow is not even imported for `make check`: Keras alone takes seconds."""
    if config.option.markexpr == "not slow" and collection_path.name.startswith("test_"):
        return bool(WHOLLY_SLOW.search(collection_path.read_text("utf-8"))) or None
    return None


def pytest_runtest_setup():
    """A test of pages collects garbage after each run of a script, Keras now and then: 0.3 s where Keras is loaded."""
    garbage.keep()


PUBLISHED = [Path(named).absolute()] if (named := os.environ.get("FITSCOPE_TEST_DATA")) else []


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory):
    """The first data folder of all tests; its caches are made once, also when xdist runs several processes."""
    base = tmp_path_factory.getbasetemp()
    folder: Path = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITSCOPE_DATA", os.pathsep.join([str(folder), *map(str, PUBLISHED)]))
        yield folder


@pytest.fixture(scope="session")
def published():
    """Gives the path of a published file, by its name; skips the test where it is not there."""

    def path_of(name: str) -> Path:
        for path in (folder / name for folder in PUBLISHED):
            if path.exists():
                return path
        pytest.skip(f"no {name}; name a folder that has it with FITSCOPE_TEST_DATA")

    return path_of


@pytest.fixture(scope="session", autouse=True)
def forks():
    """Workers and explainers are forked with Keras in them, in a moment instead of 6 s."""
    with children_are_forked():
        yield


@pytest.fixture
def programs(forks, monkeypatch):
    """For one test they are programs that start with their first line, as where nothing can be forked."""
    monkeypatch.setattr(child, "subprocess", subprocess)


@pytest.fixture
def own_data_folder(tmp_path, monkeypatch):
    """An empty data folder for one test, and no other: published files are not found either."""
    folder = tmp_path / "data"
    monkeypatch.setenv("FITSCOPE_DATA", str(folder))
    return folder


@pytest.fixture
def runs_folder(tmp_path, monkeypatch):
    """An empty runs folder for one test, also for the processes it starts."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("FITSCOPE_RUNS", str(folder))
    return folder


@pytest.fixture
def store(runs_folder):
    """The store of that folder."""
    return RunStore(runs_folder)
