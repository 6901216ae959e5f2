"""Where data and runs lie: beside the code in a checkout, with the person when installed, or where somebody says."""

import os
from pathlib import Path

import pytest

from core import folders
from core.errors import StorageError


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch):
    for name in (folders.DATA, folders.RUNS):
        monkeypatch.setenv(name, "")


def test_in_a_checkout_both_lie_in_it():
    project = Path(__file__).resolve().parents[2]
    assert folders.data_folders() == [project / "data"]
    assert folders.runs_folder() == project / "runs"
    assert folders.COMMAND == "python -m core"


def test_what_is_installed_writes_to_the_folder_of_the_person(tmp_path, monkeypatch):
    platformdirs = pytest.importorskip("platformdirs")
    monkeypatch.setattr(folders, "PROJECT", tmp_path)  # no pyproject.toml there
    home = platformdirs.user_data_path("fitscope", appauthor=False)
    assert folders.data_folders() == [home / "data"]
    assert folders.runs_folder() == home / "runs"


def test_no_folder_outside_is_read_unless_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "shared" / "data").mkdir(parents=True)
    project = tmp_path / "checkout"
    project.mkdir()
    (project / "pyproject.toml").touch()
    monkeypatch.setattr(folders, "PROJECT", project)
    assert folders.data_folders() == [project / "data"]


def test_several_folders_of_data_are_named_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(folders.DATA, os.pathsep.join(["mine", "", str(tmp_path / "of the school")]))
    assert folders.data_folders() == [tmp_path / "mine", tmp_path / "of the school"]
    assert folders.data_folder() == tmp_path / "mine"


def test_what_is_settled_is_the_same_in_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders.settle(data=f"mine{os.pathsep}theirs", runs="runs")
    monkeypatch.chdir("/")
    assert folders.data_folders() == [tmp_path / "mine", tmp_path / "theirs"]
    assert folders.runs_folder() == tmp_path / "runs"


def test_nothing_is_settled_where_nothing_is_named():
    folders.settle()
    assert (os.environ[folders.DATA], os.environ[folders.RUNS]) == ("", "")


@pytest.mark.parametrize(("name", "folder"), [(folders.DATA, "data_folders"), (folders.RUNS, "runs_folder")])
@pytest.mark.parametrize("named", ["~nobody-of-this-name/runs", "loop/runs"])
def test_a_folder_that_cannot_be_named_is_told(tmp_path, monkeypatch, name, folder, named):
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, named)
    with pytest.raises(StorageError, match=name):
        getattr(folders, folder)()
