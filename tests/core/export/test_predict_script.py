"""The exported predict.py opens, prepares and names every picture as `core predict` and the HTTP API do."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from core.data import cache
from core.data.catalogue import dataset
from core.data.reading.decode import Refused
from core.export.checked import CARRIED
from core.network.classifier import Classifier
from core.network.predict import predict
from core.pictures import picture_file, preprocessing
from core.pictures.ink import preprocessing as measured
from core.pictures.preprocessing import scaled
from tests.made.odd_pictures import BLANK, READ, REFUSED, odd_pictures
from tests.made.workers import PATIENCE

pytestmark = pytest.mark.slow

CLASSES = ("0", "naïve café", "猫", "🐱", "кошка", "кошки", "$1", "7", "a b", "9")
SIDE = 8


def network(path):
    """A network that tells pictures apart, without a training: what 64 pixels weigh for each class is drawn."""
    weights = np.random.default_rng(0).normal(0, 1, (SIDE * SIDE, len(CLASSES))).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["pixels"], ["row"]),
            helper.make_node("MatMul", ["row", "weights"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        ],
        "drawn",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", SIDE, SIDE, 1])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", len(CLASSES)])],
        [numpy_helper.from_array(weights, "weights")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


class Asked:
    """The same network as the product asks it."""

    def __init__(self, path):
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def probabilities(self, images):
        return self.session.run(None, {"pixels": scaled(images)})[0]


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """An unpacked export with all that predict.py needs, and the classifier of the product."""
    folder = tmp_path_factory.mktemp("export")
    network(folder / "network.onnx")
    for file in (CARRIED / "predict.py", picture_file.__file__, preprocessing.__file__):
        shutil.copy(file, folder)
    sees = measured(cache.load(dataset("digits")).test.images)
    assert sees.ink
    (folder / "preprocessing.json").write_text(json.dumps(asdict(sees)), "utf-8")
    (folder / "classes.json").write_text(json.dumps(CLASSES, ensure_ascii=False), "utf-8")
    return folder, Classifier(Asked(folder / "network.onnx"), sees, CLASSES)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for name, content in odd_pictures().items():
        (folder / name).write_bytes(content)
    return folder


def ask(export, *words, encoding="utf-8"):
    """What predict.py prints, and what it complains of, on a console of that encoding."""
    done = subprocess.run(
        [sys.executable, "-s", "predict.py", "--model", "network.onnx", *map(str, words)],
        cwd=export[0],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": ""},
        capture_output=True,
        timeout=PATIENCE,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode(encoding, "replace")
    return done.stdout.decode(encoding), done.stderr.decode(encoding)


def test_every_odd_picture_is_answered_as_the_product_does(export, pictures):
    said, complained = ask(export, *(pictures / name for name in odd_pictures()), "--json")
    answers = {one["picture"].rpartition(os.sep)[2]: one for one in map(json.loads, said.splitlines())}
    refusals = dict(line.rpartition(os.sep)[2].split(": ", 1) for line in complained.splitlines())
    assert set(answers) == {*READ, *BLANK}
    assert set(refusals) == set(REFUSED)
    for name in answers:
        expected = predict(export[1], odd_pictures()[name]).told[0]
        assert answers[name]["blank"] == expected.blank, name
        assert answers[name]["probabilities"] == pytest.approx(expected.probabilities, abs=1e-5), name
    for name, reason in refusals.items():
        with pytest.raises(Refused) as refused:
            predict(export[1], odd_pictures()[name])
        assert str(refused.value) == reason


def test_every_form_of_the_drawing_is_seen_as_the_plain_one(export):
    """Grey levels may differ by what JPEG loses; white ink on a transparent ground is ink all the same."""
    seen = {name: export[1].see(export[1].opened(odd_pictures()[name])).pixels.astype(int) for name in READ}
    for name, pixels in seen.items():
        np.testing.assert_allclose(pixels, seen["plain.png"], atol=40, err_msg=name)
        assert np.abs(pixels - seen["plain.png"]).mean() < 4, name


@pytest.mark.parametrize("name", BLANK[1:])
def test_a_picture_with_nothing_on_it_gets_no_class(export, pictures, name):
    said, _ = ask(export, pictures / name)
    assert said.splitlines()[1:] == ["  nothing on it stands out from the ground"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_console_that_lacks_a_letter_is_no_reason_to_stop(export, pictures, encoding):
    said, _ = ask(export, pictures / "plain.png", "--top", "10", encoding=encoding)
    lines = [line.split(maxsplit=1)[1] for line in said.splitlines()[1:]]
    assert sorted(lines) == sorted(one.encode(encoding, "replace").decode(encoding) for one in CLASSES)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_json_keeps_every_class_apart_on_any_console(export, pictures, encoding):
    said, _ = ask(export, pictures / "plain.png", "--json", encoding=encoding)
    assert tuple(json.loads(said)["probabilities"]) == CLASSES


def test_the_scale_of_the_dataset_travels_with_the_export(export, pictures, tmp_path):
    """A network that learnt from scans of 12 bits sees a dark scan as dark, here and there."""
    folder = tmp_path / "export"
    shutil.copytree(export[0], folder)
    sees = preprocessing.Preprocessing(SIDE, 1, white=4095)
    (folder / "preprocessing.json").write_text(json.dumps(asdict(sees)), "utf-8")
    asked = Classifier(export[1].network, sees, CLASSES)
    said, complained = ask((folder,), pictures / "eight_in_sixteen.png", pictures / "sixteen.png", "--json")
    assert asked.see(asked.opened(odd_pictures()["eight_in_sixteen.png"])).pixels.max() == 16  # 255 / 4095 · 255
    expected = predict(asked, odd_pictures()["eight_in_sixteen.png"]).told[0].probabilities
    assert json.loads(said)["probabilities"] == pytest.approx(expected, abs=1e-5)
    assert "only 0 to 4095 can be shown" in complained
