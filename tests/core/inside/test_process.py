"""The process that looks into networks answers, tells what is wrong, and comes back when it dies."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest

from core.errors import FitscopeError, RunError
from core.files import read_json, write_json
from core.inside import client as explainer_client
from core.inside import process as explainer
from core.inside import weights as networks
from core.inside.client import Explainer
from core.inside.explanation import explanations
from core.network.inference import Network
from core.processes.child import Child
from core.runs import checkpoints
from tests.made import by_name
from tests.made.workers import ROOT, cpu_seconds, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("inside process"),
]  # trains, starts Keras in a process of its own

EPOCHS = 2


@pytest.fixture
def client(tmp_path):
    """A process of its own for one test."""
    client = Explainer(tmp_path / "logs" / "explainer.log")
    yield client
    client.close()


def pictures(n=1, split="test"):
    return np.asarray(getattr(by_name.load("digits"), split).images[:n])


def process(client):
    return psutil.Process(client._process.process.pid)


@pytest.fixture(autouse=True)
def place(tmp_path):
    """A scratch folder for one test: in the one of all, other tests at work are seen too."""
    home = tmp_path / "scratch"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.scratch.scratch_home", lambda: home)
        yield home


def damage(run, epoch):
    path = run.checkpoints / f"epoch-{epoch:04d}.npz"
    path.write_bytes(path.read_bytes()[:500])


def test_the_network_of_the_kept_epoch_answers_as_the_exported_one(trained):
    images = pictures(64)
    reference = Network(trained.folder / "network.tflite").probabilities(images)
    model = networks.network(trained)
    answers = np.asarray(model(images.astype(np.float32) / 255, training=False))
    assert np.abs(answers - reference).max() <= 1e-4
    kept = trained.status.result["kept_epoch"]
    assert networks.shown_epoch(trained) == kept
    for variable, weight in zip(model.variables, checkpoints.read(trained.checkpoints, kept), strict=True):
        np.testing.assert_array_equal(variable.numpy(), weight)  # the seeds of dropout too


def test_every_kept_epoch_can_be_looked_into(trained):
    assert checkpoints.epochs(trained.checkpoints) == [0, 1, 2]
    models = [networks.network(trained, epoch) for epoch in (0, 1, 2)]
    first = [np.asarray(model.variables[0].numpy()) for model in models]
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[1], first[2])


def test_without_a_result_the_newest_epoch_is_shown(run):
    write_json(run.folder / "status.json", {**read_json(run.folder / "status.json"), "result": None})
    assert networks.shown_epoch(run) == EPOCHS
    (run.checkpoints / f"epoch-{EPOCHS:04d}.npz").unlink()
    assert networks.shown_epoch(run) == EPOCHS - 1


def test_an_epoch_that_is_not_kept_is_told_with_those_that_are(run):
    with pytest.raises(RunError, match="0, 1, 2"):
        networks.network(run, 99)
    shutil.rmtree(run.checkpoints)
    with pytest.raises(RunError, match="kept no network"):
        networks.network(run)


def test_weights_of_another_network_are_refused(run):
    config = {**read_json(run.folder / "config.json"), "dense_units": 7}
    write_json(run.folder / "config.json", config)
    with pytest.raises(RunError, match="does not fit its recipe"):
        networks.network(run)


def test_weights_that_are_not_numbers_are_refused(run):
    weights = checkpoints.read(run.checkpoints, 1)
    weights[0][...] = np.nan
    np.savez(run.checkpoints / "epoch-0001.npz", **{f"v{place:04d}": weight for place, weight in enumerate(weights)})
    with pytest.raises(RunError, match="not numbers"):
        networks.network(run, 1)


def test_a_run_that_has_not_begun_is_told(run):
    (run.folder / "events.jsonl").unlink()
    with pytest.raises(RunError, match="has not begun"):
        networks.network(run)


@pytest.mark.parametrize("name", list(explanations()))
def test_every_explanation_arrives_whole(name, asked, trained, place):
    spec = explanations()[name]
    images = None if spec.kind == "network" else pictures(1 if spec.kind == "image" else 20)
    options = {"steps": 5} if name == "activation_maximisation" else {}
    arrived = asked.ask(trained, name, images, options=options)
    here = spec(networks.network(trained), images, options)
    assert arrived.facts["epoch"] == networks.shown_epoch(trained)
    assert set(arrived.facts) == {*here.facts, "epoch"}
    assert list(arrived.arrays) == list(here.arrays)
    for key, array in here.arrays.items():
        assert arrived.arrays[key].dtype == array.dtype
        if name not in ("histograms", "activation_maximisation"):  # where a last bit moves a number into the next bin
            np.testing.assert_allclose(arrived.arrays[key], array, atol=1e-3)
    assert not list(place.iterdir())


def test_epochs_differ(asked, trained):
    before, after = (asked.ask(trained, "filters", epoch=epoch) for epoch in (0, None))
    assert before.facts["epoch"] == 0
    assert after.facts["epoch"] == networks.shown_epoch(trained)
    assert not np.array_equal(before.arrays["conv2d"], after.arrays["conv2d"])


def test_the_feature_maps_end_with_the_answer_of_the_exported_network(asked, trained):
    images = pictures(8)
    reference = Network(trained.folder / "network.tflite").probabilities(images)
    for image, expected in zip(images, reference, strict=True):
        maps = asked.ask(trained, "feature_maps", image[None]).arrays
        assert np.abs(maps["dense_1"] - expected).max() <= 1e-4


def test_a_second_question_is_answered_at_once(asked, trained):
    asked.ask(trained, "feature_maps", pictures())
    seconds = []
    for _ in range(5):
        began = cpu_seconds(process(asked).pid)
        asked.ask(trained, "feature_maps", pictures())
        seconds.append(cpu_seconds(process(asked).pid) - began)
    assert min(seconds) < 0.3  # of calculation: nothing is imported or built anew


def test_each_of_many_viewers_gets_the_answer_to_his_own_question(asked, trained):
    epochs = [0, 1, 2] * 4
    with ThreadPoolExecutor(6) as viewers:
        answers = list(viewers.map(lambda epoch: asked.ask(trained, "filters", epoch=epoch), epochs))
    assert [answer.facts["epoch"] for answer in answers] == epochs
    for answer, again in zip(answers[:3], answers[3:6], strict=True):
        np.testing.assert_array_equal(answer.arrays["conv2d"], again.arrays["conv2d"])


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("magic", {}, "explanation=magic is unknown"),
        ("saliency", {"class": 10}, "class=10 is out of range"),
        ("saliency", {"colour": 1}, "no option called colour"),
        ("smooth_gradient", {"copies": "many"}, "copies=many is out of range"),
        ("grad_cam", {"layer": ["conv2d"]}, "could not be explained"),
    ],
)
def test_what_is_wrong_is_told_and_the_process_goes_on(name, options, words, asked, trained, place):
    pid = process(asked).pid if asked._process else None
    with pytest.raises(FitscopeError, match=words):
        asked.ask(trained, name, pictures(), options=options)
    assert asked.ask(trained, "filters").arrays
    assert pid in (None, process(asked).pid)
    assert not list(place.iterdir())


def test_a_damaged_epoch_is_told(asked, run):
    damage(run, 1)
    with pytest.raises(RunError, match="The network of epoch 1 was not kept"):
        asked.ask(run, "filters", epoch=1)
    assert asked.ask(run, "filters", epoch=0).arrays


@pytest.mark.slow
def test_after_its_death_the_next_question_is_answered(client, trained):
    assert client.ask(trained, "filters").arrays
    first = process(client)
    first.kill()
    wait_until(lambda: not client._process.alive)
    assert client.ask(trained, "filters").arrays
    assert process(client).pid != first.pid


@pytest.mark.slow
def test_a_death_in_the_middle_is_told(client, trained, monkeypatch):
    client.warm()
    monkeypatch.setattr(Child, "_write", lambda self, _what: self.process.kill())
    with pytest.raises(RunError, match="has stopped"):
        client.ask(trained, "filters")
    monkeypatch.undo()
    assert client.ask(trained, "filters").arrays


@pytest.mark.slow
def test_an_answer_that_takes_too_long_is_told_and_not_waited_for(client, trained, monkeypatch, place):
    monkeypatch.setattr(explainer_client, "SECONDS", 0.05)
    with pytest.raises(RunError, match=r"longer than 0.05 s"):
        client.ask(trained, "filters")
    assert not client._process.alive
    monkeypatch.undo()
    assert client.ask(trained, "filters").arrays
    assert not list(place.iterdir())


def test_a_question_while_others_are_asked_too_long_is_told(client, trained, monkeypatch):
    monkeypatch.setattr(explainer_client, "SECONDS", 0.05)
    with client._asking, pytest.raises(RunError, match="busy"):
        client.ask(trained, "filters")


def test_closing_ends_the_process_and_may_be_done_twice(client):
    client.close()
    client.warm()
    started = process(client)
    client.close()
    client.close()
    assert not started.is_running()


def test_it_runs_below_the_web_server_and_on_the_cpu(programs, client, trained, monkeypatch):
    monkeypatch.setenv("FITSCOPE_NICE", "7")
    assert client.ask(trained, "filters").arrays
    told = process(client)
    assert told.nice() == os.nice(0) + 7
    assert told.environ()["CUDA_VISIBLE_DEVICES"] == "-1"


@pytest.mark.slow
def test_a_process_whose_memory_is_full_is_followed_by_another(client, trained, monkeypatch):
    client.ask(trained, "filters")
    first = process(client)
    started = client._process
    started._answers.put({"id": started._asked + 1, "leaving": True, **RunError("Full.").as_json()})
    monkeypatch.setattr(Child, "_write", lambda _self, _what: None)
    with pytest.raises(RunError, match="Full"):
        client.ask(trained, "filters")
    monkeypatch.undo()
    assert client.ask(trained, "filters").arrays
    assert process(client).pid != first.pid


@pytest.mark.slow
def test_the_process_leaves_when_its_stdin_closes():
    started = subprocess.Popen(
        [sys.executable, "-m", "core.inside.process"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert json.loads(started.stdout.readline()) == {"ready": True}
    started.stdin.close()
    assert started.wait(20) == 0
    started.stdout.close()


def test_the_four_networks_last_looked_into_are_kept(trained, monkeypatch):
    loaded = []
    monkeypatch.setattr(networks, "network", lambda run, epoch: loaded.append(epoch) or object())
    known = explainer.Networks()
    for epoch in (0, 1, 2, 3, 0, 4, 0, 2, 1):  # 4 takes the place of 1, which nobody asked for since
        known.get(trained, epoch)
    assert loaded == [0, 1, 2, 3, 4, 1]


def test_the_side_of_the_server_does_not_import_keras():
    code = (
        "import sys, core.inside.client, core.inside.weights, core.inside.explanation as e; e.explanations();"
        "print([name for name in ('keras', 'tensorflow', 'sklearn', 'scipy') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
