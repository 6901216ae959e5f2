"""A worker refuses what it cannot train, and a full disk loses nothing."""

import shutil
import subprocess
import threading

import pytest

from core.errors import RunError
from core.queue.executor import WarmWorker
from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder, read_snapshot
from core.runs.reports import StepsDone
from core.runs.store import RunStore
from tests.core.training.worker.made import LONG, SHORT, hand_over, progress
from tests.made.workers import PATIENCE, curves, start_worker, train_here, wait_until


@pytest.mark.slow  # starts a worker, which imports Keras
def test_a_second_worker_refuses_a_run_that_is_being_trained(store):
    run = store.create(SHORT, queue=False)
    Recorder(run).status("running")
    with run.held():
        assert start_worker(run).wait(timeout=PATIENCE) == 1
        with pytest.raises(RunError, match="already being trained"), run.held():
            pass
    assert "already being trained" in run.log()
    assert len(run.attempts) == 1
    assert run.state == "running"


def test_a_run_that_is_about_to_be_let_go_is_waited_for(store):
    run = store.create(SHORT, queue=False)
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with run.held():
            held.set()
            let_go.wait(0.3)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    with run.held(wait=5):
        assert not holder.join()
    with run.held():  # and it was let go of again
        pass


@pytest.mark.slow
def test_a_worker_started_as_soon_as_a_killed_one_is_noticed_takes_over(store):
    """The threads of a killed process hold its locks for up to 0.2 s after it is seen as gone."""
    run = store.create(LONG)
    first = start_worker(run)
    spare = WarmWorker(store.folder / ".log")
    wait_until(lambda: run.history.epochs and spare.device)
    first.kill()
    wait_until(lambda: run.state == "lost")
    hand_over(run, spare)
    epochs = len(run.history.epochs)
    wait_until(lambda: len(run.history.epochs) > epochs)
    run.ask_to_stop()
    assert spare.process.wait(timeout=PATIENCE) == 0
    first.wait()


@pytest.mark.slow
def test_a_learning_rate_that_diverges_fails_with_advice(store):
    config = TrainingConfig(activation="leaky_relu", learning_rate=1.0, optimizer="sgd", batch_size=16)
    run = store.create(config, queue=False)
    assert train_here(run) == 1
    assert run.state == "failed"
    error = run.status.error
    assert "smaller one, for example 0.1" in error["template"].format(**error["values"])


@pytest.mark.slow
def test_mixed_precision_on_a_cpu_is_refused(store):
    from core.training.device import device

    if device().precision:
        pytest.skip("this machine has a GPU, where mixed precision is allowed")
    run = store.create(TrainingConfig(mixed_precision=True), queue=False)
    assert train_here(run) == 1
    error = run.status.error
    assert run.state == "failed"
    assert error["template"].format(**error["values"]).endswith("set it to false.")


@pytest.mark.slow
def test_a_full_disk_fails_the_run_and_spares_its_epochs(store):
    """The events go to a device that is always full."""
    run = store.create(SHORT, queue=False)
    stop_in_epoch(run, 3)
    log, last = run.folder / "events.jsonl", read_snapshot(run.checkpoints / "last.npz")
    shutil.move(log, run.folder / "saved")
    log.symlink_to("/dev/full")
    assert train_here(run) == 1
    assert run.state == "failed"
    assert "disk is full" in run.status.error["template"]
    after = read_snapshot(run.checkpoints / "last.npz")
    assert {name: value.tobytes() for name, value in last.items()} == {n: value.tobytes() for n, value in after.items()}

    log.unlink()
    shutil.move(run.folder / "saved", log)
    assert train_here(run) == 0
    straight = store.create(SHORT, queue=False)
    assert train_here(straight) == 0
    assert curves(run) == curves(straight)


@pytest.mark.slow
def test_a_disk_that_fills_up_while_training_loses_nothing_that_was_complete(small_disk):
    run = RunStore(small_disk / "runs").create(TrainingConfig(epochs=120))
    worker = start_worker(run)
    wait_until(lambda: len(run.history.epochs) >= 3)
    filler = small_disk / "filler"
    fill(filler)
    assert worker.wait(timeout=PATIENCE) == 1
    assert run.state in ("failed", "lost")
    error = (run.status.error or {}).get("template", "")
    assert "disk is full" in error + run.log()
    complete = len(run.history.epochs)
    assert 0 <= complete - progress(run, "last")["epoch"] <= 1

    filler.unlink()
    run.ask_to_start()
    assert start_worker(run).wait(timeout=PATIENCE) == 0
    assert run.state == "finished"
    assert [epoch["epoch"] for epoch in run.history.epochs] == list(range(1, 121))


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 4 MB; where that is not allowed, the test is skipped."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here; run the tests as root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path):
    with open(path, "ab", buffering=0) as file:
        for size in (2**16, 2**10, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def stop_in_epoch(run, epoch):
    def listen(report):
        if isinstance(report, StepsDone) and report.epoch == epoch:
            run.ask_to_stop()

    assert train_here(run, listen) == 0
    assert run.state == "stopped"
