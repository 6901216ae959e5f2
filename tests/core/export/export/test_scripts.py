"""The script that trains a network again, and what is not offered because it does not agree."""

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from core.__main__ import main
from core.errors import RunError, TrainingError
from core.export import offered, package, written
from core.export.checked import KerasProcess
from core.progress import silent
from tests.made.runs import make_run
from tests.made.workers import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("export")]  # its two networks are exported once


def wrong(write):
    """A writer whose network has other weights than the run's."""

    def written_wrongly(model, path, images):
        weights = model.get_weights()
        model.set_weights([np.roll(weight, 1, axis=-1) for weight in weights])
        write(model, path, images)
        model.set_weights(weights)

    return written_wrongly


def cut_short(write):
    def written_in_part(model, path, images):
        write(model, path, images)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return written_in_part


def refused(_model, _path, _images):
    raise NotImplementedError("no such operation")


def test_a_damaged_form_is_not_offered_and_says_why(plain, monkeypatch):
    damaged = {
        "network.keras": refused,
        "network.tflite": cut_short(written.write_litert),
        "network-int8.tflite": wrong(written.write_int8),
        "other.onnx": wrong(written.write_onnx),
        "network.onnx": written.write_onnx,
    }
    monkeypatch.setattr(written, "WRITERS", damaged)
    made = package.export(plain.run, silent)
    reasons = {form.file: form.reason for form in made.forms if not form.offered}
    assert set(reasons) == {*damaged, "predict.py"} - {"network.onnx"}
    assert "no such operation" in reasons["network.keras"]
    assert "could not be used" in reasons["network.tflite"]
    assert "too coarse" in reasons["network-int8.tflite"]
    assert "differs from Keras" in reasons["other.onnx"]
    with zipfile.ZipFile(plain.run.folder / "export.zip") as archive:
        assert not set(reasons) & set(archive.namelist())
        assert all(f"{name:20} left out" in archive.read("README.txt").decode() for name in reasons)
    assert offered.current(plain.run) == made


@pytest.fixture
def without_keras(tmp_path):
    """A folder in which the process that imports Keras finds an empty file of that name: 6 s less."""
    (tmp_path / "keras.py").touch()
    return tmp_path


def test_a_form_that_is_the_end_of_the_process_of_keras_keeps_no_other(without_keras):
    tmp_path = without_keras
    (tmp_path / "deadly.py").write_text("import os; os._exit(3)")
    (tmp_path / "wrong.py").write_text("raise ValueError('no such layer')")
    (tmp_path / "good.py").write_text("import os, sys; print(os.getpid(), *sys.argv[1:])")
    with KerasProcess(tmp_path) as keras:
        with pytest.raises(TrainingError, match="exit code 3"):
            keras.ask(["deadly.py"])
        with pytest.raises(TrainingError, match="ValueError: no such layer"):
            keras.ask(["wrong.py"])
        first, second = (keras.ask(["good.py", "--check"]).split() for _ in range(2))
        assert first == second == [first[0], "--check"]  # the same process: one import of Keras for all


def test_whoever_waits_for_keras_hears_when_the_export_is_left(without_keras):
    tmp_path = without_keras
    (tmp_path / "endless.py").write_text("open('begun', 'w').close()\nwhile True: pass")
    with ThreadPoolExecutor(1) as beside, KerasProcess(tmp_path) as keras:
        waiting = beside.submit(keras.ask, ["endless.py"])
        wait_until((tmp_path / "begun").exists)
    with pytest.raises(TrainingError, match="could not be used"):
        waiting.result()


def test_an_interrupted_export_leaves_nothing_behind(plain, monkeypatch, capsys):
    def interrupted(_model, _path, _images):
        raise KeyboardInterrupt

    before = (plain.run.folder / "export.zip").read_bytes()
    monkeypatch.setenv("FITSCOPE_RUNS", str(plain.run.folder.parent))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")  # the command sets it: put back afterwards
    monkeypatch.setattr(written, "WRITERS", {"network.keras": interrupted})
    assert main(["export", plain.run.id]) == 130
    assert (plain.run.folder / "export.zip").read_bytes() == before
    assert not [path for path in plain.run.folder.iterdir() if path.name.endswith(".tmp")]
    with FileLock(plain.run.folder / "export.lock", timeout=0):
        pass


def test_two_exports_of_a_run_do_not_mix(plain):
    with FileLock(plain.run.folder / "export.lock"), pytest.raises(RunError, match="being exported already"):
        package.export(plain.run, silent)


@pytest.mark.parametrize(
    ("state", "said"),
    [("finished", "has no network yet"), ("running", "still changing"), ("failed", "has no network yet")],
)
def test_a_run_without_a_network_is_told(store, capsys, state, said):
    assert main(["export", make_run(store, state).id]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [["unknown"], ["../.."], ["latest", "--lines"]])
def test_an_unknown_run_is_told(runs_folder, capsys, words):
    assert main(["export", *words]) == 2
    printed = capsys.readouterr()
    assert "There is no run" in printed.err
    assert ("error" in json.loads(printed.out)) if "--lines" in words else printed.out == ""


def test_the_export_of_a_network_that_was_trained_on_is_stale(rich):
    network = rich.run.folder / "network.keras"
    content = network.read_bytes()
    assert offered.current(rich.run) is not None
    network.write_bytes(content)  # copied somewhere else: the same network at another time
    assert offered.current(rich.run) is not None
    network.write_bytes(content + b"more")
    assert offered.current(rich.run) is None
    assert offered.is_stale(rich.run)
    network.write_bytes(content)
    zipped = (rich.run.folder / "export.zip").read_bytes()
    (rich.run.folder / "export.zip").write_bytes(zipped[:-1])
    assert offered.is_stale(rich.run)
    (rich.run.folder / "export.zip").write_bytes(zipped)
    facts = (rich.run.folder / "export.json").read_text("utf-8")
    (rich.run.folder / "export.json").write_text('{"forms": [{"file": 3, "more": []}]}', "utf-8")
    assert offered.current(rich.run) is None
    (rich.run.folder / "export.json").write_text(facts, "utf-8")
    assert not offered.is_stale(rich.run)


def test_a_file_that_is_not_in_the_zip_is_told(rich, tmp_path):
    with pytest.raises(RunError, match="Prepare it again"):
        offered.member(rich.run, "../../etc/passwd")
    assert Path(rich.folder / "predict.py").read_bytes() == offered.member(rich.run, "predict.py")
