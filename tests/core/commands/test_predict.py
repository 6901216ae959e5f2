"""`python -m core predict`: what it prints is what the network says, and a picture that is none stops no other."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from benchmarks.server import ROOT
from core.__main__ import main
from core.errors import RunError
from core.network import predict
from core.network.classifier import NETWORK, Classifier, classifier
from core.network.predict import run_with_network
from core.pictures import faces
from core.pictures.box import Box
from core.pictures.preprocessing import Ink, Preprocessing
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.hostile import CONTENTS
from tests.made.runs import make_run
from tests.made.workers import PATIENCE

pytestmark = pytest.mark.slow


class Brightness:
    """Stands in for a network of three classes, which says how bright the middle pixel of a picture is."""

    def probabilities(self, images):
        bright = images[:, images.shape[1] // 2, images.shape[2] // 2, 0].astype(np.float32) / 255
        return np.stack([1 - bright, bright * 0.75, bright * 0.25], axis=1)


CLASSES = ("dark", "light", "glaring")
CATS = ("кот", "猫", "pisică")
ASKED = Classifier(Brightness(), Preprocessing(16, 1), CLASSES)


@pytest.fixture
def run(store, monkeypatch):
    """A run whose network is Brightness."""
    made = make_run(store, "finished")
    (made.folder / NETWORK).write_bytes(b"there is one")
    monkeypatch.setattr(predict, "classifier", lambda _run, _path: ASKED)
    predict._loaded.cache_clear()
    yield made
    predict._loaded.cache_clear()


def grey(folder, name, value):
    """A picture of one grey value."""
    path = folder / name
    Image.new("L", (40, 40), value).save(path)
    return str(path)


def asked(capsys, *words):
    code = main(["predict", *words])
    out = capsys.readouterr()
    return code, out.out.splitlines(), out.err.splitlines()


def test_each_picture_has_its_line_in_order(run, tmp_path, capsys):
    names = [grey(tmp_path, f"{value}.png", value) for value in (0, 255, 51)]
    code, lines, errors = asked(capsys, run.id, *names)
    assert lines == [f"{names[0]}: dark 100.0%", f"{names[1]}: light 75.0%", f"{names[2]}: dark 80.0%"]
    assert (code, errors) == (0, [])


def test_top_tells_more_classes(run, tmp_path, capsys):
    name = grey(tmp_path, "a.png", 255)
    assert asked(capsys, run.id, name, "--top", "2")[1] == [f"{name}: light 75.0%, glaring 25.0%"]
    assert asked(capsys, run.id, name, "--top", "9")[1] == [f"{name}: light 75.0%, glaring 25.0%, dark 0.0%"]
    out = json.loads(asked(capsys, run.id, name, "--top", "2", "--json")[1][0])
    assert out["probabilities"] == {"light": 0.75, "glaring": 0.25}


@pytest.mark.parametrize("top", ["0", "-3"])
def test_no_classes_at_all_is_refused(run, tmp_path, capsys, top):
    code, lines, errors = asked(capsys, run.id, grey(tmp_path, "a.png", 1), f"--top={top}")
    assert (code, lines) == (2, [])
    assert "choose 1 or more" in errors[0]


def test_json_is_one_object_a_picture(run, tmp_path, capsys):
    name = grey(tmp_path, "a.png", 51)
    code, lines, _ = asked(capsys, run.id, name, "--json")
    out = json.loads(lines[0])
    assert code == 0
    assert out.pop("milliseconds") > 0
    expected = {"dark": 0.8, "light": 0.15, "glaring": 0.05}
    assert list(out["probabilities"]) == ["dark", "light", "glaring"]
    assert out.pop("probabilities") == pytest.approx(expected)
    assert out == {"file": name, "run": run.id, "epoch": 6, "label": "dark", "box": None, "blank": False}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_keeps_letters_that_the_console_lacks(run, tmp_path, monkeypatch, encoding):
    """Two classes would become one where "?" stands for both."""
    monkeypatch.setattr(predict, "classifier", lambda _run, _path: Classifier(Brightness(), ASKED.preprocessing, CATS))
    console = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", console)
    assert main(["predict", run.id, grey(tmp_path, "a.png", 0), "--json"]) == 0
    console.flush()
    said = console.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    assert sorted(json.loads(said)["probabilities"]) == sorted(CATS)


def test_a_refused_picture_is_named_and_the_others_are_answered(run, tmp_path, capsys):
    good = grey(tmp_path, "good.png", 0)
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    code, lines, errors = asked(capsys, run.id, str(bad), good, str(tmp_path), str(tmp_path / "gone.png"), good)
    assert code == 1
    assert lines == [f"{good}: dark 100.0%"] * 2
    assert [line.split(": ")[1] for line in errors] == [str(bad), str(tmp_path), str(tmp_path / "gone.png")]
    assert all(line.startswith("fitscope: ") for line in errors)


def test_refusals_are_lines_of_json_too(run, tmp_path, capsys):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"")
    code, lines, _ = asked(capsys, run.id, str(bad), grey(tmp_path, "a.png", 9), "--json")
    assert code == 1
    assert json.loads(lines[0]) == {"file": str(bad), "error": "it is empty; copy it again"}
    assert json.loads(lines[1])["label"] == "dark"


def test_every_hostile_file_is_refused_by_name(run, tmp_path, capsys):
    names = []
    for number, (file, content, _reason) in enumerate(CONTENTS.values()):
        (tmp_path / f"{number}-{file}").write_bytes(content)
        names.append(str(tmp_path / f"{number}-{file}"))
    for words in ([], ["--face"]):
        code, lines, errors = asked(capsys, run.id, *names, *words)
        assert (code, lines) == (1, [])
        assert [name in line for name, line in zip(names, errors, strict=True)] == [True] * len(names)


def test_the_standard_input_is_a_picture(run, capsys, monkeypatch):
    file = io.BytesIO()
    Image.new("L", (9, 9), 255).save(file, "PNG")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.getvalue())))
    assert asked(capsys, run.id, "-")[1] == ["-: light 75.0%"]


def test_no_face_is_said_plainly(run, tmp_path, capsys):
    name = grey(tmp_path, "a.png", 90)
    assert asked(capsys, run.id, name, "--face")[:2] == (0, [f"{name}: no face found"])
    out = json.loads(asked(capsys, run.id, name, "--face", "--json")[1][0])
    assert (out["label"], out["faces"], out["message"]) == (None, [], "no face found")


def test_each_face_has_its_line_and_its_place_in_the_file(run, tmp_path, capsys, monkeypatch):
    """The boxes are told in pixels of the file, also where a large JPEG was decoded at a fraction of its size."""
    picture = Image.new("L", (5000, 4000), 0)
    picture.paste(255, (2500, 0, 5000, 4000))
    picture.save(tmp_path / "large.jpg")

    def halves(opened):
        width, height = opened.size
        assert width < 5000  # it was decoded smaller
        side = height // 2
        return [Box(0, side // 2, side, side), Box(width - side, side // 2, side, side)]

    monkeypatch.setattr(faces, "find", halves)
    name = str(tmp_path / "large.jpg")
    lines = asked(capsys, run.id, name, "--face")[1]
    assert lines == [
        f"{name}: dark 100.0% (face at 0,1000, 2000×2000)",
        f"{name}: light 75.0% (face at 3000,1000, 2000×2000)",
    ]
    out = json.loads(asked(capsys, run.id, name, "--face", "--json")[1][0])
    assert [face["label"] for face in out["faces"]] == ["dark", "light"]
    assert out["box"] == out["faces"][0]["box"] == {"left": 0, "top": 1000, "width": 2000, "height": 2000}


def test_an_empty_drawing_is_no_answer(run, tmp_path, capsys, monkeypatch):
    ink = Ink(ground=0, level=255, extent=0.7, stroke=0.1, by_mass=True)
    monkeypatch.setattr(
        predict, "classifier", lambda _run, _path: Classifier(Brightness(), Preprocessing(16, 1, ink=ink), CLASSES)
    )
    predict._loaded.cache_clear()
    name = grey(tmp_path, "a.png", 255)
    assert asked(capsys, run.id, name)[1] == [f"{name}: nothing on it stands out from the ground"]
    assert json.loads(asked(capsys, run.id, name, "--json")[1][0])["blank"] is True


@pytest.mark.parametrize("words", [["unknown"], ["latest"], ["../.."], [""]])
def test_an_unknown_run_is_one_clear_line(runs_folder, tmp_path, capsys, words):
    code, lines, errors = asked(capsys, *words, grey(tmp_path, "a.png", 0))
    assert (code, lines, len(errors)) == (2, [], 1)
    assert "run" in errors[0]


@pytest.mark.parametrize("state", ["queued", "running", "damaged"])
def test_a_run_without_a_network_is_one_clear_line(store, tmp_path, capsys, state):
    code, lines, errors = asked(capsys, make_run(store, state).id, grey(tmp_path, "a.png", 0))
    assert (code, lines, len(errors)) == (2, [], 1)
    assert "has no network yet" in errors[0]


def test_latest_is_the_newest_that_has_a_network(store):
    with pytest.raises(RunError, match="No run"):
        run_with_network(store, "latest")
    runs = [make_run(store, "finished") for _ in range(3)]
    make_run(store, "running")
    newest_first = [run for run in store.all() if run in runs]
    for run in newest_first[1:]:
        (run.folder / NETWORK).touch()
    assert run_with_network(store, "latest") == newest_first[1]
    (newest_first[1].folder / "config.json").write_text("damaged", "utf-8")
    assert run_with_network(store, "latest") == newest_first[2]
    assert run_with_network(store, newest_first[0].id) == newest_first[0]


def test_a_trained_network_answers_as_it_does_here(tmp_path):
    """The whole command, in a process of its own, without TensorFlow."""
    environment = {**os.environ, "FITSCOPE_RUNS": str(tmp_path / "runs")}

    def core(*words):
        command = [sys.executable, "-X", "importtime", "-m", "core", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)

    recipe = ("--set", "dataset=digits", "--set", "architecture=softmax", "--set", "epochs=3")
    assert core("train", *recipe).returncode == 0
    images = np.asarray(by_name.load("digits").test.images[:5])
    names = [str(tmp_path / f"{row}.png") for row in range(5)]
    for pixels, name in zip(images, names, strict=True):
        Image.fromarray(pixels[..., 0]).save(name)
    done = core("predict", "latest", *names, "--json")
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if line.endswith((" tensorflow", " keras", " dlib"))]
    network = classifier(RunStore(tmp_path / "runs").all()[0])
    expected = network.network.probabilities(images)
    told = [json.loads(line)["probabilities"] for line in done.stdout.splitlines()]
    for one, chances in zip(told, expected, strict=True):
        assert [one[name] for name in network.classes] == pytest.approx(chances.tolist(), abs=1e-5)


def test_an_epoch_that_was_not_kept_is_refused_with_those_that_were(run, tmp_path, capsys):
    assert main(["predict", run.id, grey(tmp_path, "a.png", 9), "--epoch", "99"]) != 0
    assert "epoch 99 was not kept; choose one of: 0, 1, 2, 3, 4, 5, 6" in capsys.readouterr().err


def test_the_epoch_that_the_run_keeps_is_its_own_network(run, tmp_path, capsys):
    path = grey(tmp_path, "a.png", 200)
    told = []
    for words in ((), ("--epoch", "6")):  # what result_of says that it keeps
        main(["predict", run.id, path, "--json", *words])
        told.append(json.loads(capsys.readouterr().out))
    assert [one["epoch"] for one in told] == [6, 6]
    assert told[0]["probabilities"] == told[1]["probabilities"]
