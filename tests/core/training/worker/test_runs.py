"""A worker trains a run to its end, and neither stop nor kill loses anything."""

import json
import os
import random
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from core.data import imported
from core.data.dataset import Images, Splits
from core.errors import DataError
from core.evaluation.intervals import wilson
from core.files import read_json, read_json_lines
from core.network.classifier import classifier
from core.network.inference import Network
from core.queue.executor import WarmWorker
from core.recipe.config import TrainingConfig
from core.runs import cost, diary
from core.runs.recorder import Recorder, read_snapshot
from core.runs.reports import EpochDone, StepsDone
from tests.core.training.worker.made import LONG, SHORT, hand_over, progress
from tests.made import by_name
from tests.made.hostile import saved
from tests.made.workers import PATIENCE, ROOT, cpu_seconds, curves, start_worker, train_here, wait_until

KILLS = 8


REEVALUATE = """
import json, sys
import keras, numpy as np
from core.data.catalogue import dataset
from core.training.prepare import prepare
from core.recipe.config import TrainingConfig
folder = sys.argv[1]
config = TrainingConfig.from_dict(json.load(open(folder + "/config.json")))
splits = prepare(dataset(config.dataset), config)
network = keras.models.load_model(folder + "/network.keras")
found = {}
for name in ("validation", "test"):
    split = getattr(splits, name)
    network.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = network.evaluate(np.asarray(split.images, "float32") / 255, np.asarray(split.labels), verbose=0)
    found[name] = {"loss": loss, "accuracy": accuracy}
print(json.dumps(found))
"""


@pytest.mark.slow
def test_a_worker_trains_a_run_to_its_end(finished):
    assert finished.state == "finished"
    assert [epoch["epoch"] for epoch in finished.history.epochs] == list(range(1, SHORT.epochs + 1))
    assert "trains" in finished.log()
    used = cost.used(finished.history)
    assert 0 < used.cores <= os.cpu_count() + 0.1
    assert 1e8 < used.memory < 1e10  # TensorFlow alone has some hundred megabytes
    assert used.gpu_memory is None or "CPU" not in finished.history.start["device"]


@pytest.mark.slow
def test_the_test_accuracy_comes_with_n_and_its_interval(finished):
    result, n = finished.status.result, len(by_name.load("digits").test)
    assert result["n_test"] == n
    assert result["interval"] == list(wilson(round(result["test_accuracy"] * n), n))


@pytest.mark.slow
def test_the_written_answers_belong_to_the_test_images_in_their_order(finished):
    test, result = by_name.load("digits").test, finished.status.result
    with np.load(finished.folder / "evaluation.npz") as answers:
        np.testing.assert_array_equal(answers["test_labels"], test.labels)
        right = answers["test_probabilities"].argmax(axis=1) == test.labels
        validation = answers["validation_probabilities"].argmax(axis=1) == answers["validation_labels"]
    assert right.mean() == pytest.approx(result["test_accuracy"], abs=1e-12)
    assert validation.mean() == pytest.approx(result["val_accuracy"], abs=1e-12)


@pytest.mark.slow
def test_an_independent_evaluation_of_the_saved_network_finds_the_same_numbers(finished):
    command = [sys.executable, "-c", REEVALUATE, str(finished.folder)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True)
    found, result = json.loads(answer.stdout.splitlines()[-1]), finished.status.result
    kept = finished.history.epochs[result["kept_epoch"] - 1]
    assert kept == finished.history.best
    assert found["test"]["accuracy"] == pytest.approx(result["test_accuracy"], abs=1e-6)
    assert found["test"]["loss"] == pytest.approx(result["test_loss"], abs=1e-5)
    assert found["validation"]["accuracy"] == pytest.approx(kept["val_accuracy"], abs=1e-6)
    assert found["validation"]["loss"] == pytest.approx(kept["val_loss"], abs=1e-5)


