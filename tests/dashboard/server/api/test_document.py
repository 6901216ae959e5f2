"""The examples of docs/api.md are carried out as they stand, against a real server; what they say is what comes."""

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from benchmarks.server import ROOT
from core.errors import DataError
from core.export.offered import current
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.workers import PATIENCE

pytestmark = pytest.mark.slow

DOCUMENT = (ROOT / "docs" / "api.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(console|python)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
CONSOLE = [text for kind, text in BLOCKS if kind == "console"]
ANY_ID = re.compile(r"\d{8}-\d{6}-[\w-]+")
OPEN = {"probabilities", "recipe"}  # whose keys are those of the classes, of the settings


@dataclass(frozen=True)
class Example:
    command: str
    said: tuple[str, ...]


def examples(block):
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Example(line[2:], ()))
        else:
            found[-1] = Example(found[-1].command, (*found[-1].said, line))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pictures that the examples name; on `class.jpg` there are faces where FER2013 is there."""
    place = tmp_path_factory.mktemp("examples")
    test = by_name.load("digits").test
    for name, digit in (("seven", 7), ("four", 4)):
        row = int(np.flatnonzero(test.labels == digit)[0])
        Image.fromarray(np.asarray(test.images[row])[..., 0]).save(place / f"{name}.png")
    Image.new("RGB", (320, 240), (150, 140, 130)).save(place / "wall.jpg")
    (place / "letter.pdf").write_bytes(b"%PDF-1.4\n")
    return place


@pytest.fixture(scope="module")
def portrait(folder):
    try:
        faces = by_name.load("fer2013").test
    except DataError as missing:
        pytest.skip(f"FER2013 is not in a data folder: {missing}")
    happy = np.asarray(faces.images[int(np.flatnonzero(faces.labels == 3)[0])])[..., 0]
    canvas = Image.new("RGB", (800, 600), (90, 90, 90))
    canvas.paste(Image.fromarray(happy).resize((300, 300), Image.Resampling.BICUBIC), (100, 100))
    canvas.save(folder / "class.jpg")


def carried_out(example, running, folder):
    """What the command writes, with this server and this run in place of those of the example."""
    words = ANY_ID.sub(running.run.id, example.command.replace("http://127.0.0.1:8501", running.address))
    words = re.sub(r"\bRUN\b", running.run.id, words).replace("python -m", f"{shlex.quote(sys.executable)} -m")
    own = {**os.environ, "FITSCOPE_RUNS": str(running.run.folder.parent), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        words, shell=True, cwd=folder, env=own, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def same_shape(said, told, where="answer"):
    """Fails unless both have the same fields of the same kinds; `null` stands for what may be there."""
    if isinstance(said, dict) and isinstance(told, dict):
        name = where.rpartition(".")[2]
        assert name in OPEN or list(said) == list(told), (where, list(told))
        for field in said.keys() & told.keys():
            same_shape(said[field], told[field], f"{where}.{field}")
    elif isinstance(said, list) and isinstance(told, list):
        assert bool(said) == bool(told), (where, told)
        for one in told:
            same_shape(said[0], one, where)
    elif said is not None and told is not None:
        kinds = [
            int | float if isinstance(one, int | float) and not isinstance(one, bool) else type(one)
            for one in (said, told)
        ]
        assert kinds[0] == kinds[1], (where, told)


def compare(line, told):
    """Of what is shortened with … the names that are left; else all of it."""
    if "…" in line:
        names = re.findall(r'"(\w+)":', line)
        assert names
        assert not [name for name in names if f'"{name}":' not in told and name not in ("happy",)], (line, told)
    else:
        same_shape(json.loads(line), json.loads(told))


@pytest.mark.parametrize("place", range(len(CONSOLE)))
def test_what_the_document_types_is_answered_as_it_says(running, folder, place, request):
    for example in examples(CONSOLE[place]):
        if "class.jpg" in example.command:
            request.getfixturevalue("portrait")
        told = carried_out(example, running, folder)
        lines = [line for line in told.splitlines() if line]
        assert len(lines) >= len(example.said), (example, told)
        for said, line in zip(example.said, lines, strict=False):
            if said.startswith(("{", "[")):
                compare(said, line)
            elif said.startswith("data: "):
                compare(said.removeprefix("data: "), line.removeprefix("data: "))
            else:  # "id: 1.3.120", "seven.png: 7 94.3%"
                assert re.sub(r"\d+", "0", said) == re.sub(r"\d+", "0", line), (said, line)


def test_the_zip_that_was_fetched_is_the_run(running, folder):
    (block,) = (block for block in CONSOLE if "network.zip" in block)
    for example in examples(block):
        carried_out(example, running, folder)
    with zipfile.ZipFile(folder / "network.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("network.keras")
    made = current(running.run)
    assert ((folder / "network.zip").stat().st_size, made.run_id) == (made.size, running.run.id)


def test_every_line_of_json_that_the_command_kept_is_one_picture(running, folder):
    (block,) = (block for block in CONSOLE if "answers.jsonl" in block)
    (example,) = (one for one in examples(block) if "answers.jsonl" in one.command)
    carried_out(example, running, folder)
    kept = [json.loads(line) for line in (folder / "answers.jsonl").read_text("utf-8").splitlines()]
    assert sorted(one["file"] for one in kept) == sorted(path.name for path in folder.glob("*.png"))
    assert {one["run"] for one in kept} == {running.run.id}


def test_the_lines_of_python_train_a_run_and_tell_its_accuracy(running, folder):
    (code,) = (text for kind, text in BLOCKS if kind == "python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 12  # ten lines and what they import
    script = folder / "example.py"
    script.write_text(code.replace("http://127.0.0.1:8501", running.address), "utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=PATIENCE, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr
    store = RunStore(running.run.folder.parent)
    result = next(run.status.result for run in store.all() if run.state == "finished" and run.config.epochs == 5)
    assert done.stdout == f"finished {result['test_accuracy']} of {result['n_test']}\n"
    assert result["test_accuracy"] > 0.5


def test_no_example_is_left_out():
    assert len(CONSOLE) >= 8
    assert sum(len(examples(block)) for block in CONSOLE) == len(re.findall(r"^\$ ", DOCUMENT, re.MULTILINE))
