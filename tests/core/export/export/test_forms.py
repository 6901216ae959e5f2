"""Every form of an exported network answers as Keras did, also through its own predict.py."""

import json
import os
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from ai_edge_litert.interpreter import Interpreter
from PIL import Image
from sklearn.metrics import accuracy_score

from core.data.reading.decode import open_picture
from core.errors import TrainingError
from core.export import written
from core.export.checked import KerasProcess
from core.network.classifier import classifier
from core.recipe import architectures
from core.recipe.network import ACTIVATIONS
from core.training.convert import AGREE, single_precision
from tests.made.workers import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("export")]  # its two networks are exported once


CLOSE = 0.02  # of accuracy, between a run and its repetition: 7 of 360 test images, a third of what a seed changes


FLOATS = ("network.keras", "network.tflite", "network.onnx", "network.weights.h5")


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


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """One such Python for several scripts, each of which would import Keras again."""
    with KerasProcess(tmp_path_factory.mktemp("clean")) as keras:
        yield keras


def accuracy_said(printed):
    """The accuracy in the last line of the script, 0..1."""
    return float(printed.strip().splitlines()[-1].split("%")[0]) / 100


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
        (["nowhere.png"], 1, "it cannot be opened"),
        (["classes.json"], 1, "it is not a picture that can be read; save it as JPEG or PNG"),
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


def test_the_script_trains_the_network_again(taken, rich, tmp_path, clean):
    script = str(taken.folder / "reproduce.py")
    printed = clean.ask([script]) if taken is rich else python(tmp_path, script)
    assert accuracy_said(printed) == pytest.approx(taken.run.status.result["test_accuracy"], abs=CLOSE)
    begun = next(line for line in printed.splitlines() if line.startswith("epoch 1:"))
    first = taken.run.history.epochs[0]
    assert float(begun.split("loss ")[1].split(",")[0]) == pytest.approx(first["val_loss"], abs=0.02)


def test_the_script_refuses_other_images(plain, tmp_path, clean):
    splits = dict(np.load(plain.folder / "splits.npz"))
    splits["train_rows"][[0, 1]] = splits["train_rows"][[1, 0]]
    np.savez(tmp_path / "splits.npz", **splits)
    (tmp_path / "reproduce.py").write_bytes((plain.folder / "reproduce.py").read_bytes())
    with pytest.raises(TrainingError, match="ValueError: These are not the images of the run"):
        clean.ask([str(tmp_path / "reproduce.py"), "--check"])


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


def test_the_notebook_runs_from_its_first_cell_to_its_last(plain, tmp_path, clean):
    run_cells = (
        f"import json, os; os.chdir({str(plain.folder)!r}); names = {{'__name__': '__main__'}}\n"
        "for one in json.load(open('reproduce.ipynb', encoding='utf-8'))['cells']:\n"
        "    if one['cell_type'] == 'code': exec(''.join(one['source']), names)"
    )
    (tmp_path / "notebook.py").write_text(run_cells, "utf-8")
    printed = clean.ask([str(tmp_path / "notebook.py")])
    assert accuracy_said(printed) == pytest.approx(plain.run.status.result["test_accuracy"], abs=CLOSE)
