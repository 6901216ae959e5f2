"""A network taken out of its run: every form against Keras, its scripts in clean processes, damage not offered."""

import json
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from ai_edge_litert.interpreter import Interpreter
from filelock import FileLock
from PIL import Image
from sklearn.metrics import accuracy_score

from core.__main__ import main
from core.data.reading.decode import open_picture
from core.errors import RunError, TrainingError
from core.export import offered, package, written
from core.export.checked import KerasProcess
from core.files import read_arrays
from core.network.classifier import classifier
from core.progress import silent
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.recipe.network import ACTIVATIONS
from core.runs.store import RunStore
from core.training.convert import AGREE, single_precision
from tests.made import by_name
from tests.made.runs import make_run
from tests.made.workers import PATIENCE, command, train_here, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("export")]  # its two networks are exported once

CLOSE = 0.02  # of accuracy, between a run and its repetition: 7 of 360 test images, a third of what a seed changes
FLOATS = ("network.keras", "network.tflite", "network.onnx", "network.weights.h5")
RICH = TrainingConfig(
    architecture="cnn_batchnorm",
    filters=(8, 16),
    epochs=3,
    augmentation=True,
    rotation=15.0,
    shear=0.1,
    random_erasing=0.1,
    flip="horizontal",
    l2=1e-4,
    label_noise=0.1,
    input_noise=0.05,
    image_size=10,
    classes=("1", "4", "7"),
    optimizer="rmsprop",
    early_stopping_patience=2,
    early_stopping_monitor="val_accuracy",
    reduce_lr_patience=1,
    seed=7,
)  # batch normalisation, dropout, and every way in which images and loss are changed


class Taken:
    """A run, what the command told of its export, and the folder in which its zip was unpacked."""

    def __init__(self, run, told, folder):
        self.run, self.told, self.folder = run, told, folder
        self.forms = {one["file"]: one for one in told["forms"]}
        self.splits = by_name.of(run.config)
        self.keras = read_arrays(run.folder / "evaluation.npz")["test_probabilities"]


def take(config, place):
    """Trains a recipe and exports it by the command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITSCOPE_RUNS", str(place / "runs"))
        run = RunStore().create(config, queue=False)
        assert train_here(run) == 0
        done = command("export", run.id, "--json", "--to", str(place / "mine.zip"))
        assert done.returncode == 0, done.stderr
    folder = place / "unpacked"
    with zipfile.ZipFile(place / "mine.zip") as archive:
        archive.extractall(folder)
    return Taken(run, json.loads(done.stdout), folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return take(TrainingConfig(epochs=12), tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    return take(RICH, tmp_path_factory.mktemp("rich"))


@pytest.fixture(params=["plain", "rich"])
def taken(request):
    return request.getfixturevalue(request.param)


def python(folder, *words, code=0):
    """What a Python that has nothing of ours prints in a folder."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-X", "utf8", *map(str, words)],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    assert done.returncode == code, done.stderr
    return done.stdout if not code else done.stderr


def litert(path, images):
    network = Interpreter(model_path=str(path))
    into, out = network.get_input_details()[0]["index"], network.get_output_details()[0]["index"]
    network.resize_tensor_input(into, images.shape)
    network.allocate_tensors()
    network.set_tensor(into, images.astype(np.float32) / 255)
    network.invoke()
    return network.get_tensor(out)


def accuracy_said(printed):
    """The accuracy in the last line of the script, 0..1."""
    return float(printed.strip().splitlines()[-1].split("%")[0]) / 100


# The forms


def test_every_form_was_asked_in_a_process_of_its_own_and_agrees(taken):
    n = len(taken.splits.test)
    assert set(taken.forms) == {*FLOATS, "network-int8.tflite", "predict.py", "reproduce.py"}
    assert [one["file"] for one in taken.told["forms"] if one["template"]] == []
    for file in FLOATS:
        assert 0 <= taken.forms[file]["difference"] < AGREE
        assert taken.forms[file]["n"] == min(256, n)
        assert taken.forms[file]["bytes"] == (taken.folder / file).stat().st_size


def test_onnx_and_litert_answer_as_keras_on_every_test_image(taken):
    images = taken.splits.test.images.astype(np.float32) / 255
    session = onnxruntime.InferenceSession(str(taken.folder / "network.onnx"))
    found = session.run(None, {session.get_inputs()[0].name: images})[0]
    np.testing.assert_allclose(found, taken.keras, atol=AGREE)
    np.testing.assert_allclose(
        litert(taken.folder / "network.tflite", taken.splits.test.images), taken.keras, atol=AGREE
    )