@pytest.mark.slow
def test_the_network_for_the_web_server_agrees_with_keras(finished):
    answers = np.load(finished.folder / "evaluation.npz")["test_probabilities"]
    ours = Network(finished.folder / "network.tflite").probabilities(by_name.load("digits").test.images)
    np.testing.assert_allclose(ours, answers, atol=1e-4)


@pytest.mark.slow
def test_stop_is_obeyed_within_a_second_and_resume_goes_on(store):
    run = store.create(LONG)
    worker = start_worker(run)
    wait_until(lambda: len(run.history.epochs) >= 3)
    began = cpu_seconds(worker.pid)
    run.ask_to_stop()
    wait_until(lambda: run.state == "stopped")
    assert cpu_seconds(worker.pid) - began < 2  # of calculation, on two cores
    assert worker.wait(timeout=PATIENCE) == 0
    assert run.state == "stopped"
    assert run.status.result["n_test"] == 360  # the network so far is tested and kept
    done = len(run.history.epochs)
    assert progress(run, "last")["epoch"] == done
    assert progress(run, "best")["epoch"] == run.history.best["epoch"] == run.status.result["kept_epoch"]

    before = curves(run)
    run.ask_to_start()
    assert run.state == "queued"
    worker = start_worker(run)
    wait_until(lambda: len(run.history.epochs) > done + 2)
    run.ask_to_stop()
    worker.wait(timeout=PATIENCE)
    assert curves(run)[:done] == before
    assert [epoch["epoch"] for epoch in run.history.epochs] == list(range(1, len(run.history.epochs) + 1))


@pytest.mark.slow
def test_a_stop_before_the_first_step_leaves_a_run_that_can_start_over(store):
    run = store.create(SHORT)
    run.ask_to_stop()
    assert start_worker(run).wait(timeout=PATIENCE) == 0
    assert run.state == "stopped"
    assert run.history.epochs == []
    assert train_here(run) == 0
    assert run.state == "finished"
    assert len(run.history.epochs) == SHORT.epochs


@pytest.mark.slow
def test_a_run_that_was_stopped_and_resumed_often_equals_the_straight_one(store):
    config = TrainingConfig(epochs=12, dropout=0.5, reduce_lr_patience=1, early_stopping_patience=6)
    straight, halting = store.create(config, queue=False), store.create(config, queue=False)
    assert train_here(straight) == 0

    def stop_now_and_then(report):
        if isinstance(report, StepsDone) and report.epoch in (2, 5, 6) and report.epoch not in stopped:
            stopped.append(report.epoch)
            halting.ask_to_stop()

    stopped: list[int] = []
    for _ in range(4):
        assert train_here(halting, stop_now_and_then) == 0
    assert stopped == [2, 5, 6]
    assert halting.state == "finished"
    assert curves(halting) == curves(straight)
    np.testing.assert_array_equal(probabilities(halting), probabilities(straight))
    assert diary_of(halting) == diary_of(straight)


@pytest.mark.slow
def test_a_run_killed_again_and_again_equals_the_uninterrupted_one(store, tmp_path):
    """SIGKILL at random moments: most while epochs are being written, some while the worker gets ready."""
    config = TrainingConfig(epochs=70, dropout=0.5, batch_size=32, reduce_lr_patience=4)
    random_moment = random.Random(20)
    straight, killed = store.create(config), store.create(config)
    workers = [WarmWorker(tmp_path / "log") for _ in range(3)]  # two get ready while one trains
    hand_over(straight, workers.pop(0))
    for kill in range(KILLS):
        worker = workers.pop(0)
        workers.append(WarmWorker(tmp_path / "log"))
        wait_until(lambda worker=worker: worker.device)
        assert killed.state == ("lost" if kill else "queued")
        before = epochs_written(killed)
        hand_over(killed, worker)
        if kill % 5 == 3:
            time.sleep(random_moment.uniform(0, 1.0))  # while it gets ready, or in its first steps
        else:
            wait_until(lambda before=before: epochs_written(killed) > before)
            time.sleep(random_moment.uniform(0, 0.15))
        worker.process.kill()
        worker.process.wait()
    workers.pop().dismiss()
    hand_over(killed, workers[0])
    assert workers[0].process.wait(timeout=PATIENCE) == 0

    reached = [line["first_epoch"] for line in events(killed) if line["event"] == "started"]
    assert len(killed.attempts) == KILLS + 1
    assert len(set(reached)) > KILLS // 3  # the kills came in many different epochs
    assert [epoch["epoch"] for epoch in killed.history.epochs] == list(range(1, config.epochs + 1))
    wait_until(lambda: straight.state == "finished")
    assert curves(killed) == curves(straight)  # to the last bit
    np.testing.assert_array_equal(probabilities(killed), probabilities(straight))
    assert diary_of(killed) == diary_of(straight)


