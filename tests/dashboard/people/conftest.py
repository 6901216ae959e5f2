"""One class on a real server, for the tests of this folder."""

import pytest

from benchmarks.server import open_class


@pytest.fixture(scope="package")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    with open_class(folder / "runs", folder / "data") as going_on:
        yield going_on
