"""The network of a kept epoch is taken away while its run still trains, and answers as `core predict --epoch` does."""

import json
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.__main__ import main
from core.export import offered, written
from core.runs import checkpoints
from core.runs.run import Run
from tests.core.export.export.test_forms import python
from tests.made.runs import begin_again

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("export")]


@pytest.fixture
def training(plain, tmp_path, monkeypatch):
    """A copy of that run, which goes on."""
    run = Run(shutil.copytree(plain.run.folder, tmp_path / "runs" / plain.run.id))
    for name in (offered.ZIP, offered.FACTS):
        (run.folder / name).unlink()
    begin_again(run)
    monkeypatch.setenv("FITSCOPE_RUNS", str(run.folder.parent))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")  # the command sets it: put back afterwards
    return run


def test_what_is_taken_away_of_a_training_answers_as_that_epoch(training, plain, tmp_path, monkeypatch, capsys):
    few = {name: written.WRITERS[name] for name in ("network.keras", "network.tflite")}
    monkeypatch.setattr(written, "WRITERS", few)
    assert main(["export", training.id, "--epoch", "3", "--json", "--to", str(tmp_path / "mine.zip")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["epoch"] == 3
    assert [one["file"] for one in told["forms"] if not one["template"]] == [*few, "predict.py", "reproduce.py"]
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    pictures = [str(tmp_path / f"{row}.png") for row in range(5)]
    for row, picture in enumerate(pictures):
        Image.fromarray(np.asarray(plain.splits.test.images[row])[..., 0]).save(picture)
    assert main(["predict", training.id, *pictures, "--epoch", "3", "--json"]) == 0
    expected = [json.loads(line)["probabilities"] for line in capsys.readouterr().out.splitlines()]
    for model in few:
        lines = python(tmp_path / "unpacked", "predict.py", *pictures, "--json", "--model", model).splitlines()
        for line, probabilities in zip(lines, expected, strict=True):
            assert json.loads(line)["probabilities"] == pytest.approx(probabilities, abs=1e-4)
    readme = " ".join((tmp_path / "unpacked" / "README.txt").read_text("utf-8").split())
    assert f"Run {training.id} of Fitscope, network of epoch 3. It got" in readme
    assert "It was not tested: the run had not ended" in readme
    assert "it had trained 12 of 12 epochs" in (tmp_path / "unpacked" / "reproduce.py").read_text("utf-8")
    _is_offered_while_it_is_that_network(training)


def _is_offered_while_it_is_that_network(run):
    kept = checkpoints.path_of(run.checkpoints, 3)
    assert offered.current(run).epoch == 3
    content = kept.read_bytes()
    kept.unlink()  # it has made room for later ones
    assert offered.current(run).epoch == 3
    shutil.copy(checkpoints.path_of(run.checkpoints, 4), kept)  # a resumed training repeats epochs
    assert offered.is_stale(run)
    kept.write_bytes(content)
    assert not offered.is_stale(run)


def test_while_it_trains_the_epochs_that_can_be_taken_are_named(training, capsys):
    assert main(["export", training.id]) == 2
    assert "Name one of the epochs that were kept (0, 1, 2, 3, 4" in capsys.readouterr().err
    assert main(["export", training.id, "--epoch", "99"]) == 2
    assert "epoch 99 was not kept; choose one of: 0, 1, 2" in capsys.readouterr().err
