"""What files do not say, on the command line: an ambiguous import stops and names its option, and each is obeyed."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.__main__ import main
from core.data import imported
from tests.core.data.reading.archives.test_code_pages import Raw
from tests.core.data.reading.importing.made import csv, idx, npz
from tests.made import by_name

pytestmark = pytest.mark.usefixtures("own_data_folder")

N, SIDE = 12, 8
PIXELS = np.random.default_rng(0).integers(0, 256, (N, SIDE, SIDE), np.uint8)
LABELS = np.arange(N) % 3


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def pictures(*folders):
    """Path -> content: six pictures in each folder."""
    return {f"{one}/{number}.png": png(PIXELS[number]) for one in folders for number in range(6)}


def folder(root, contents):
    for name, content in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def counts(capsys):
    told = json.loads(capsys.readouterr().out)
    every = {}
    for by_class in told["counts"].values():
        for name, n in by_class.items():
            every[name] = every.get(name, 0) + n
    return every


def split_in_doubt(root):
    return folder(root / "data", pictures("train/cat", "train/dog", "holdout/cat", "holdout/dog"))


def columns_in_doubt(root):
    rows = [f"{n}.png,{'red' if n % 2 else 'blue'},{'abc'[n % 3]}" for n in range(N)]
    loose = {f"{n}.png": png(PIXELS[n]) for n in range(N)}
    return folder(root / "loose", {**loose, "t.csv": "\n".join(["file,colour,form", *rows]).encode()})


def names_in_doubt(root):
    loose = {name.replace("/", "_"): content for name, content in pictures("cat", "dog").items()}
    return folder(root / "named", loose)


def sets_in_doubt(root):
    files = {}
    for name, rows in (("emnist-digits", 9), ("emnist-letters", 12)):
        files[f"{name}-train-images-idx3-ubyte"] = idx(PIXELS[:rows])
        files[f"{name}-train-labels-idx1-ubyte"] = idx(LABELS[:rows].astype(np.uint8))
    return folder(root / "sets", files)


def page_in_doubt(root):
    path = root / "old.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in pictures("кошка", "dog").items():
            entry = Raw(name)
            entry.raw = name.encode("cp866")
            archive.writestr(entry, content)
    return path


DOUBTFUL = {
    "split": (
        split_in_doubt,
        "holdout=test,train=train",
        {"cat": 12, "dog": 12},
        "--split given: splits: train → train",
    ),
    "label-column": (columns_in_doubt, "form", {"a": 4, "b": 4, "c": 4}, "--label-column form: column form: a, b, c"),
    "labels": (names_in_doubt, "name-before-number", {"cat": 6, "dog": 6}, "--labels name-before-number: from the"),
    "set": (sets_in_doubt, "emnist-digits", {"0": 3, "1": 3, "2": 3}, "--set emnist-letters: files: 1"),
    "encoding": (page_in_doubt, "cp866", {"dog": 6, "кошка": 6}, "--encoding cp866: кошка"),
}
"""Option -> what makes the files, an answer, the classes that come of it, what is said without an answer."""


@pytest.mark.parametrize("option", DOUBTFUL)
def test_an_ambiguous_import_stops_and_names_the_option_that_decides_it(option, tmp_path, capsys):
    make, answer, expected, said = DOUBTFUL[option]
    path = make(tmp_path)
    assert main(["import", str(path), "--name", "Asked"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Say which, or take the likeliest with --yes." in error
    assert imported.datasets() == {}
    assert main(["import", str(path), "--name", "Asked", f"--{option}", answer, "--json"]) == 0
    assert counts(capsys) == expected


@pytest.mark.parametrize("option", DOUBTFUL)
def test_with_yes_the_first_of_the_answers_is_taken_and_printed(option, tmp_path, capsys):
    path = DOUBTFUL[option][0](tmp_path)
    assert main(["import", str(path), "--look", "--json"]) == 0
    (question,) = (one for one in json.loads(capsys.readouterr().out)["questions"] if one["option"] == option)
    assert main(["import", str(path), "--name", "Taken", "--yes"]) == 0
    taken = capsys.readouterr().out
    likeliest = question["choices"][0]["value"]
    assert f"* --{option} {likeliest}" in taken
    (name,) = imported.datasets()
    without = imported.datasets()[name].classes
    assert main(["import", str(path), "--name", "Said", f"--{option}", likeliest, "--yes"]) == 0
    assert imported.datasets()["said"].classes == without


def test_folders_said_to_be_splits_are_the_splits(tmp_path, capsys):
    path = split_in_doubt(tmp_path)
    assert main(["import", str(path), "--split", "train=train,holdout=test", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"train": {"cat": 6, "dog": 6}, "test": {"cat": 6, "dog": 6}}


# What is sure enough to go on, and can be said otherwise


def images_of(name):
    splits = by_name.load(name)
    return np.concatenate([splits.train.images, splits.test.images])[..., 0]


def test_the_header_of_a_table_can_be_said_not_to_be_one(tmp_path, capsys):
    first = ["0", "0", *(f"0.{n}" for n in range(1, SIDE * SIDE))]
    table = ",".join(first) + "\n" + csv(PIXELS, LABELS, header=False).decode()
    (tmp_path / "t.csv").write_text(table)
    assert main(["import", str(tmp_path / "t.csv"), "--name", "Named"]) == 0
    assert "* --header yes" in capsys.readouterr().out
    assert len(images_of("named")) == N
    assert main(["import", str(tmp_path / "t.csv"), "--name", "Row", "--header", "no"]) == 0
    assert "* --header no" in capsys.readouterr().out
    assert len(images_of("row")) == N + 1


def test_pictures_on_their_side_are_turned(tmp_path):
    (tmp_path / "a.npz").write_bytes(npz(x=PIXELS, y=LABELS))
    assert main(["import", str(tmp_path / "a.npz"), "--name", "Up"]) == 0
    assert main(["import", str(tmp_path / "a.npz"), "--name", "Side", "--turn", "yes"]) == 0
    np.testing.assert_array_equal(images_of("side"), images_of("up").transpose(0, 2, 1))


def test_names_that_differ_only_in_capitals_can_be_one_class(tmp_path, capsys):
    path = tmp_path / "letters.zip"
    with zipfile.ZipFile(path, "w") as archive:  # not every file system has room for A beside a
        for name, content in pictures("A", "a", "B").items():
            archive.writestr(name, content)
    assert main(["import", str(path), "--name", "Apart", "--json"]) == 0
    assert counts(capsys) == {"A": 6, "a": 6, "B": 6}
    assert main(["import", str(path), "--name", "One", "--keep-case", "no", "--json"]) == 0
    assert counts(capsys) == {"A": 12, "B": 6}


@pytest.mark.parametrize("option", ["level", "split", "label-column", "header", "turn", "encoding", "keep-case"])
def test_an_answer_without_a_question_is_told(option, tmp_path, capsys):
    path = folder(tmp_path / "plain", pictures("cat", "dog"))
    assert main(["import", str(path), f"--{option}", "yes"]) == 0
    assert f"{option}=yes was said, but with these files there is nothing to decide by it." in capsys.readouterr().out
