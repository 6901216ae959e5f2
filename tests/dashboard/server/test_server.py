"""The web server's side: no Keras in it, JSON under /api, Plotly from the package."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from core.runs.store import RunStore
from core.training.convert import write_litert
from tests.made.served import dashboard
from tests.made.workers import PATIENCE

ROOT = Path(__file__).resolve().parents[3]

SERVER_SIDE = """
import sys
sys.path.insert(0, {root!r})
import numpy as np
import dashboard.app
from dashboard import actions, resources
from dashboard.experiments import form as questions, in_view
from dashboard.images import gallery
from dashboard.runs import live, table
from dashboard.train import form, preview
from core.network.inference import Network
images = np.load({images!r})
answers = Network({network!r}).probabilities(images)
assert answers.shape == (len(images), 10)
loaded = [name for name in ("keras", "tensorflow", "jax", "optuna") if name in sys.modules]
assert not loaded, loaded
print("clean")
"""


@pytest.mark.slow
def test_the_server_side_classifies_without_keras(tmp_path):
    import keras

    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    )
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), dtype=np.uint8)
    write_litert(model, tmp_path / "network.tflite", images, model.predict(images / np.float32(255), verbose=0))
    np.save(tmp_path / "images.npy", images)
    script = SERVER_SIDE.format(
        root=str(ROOT), images=str(tmp_path / "images.npy"), network=str(tmp_path / "network.tflite")
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "clean" in done.stdout


@pytest.mark.slow
def test_a_wrong_export_is_not_offered(tmp_path):
    import keras

    from core.errors import TrainingError

    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    )
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), dtype=np.uint8)
    with pytest.raises(TrainingError, match="differs from Keras's"):
        write_litert(model, tmp_path / "network.tflite", images, np.full((5, 10), 0.1, np.float32))
    assert not (tmp_path / "network.tflite").exists()


@pytest.mark.slow
def test_routes_answer_beside_the_pages(tmp_path):
    with dashboard(tmp_path / "runs") as running:
        with urllib.request.urlopen(f"{running.address}/fitscope/plotly.min.js", timeout=PATIENCE) as answer:
            assert answer.headers["Content-Type"].startswith("text/javascript")
            assert b"plotly" in answer.read(200_000).lower()
        for method in ("GET", "POST", "DELETE"):
            request = urllib.request.Request(f"{running.address}/api/nothing", method=method)
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=PATIENCE)
            assert refused.value.code == 404
            assert "error" in json.load(refused.value)
    assert RunStore(running.runs).all() == []
