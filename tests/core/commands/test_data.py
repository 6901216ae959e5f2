"""`python -m core import` and `check`: counts, refused files with their reasons, and what is wrong with a dataset."""

import base64
import io
import json
import os
import shutil
import signal
import time
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from core.__main__ import main
from core.commands import data as commands
from core.data import arrays, catalogue, imported, versions
from core.data.dataset import Images, Splits
from core.export import class_folders
from tests.made import by_name, hostile


@pytest.fixture(autouse=True)
def home(own_data_folder):
    return own_data_folder


@pytest.fixture
def zoo(tmp_path):
    """A folder of two classes with six pictures each, and a file that is none."""
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "zoo" / name).mkdir(parents=True)
        for number in range(6):
            Image.fromarray(rng.integers(0, 256, (24, 32, 3), np.uint8)).save(tmp_path / "zoo" / name / f"{number}.png")
    (tmp_path / "zoo" / "cat" / "notes.txt").write_text("not a picture")
    return tmp_path / "zoo"


def test_an_import_prints_counts_and_each_refused_file(zoo, capsys):
    assert main(["import", str(zoo), "--name", "The zoo"]) == 0
    told = capsys.readouterr().out
    assert "The zoo (the_zoo), 64×64, colour" in told or "The zoo (the_zoo), 32×32, colour" in told
    assert "cat  train 5, test 1" in told
    assert "cat/notes.txt: it is not a picture" in told
    assert "--set dataset=the_zoo" in told


@pytest.fixture
def leaves(zoo):
    """The zoo twice, in two renderings: which folders are the classes?"""
    for kind in ("color", "segmented"):
        shutil.copytree(zoo, zoo.parent / "leaves" / kind)
    return zoo.parent / "leaves"