def test_the_accuracy_told_of_int8_is_the_one_it_has(taken):
    labels, form = taken.splits.test.labels, taken.forms["network-int8.tflite"]
    found = litert(taken.folder / "network-int8.tflite", taken.splits.test.images)
    assert form["n"] == len(labels)
    assert form["accuracy"] == pytest.approx(accuracy_score(labels, found.argmax(axis=1)))
    assert form["keras_accuracy"] == pytest.approx(accuracy_score(labels, taken.keras.argmax(axis=1)))


def test_weights_and_activations_of_int8_have_8_bits(taken):
    path = taken.folder / "network-int8.tflite"
    floats = [
        one["name"] for one in Interpreter(model_path=str(path)).get_tensor_details() if one["dtype"] == np.float32
    ]
    assert len(floats) == 2, floats  # what goes in and what comes out
    assert path.stat().st_size < 0.6 * (taken.folder / "network.tflite").stat().st_size


def test_no_exported_network_has_random_layers(rich):
    layers = json.loads((rich.folder / "architecture.json").read_text("utf-8"))["config"]["layers"]
    assert not [one["class_name"] for one in layers if "Random" in one["class_name"] or "Noise" in one["class_name"]]
    operations = {node.op_type for node in onnx.load(rich.folder / "network.onnx").graph.node}
    assert not [name for name in operations if "Random" in name or name == "Dropout"]


def test_the_zip_says_what_is_in_it_and_what_was_checked(taken):
    text = (taken.folder / "README.txt").read_text("utf-8")
    result = taken.run.status.result
    assert f"{result['test_accuracy']:.2%} of {result['n_test']:,} test images right" in " ".join(text.split())
    for name in (path.name for path in taken.folder.iterdir()):
        assert name == "README.txt" or name in text
    assert json.loads((taken.folder / "classes.json").read_text("utf-8")) == list(taken.splits.classes)
    assert taken.told["size"] == (taken.run.folder / "export.zip").stat().st_size


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_can_be_written(activation, tmp_path):
    """An untrained network, in this process: only whether the converters know what it is made of."""
    settings = {**architectures.get("faces_deep").settings, "activation": activation, "filters": (8, 16)}
    model = single_precision(architectures.get("faces_deep").build((12, 12, 3), 5, settings))
    images = np.random.default_rng(0).integers(0, 256, (16, 12, 12, 3), np.uint8)
    expected = model.predict(images.astype(np.float32) / 255, verbose=0)
    with written.quiet():
        written.write_onnx(model, tmp_path / "network.onnx", images)
        written.write_int8(model, tmp_path / "network.tflite", images)
    onnx.checker.check_model(str(tmp_path / "network.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(str(tmp_path / "network.onnx"))
    found = session.run(None, {session.get_inputs()[0].name: images.astype(np.float32) / 255})[0]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(litert(tmp_path / "network.tflite", images), expected, atol=0.05)


# predict.py


def test_predict_answers_as_the_classify_page_to_any_picture(taken, tmp_path):
    random, asked = np.random.default_rng(1), classifier(taken.run)
    photo = Image.fromarray(random.integers(0, 256, (60, 90, 3), np.uint8))
    turned = photo.getexif()
    turned[0x0112] = 6  # held sideways
    photo.save(tmp_path / "photo.png", exif=turned)
    seen_through = photo.convert("RGBA")
    seen_through.putalpha(Image.fromarray(random.integers(0, 2, (60, 90), np.uint8) * 255))
    seen_through.save(tmp_path / "transparent.png")
    photo.save(tmp_path / "moving.gif", save_all=True, append_images=[photo.rotate(180)])
    Image.fromarray(taken.splits.test.images[0].squeeze()).save(tmp_path / "test.png")
    files = sorted(tmp_path.iterdir())
    for line, file in zip(python(taken.folder, "predict.py", *files, "--json").splitlines(), files, strict=True):
        found = json.loads(line)["probabilities"]
        expected = asked.answer(open_picture(file.read_bytes())).probabilities
        np.testing.assert_allclose(list(found.values()), expected, atol=AGREE)
        assert list(found) == list(asked.classes)


@pytest.mark.parametrize("model", ["network.tflite", "network-int8.tflite", "network.onnx"])
def test_predict_names_a_test_image_for_people(plain, tmp_path, model):
    Image.fromarray(plain.splits.test.images[5].squeeze()).save(tmp_path / "digit.png")
    lines = python(tmp_path, plain.folder / "predict.py", "digit.png", "--model", model, "--top", 2).splitlines()
    assert lines[0] == "digit.png"
    percent, name = lines[1].split()
    assert name == plain.splits.classes[plain.keras[5].argmax()]
    assert float(percent.rstrip("%")) == pytest.approx(100 * plain.keras[5].max(), abs=8 if "int8" in model else 0.02)
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere.png"], 1, "no such file"),
        (["classes.json"], 1, "no picture that Pillow can read"),
        (["README.txt", "--model", "nothing.onnx"], 2, "Give one of: network-int8.tflite, network.keras"),
        (["README.txt", "--model", "README.txt"], 2, "none of the forms"),
    ],
)
def test_predict_says_in_a_line_what_is_wrong(plain, words, code, said):
    complaint = python(plain.folder, "predict.py", *words, code=code)
    assert said in complaint
    assert "Traceback" not in complaint


