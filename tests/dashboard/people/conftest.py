"""A class on a real server for each file of this folder: how often somebody may ask is limited, and counted there."""

import pytest

from benchmarks.server import open_class


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    with open_class(folder / "runs", folder / "data") as going_on:
        yield going_on