def test_files_that_can_be_read_in_several_ways_wait_for_a_word(leaves, capsys):
    assert main(["import", str(leaves)]) == 2
    assert "--level 2: 2 classes: cat, dog; --level 1: 2 classes: color, segmented" in capsys.readouterr().err
    assert imported.datasets() == {}
    assert main(["import", str(leaves), "--level", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["train"] == {"color": 10, "segmented": 10}
    assert main(["import", str(leaves), "--yes", "--name", "Likeliest", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["train"] == {"cat": 10, "dog": 10}


def test_a_look_prints_what_was_understood_and_imports_nothing(leaves, capsys):
    assert main(["import", str(leaves), "--look"]) == 2
    seen = capsys.readouterr().out
    assert "pictures: cat 12, dog 12" in seen
    assert "Which folders are the classes? Please say." in seen
    assert "* --level 2" in seen
    assert main(["import", str(leaves), "--look", "--level", "2", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["counts"] == {"": {"cat": 12, "dog": 12}}
    first = Image.open(io.BytesIO(base64.b64decode(facts["samples"]["cat"][0])))
    expected = Image.open(leaves / "color" / "cat" / "0.png")
    np.testing.assert_array_equal(np.asarray(first.convert("RGB")), np.asarray(expected.convert("RGB")))
    assert imported.datasets() == {}


def test_an_import_as_json(zoo, capsys):
    assert main(["import", str(zoo), "--name", "Zoo", "--size", "16", "--colour", "grey", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dataset"] == "zoo"
    assert told["shape"] == [16, 16, 1]
    assert told["counts"] == {"train": {"cat": 5, "dog": 5}, "test": {"cat": 1, "dog": 1}}
    (refused,) = told["refused"]
    assert refused["file"] == "cat/notes.txt"
    assert refused["reason"].startswith("it is not a picture")
    assert told["version"] == catalogue.dataset("zoo").version


def test_pictures_can_be_added(zoo, capsys):
    main(["import", str(zoo), "--name", "Zoo"])
    assert main(["import", str(zoo), "--into", "zoo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["dataset"] == "zoo"
    assert catalogue.dataset("zoo").n_train == 20


def test_what_is_imported_can_be_trained_on(zoo, capsys, tmp_path, monkeypatch):
    main(["import", str(zoo), "--name", "Zoo", "--test-fraction", "0.3"])
    made = by_name.prepared("zoo", validation_fraction=0.5, seed=0)
    assert made.classes == ("cat", "dog")
    assert len(made.train) + len(made.validation) + len(made.test) == 12


def test_hostile_files_are_listed_one_by_one(tmp_path, capsys):
    path = tmp_path / "hostile.zip"
    path.write_bytes(hostile.zip_of_everything(hostile.good_pictures()))
    assert main(["import", str(path), "--name", "Survivors", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one.file for one in hostile.everything().values()} <= {one["file"] for one in told["refused"]}
    assert sum(told["counts"]["train"].values()) + sum(told["counts"]["test"].values()) == 10


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["import", "/no/such/place", "--name", "x"], "There is no file or folder /no/such/place"),
        (["import", ".", "--name", "MNIST"], "already a dataset called MNIST"),
        (["import", ".", "--name", "x" * 61], "1 to 60 characters"),
        (["import", ".", "--into", "nothing"], "no imported dataset nothing"),
        (["check", "nothing"], "dataset=nothing is unknown"),
    ],
)
def test_mistakes_are_told_in_one_line(words, told, capsys):
    assert main(words) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_the_dashboard_gets_errors_it_can_translate(capsys):
    assert main(["import", "/no/such/place", "--name", "x", "--lines"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["error"].format(**told["values"]).startswith("There is no file or folder /no/such/place")


def test_check_finds_and_removes(capsys):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, 16, 16, 1), np.uint8)
    images[4], images[7] = images[2], 90
    splits = Splits(Images(images[:10], np.arange(10) % 2), Images(images[10:], np.arange(2)))
    name = imported.create("Copies", splits, ("a", "b"))
    assert main(["check", name]) == 0
    assert "1 groups of equal pictures" in capsys.readouterr().out
    assert main(["check", name, "--remove", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert versions.get(catalogue.dataset(name), told["version"]).excluded == {"train": (4, 7)}


def test_an_export_can_be_imported_again(zoo, tmp_path, capsys):
    main(["import", str(zoo), "--name", "Zoo"])
    first = by_name.load("zoo")
    file = io.BytesIO()
    class_folders.write(catalogue.dataset("zoo"), first, file)
    assert zipfile.ZipFile(file).testzip() is None
    (tmp_path / "back.zip").write_bytes(file.getvalue())
    main(["import", str(tmp_path / "back.zip"), "--name", "Back"])
    again = by_name.load("back")
    np.testing.assert_array_equal(np.sort(first.train.images, axis=0), np.sort(again.train.images, axis=0))
    assert len(again.test) == len(first.test)


# Interrupted


def interrupting(function, when):
    """The same function, in which Cancel comes before or after it did its work."""

    def interrupted(*given, **named):
        if when == "before":
            os.kill(os.getpid(), signal.SIGTERM)
        result = function(*given, **named)
        if when == "after":
            os.kill(os.getpid(), signal.SIGTERM)
        return result

    return interrupted


@pytest.mark.parametrize("name", ["_write_base", "settle"])
def test_an_import_that_is_interrupted_before_the_dataset_is_there_leaves_nothing(zoo, home, capsys, monkeypatch, name):
    monkeypatch.setattr(imported, name, interrupting(getattr(imported, name), "before"))
    assert main(["import", str(zoo), "--name", "Zoo", "--lines"]) == 130
    told = capsys.readouterr()
    assert '"result"' not in told.out
    assert told.err == "fitscope: interrupted.\n"
    assert imported.datasets() == {}
    assert not list((home / "own").glob("*"))
    assert not list((home / ".scratch").iterdir())


@pytest.mark.parametrize(("module", "name"), [(imported, "time"), (commands, "_print_import")])
def test_an_import_that_is_interrupted_after_that_tells_what_is_there(zoo, capsys, monkeypatch, module, name):
    if name == "time":  # asked for while the dataset's own file is put together
        monkeypatch.setattr(module, name, SimpleNamespace(time=interrupting(time.time, "after")))
    else:
        monkeypatch.setattr(module, name, interrupting(getattr(module, name), "before"))
    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    assert main(["import", str(zoo), "--name", "Zoo", "--lines"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["result"]["dataset"] == "zoo"
    assert list(imported.datasets()) == ["zoo"]
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_an_interruption_while_pictures_are_added_changes_nothing(zoo, home, capsys, monkeypatch):
    main(["import", str(zoo), "--name", "Zoo"])
    before, bases = catalogue.dataset("zoo"), sorted((home / "own" / "zoo" / "bases").iterdir())
    monkeypatch.setattr("core.data.arrays.write", interrupting(arrays.write, "after"))
    assert main(["import", str(zoo), "--into", "zoo"]) == 130
    assert catalogue.dataset("zoo") == before
    assert sorted((home / "own" / "zoo" / "bases").iterdir()) == bases