def test_predict_names_the_package_that_is_missing(plain, tmp_path):
    without = (
        "import sys; sys.modules['onnxruntime'] = None; sys.argv = ['predict.py', 'x.png', '--model', 'network.onnx']"
    )
    code = f"{without}; import runpy; runpy.run_path('predict.py', run_name='__main__')"
    assert "pip install onnxruntime" in python(plain.folder, "-c", code, code=2)


# reproduce.py and reproduce.ipynb


def test_the_script_trains_the_network_again(taken, tmp_path):
    printed = python(tmp_path, taken.folder / "reproduce.py")
    assert accuracy_said(printed) == pytest.approx(taken.run.status.result["test_accuracy"], abs=CLOSE)
    begun = next(line for line in printed.splitlines() if line.startswith("epoch 1:"))
    first = taken.run.history.epochs[0]
    assert float(begun.split("loss ")[1].split(",")[0]) == pytest.approx(first["val_loss"], abs=0.02)


def test_the_script_refuses_other_images(plain, tmp_path):
    splits = dict(np.load(plain.folder / "splits.npz"))
    splits["train_rows"][[0, 1]] = splits["train_rows"][[1, 0]]
    np.savez(tmp_path / "splits.npz", **splits)
    (tmp_path / "reproduce.py").write_bytes((plain.folder / "reproduce.py").read_bytes())
    assert "not the images of the run" in python(tmp_path, "reproduce.py", "--check", code=1)


def test_the_script_is_tidy_and_knows_nothing_of_us(taken):
    path = taken.folder / "reproduce.py"
    for words in (["format", "--check"], ["check", "--select", "E,F,I,B,UP"]):
        words = [sys.executable, "-m", "ruff", *words, "--isolated", "--line-length", "120", str(path)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stdout + done.stderr
    imported = [
        line.split()[1].split(".")[0] for line in path.read_text("utf-8").splitlines() if " import " in f" {line}"
    ]
    assert not {"core", "dashboard", "models", "fitscope"} & set(imported)


def test_the_notebook_is_one_and_has_the_code_of_the_script(taken):
    notebook = json.loads((taken.folder / "reproduce.ipynb").read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert len({one["id"] for one in notebook["cells"]}) == len(notebook["cells"])
    needed = {"markdown": {"cell_type", "id", "metadata", "source"}}
    needed["code"] = needed["markdown"] | {"execution_count", "outputs"}
    assert all(set(one) == needed[one["cell_type"]] for one in notebook["cells"])
    first, *rest = ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == "code"]
    script = (taken.folder / "reproduce.py").read_text("utf-8")
    assert len(rest) == 5
    places = [script.index(code) for code in rest]
    assert places == sorted(places)
    assert "argparse" not in first


def test_the_notebook_runs_from_its_first_cell_to_its_last(plain):
    run_cells = (
        "import json; names = {'__name__': '__main__'}\n"
        "for one in json.load(open('reproduce.ipynb', encoding='utf-8'))['cells']:\n"
        "    if one['cell_type'] == 'code': exec(''.join(one['source']), names)"
    )
    printed = python(plain.folder, "-c", run_cells)
    assert accuracy_said(printed) == pytest.approx(plain.run.status.result["test_accuracy"], abs=CLOSE)


# What does not agree


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


def test_a_form_that_is_the_end_of_the_process_of_keras_keeps_no_other(tmp_path):
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


def test_whoever_waits_for_keras_hears_when_the_export_is_left(tmp_path):
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