def test_a_kill_between_the_last_and_the_best_snapshot_does_not_lose_the_best(store):
    run = store.create(SHORT, queue=False)
    recorder = Recorder(run)
    for epoch in (1, 2):
        recorder(epoch_done(epoch))
    (run.checkpoints / "best.npz").unlink()
    Recorder(run)._checkpoint("last", snapshot_of(3, best=3))  # and here the kill
    last, best = Recorder(run).snapshots()
    assert last is best
    assert best["v0000"][0] == 3
    assert read_snapshot(run.checkpoints / "best.npz")["v0000"][0] == 3


def test_the_best_snapshot_stays_while_later_epochs_are_worse(store):
    recorder = Recorder(store.create(SHORT, queue=False))
    recorder(epoch_done(1))
    recorder(epoch_done(2, best=1))
    last, best = recorder.snapshots()
    assert (last["v0000"][0], best["v0000"][0]) == (2, 1)


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04" + bytes(50), None], ids=repr)
def test_a_damaged_snapshot_is_told_with_what_to_do(store, content):
    run = store.create(SHORT, queue=False)
    recorder = Recorder(run)
    recorder(epoch_done(1))
    path = run.checkpoints / "last.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(DataError, match=r"is damaged \(.*Train"):
        recorder.snapshots()


def events(run):
    return read_json_lines(run.folder / "events.jsonl")


def epochs_written(run):
    """Lines about epochs, those that were repeated too."""
    return sum(line["event"] == "epoch" for line in events(run))


def diary_of(run):
    """A byte for each of the training images, which are all scored, and each epoch."""
    content = (run.folder / diary.FILE).read_bytes()
    assert len(content) == len(run.history.epochs) * run.history.start["n_scored"]
    return content


def probabilities(run):
    return np.load(run.folder / "evaluation.npz")["test_probabilities"]


def snapshot_of(epoch, best):
    told = {"epoch": epoch, "stopping": {"best": 0.1, "best_epoch": best, "wait": 0}, "schedule": {}, "network": 1}
    return {"v0000": np.full(3, epoch, np.float32), "progress": np.array(json.dumps(told))}


def epoch_done(epoch, best=None):
    best = best or epoch
    return EpochDone(epoch, 1.0, 0.5, 1.0, 0.5, 1e-3, 0.1, best == epoch, lambda: snapshot_of(epoch, best))


@pytest.mark.slow
def test_a_network_opens_pictures_by_the_scale_of_its_dataset(store, own_data_folder, tmp_path):
    """A dark scan of 12 bits is as dark to the network that learnt from such scans as it was in the dataset."""
    images = Images(np.tile(np.arange(40, dtype=np.uint8)[:, None, None, None] * 6, (1, 16, 16, 1)), np.arange(40) % 2)
    scans = imported.create("Scans", Splits(images, images), ("a", "b"), white=4095)
    run = store.create(TrainingConfig(dataset=scans, architecture="softmax", epochs=1), queue=False)
    assert train_here(run) == 0
    assert read_json(run.folder / "preprocessing.json")["white"] == 4095
    dark = saved(Image.fromarray(np.full((16, 16), 409, np.uint16)), "PNG")
    asked = classifier(run)
    assert set(asked.see(asked.opened(dark)).pixels.ravel().tolist()) == {25}  # 409 / 4095 · 255 = 25.5
