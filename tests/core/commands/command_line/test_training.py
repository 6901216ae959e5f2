"""The command line trains, stops and resumes in the foreground, and leaves on Ctrl-C."""

import json
import os
import shutil
import signal
import subprocess

import pytest

from core.__main__ import main
from core.commands.train import as_expected
from core.files import write_json
from core.recipe.config import TrainingConfig
from core.runs import cost
from core.runs.store import RunStore
from tests.core.commands.command_line.made import QUICK
from tests.made.forked import Python
from tests.made.runs import make_run
from tests.made.workers import PATIENCE, command, curves, start_command, start_worker, started_in, wait_until

RESULT = {"run_id", "state", "test_accuracy", "test_loss", "n_test", "epochs", "parameters", "seconds"}


def test_a_waiting_run_is_stopped_at_once(store, capsys):
    run = store.create(TrainingConfig())
    assert main(["stop", "latest"]) == 0
    assert run.state == "stopped"
    assert capsys.readouterr().out == f"Run {run.id} is stopped.\n"


@pytest.mark.parametrize("state", ["finished", "failed", "lost", "damaged"])
def test_there_is_nothing_to_stop_where_nothing_runs(store, capsys, state):
    run = make_run(store, state)
    assert main(["stop", run.id]) == 0
    assert "nothing to stop" in capsys.readouterr().out
    assert not run.stop_asked


def test_what_a_run_took_is_held_against_what_was_expected(store):
    run = make_run(store, "finished")
    assert as_expected(run) == []  # nobody knew
    cost.save(run, cost.Foretold(40.0, predicted=True, at_most=True, memory=800_000_000))
    status = json.loads((run.folder / "status.json").read_text("utf-8"))
    write_json(run.folder / "status.json", {**status, "since": run.attempts[0]["at"] + 30})
    lines = (run.folder / "events.jsonl").read_text("utf-8").splitlines()
    told = [{**json.loads(line), "used": {"cores": 1.0, "memory": 1_000_000_000}} for line in lines]
    (run.folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in told), "utf-8")
    assert as_expected(store.get(run.id)) == [
        "Expected: at most 40 s; it took 30 s (-25%).",
        "Expected memory: 800 MB; at most it had 1,000 MB (+25%).",
    ]
    assert as_expected(make_run(store, "stopped")) == []


@pytest.fixture(scope="module")
def trained(data_folder, tmp_path_factory):
    """What `train --json` said, with its run."""
    folder = tmp_path_factory.mktemp("trained")
    words = ("train", *QUICK, "--set", "seed=4", "--name", "Élan", "--json")
    done = command(*words, start=subprocess.Popen, FITSCOPE_RUNS=str(folder))  # as a program of its own
    return done, RunStore(folder)


@pytest.mark.slow
def test_the_last_line_is_one_json_object_with_the_result(trained):
    done, store = trained
    assert done.returncode == 0
    told = json.loads(done.stdout.splitlines()[-1])
    assert set(told) == RESULT
    run = store.get("latest")
    assert told["run_id"] == run.id
    assert (told["state"], told["epochs"], told["n_test"]) == ("finished", 3, 360)
    assert told == {**told, **{name: run.status.result[name] for name in RESULT - {"run_id", "state"}}}
    assert 0 < told["test_accuracy"] <= 1
    assert told["parameters"] == run.history.start["parameters"]
    assert run.meta.name == "Élan"
    assert run.config == TrainingConfig(epochs=3, seed=4)


@pytest.mark.slow
def test_the_screen_shows_the_epochs_and_no_chatter_of_libraries(trained):
    done, store = trained
    lines = done.stderr.splitlines()
    assert lines[0] == f"run {store.get('latest').id}"
    assert [line.split(":")[0] for line in lines[1:]] == ["epoch 1", "epoch 2", "epoch 3"]
    assert (store.get("latest").folder / "worker.log").exists()  # where the chatter is


@pytest.mark.slow
def test_the_same_recipe_trained_in_the_background_gives_the_same_network(trained, store):
    _, foreground = trained
    run = store.create(foreground.get("latest").config)
    assert start_worker(run).wait(timeout=PATIENCE) == 0
    assert curves(run) == curves(foreground.get("latest"))
    times = {"seconds": 0}
    assert {**run.status.result, **times} == {**foreground.get("latest").status.result, **times}


@pytest.mark.slow
def test_a_failed_training_says_why_once(store):
    diverging = {"activation": "leaky_relu", "learning_rate": "1.0", "optimizer": "sgd", "batch_size": "16"}
    done = command("train", "--json", *(part for pair in diverging.items() for part in ("--set", "=".join(pair))))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("a smaller one, for example 0.1") == 1
    assert store.get("latest").state == "failed"


@pytest.mark.slow
def test_a_training_is_stopped_and_resumed_from_other_processes(store):
    process = start_command("train", "--json", "--set", "epochs=60", "--set", "dropout=0.4")
    wait_until(lambda: store.all() and len(store.all()[0].history.epochs) >= 3)
    stopping = command("stop", "latest")
    assert stopping.returncode == 0
    assert stopping.stdout.endswith("is stopped.\n")
    run = store.get("latest")
    # at once: the stopped process still tests its network, and is waited for
    resumed = command("resume", run.id, "--json")
    told = json.loads(process.communicate(timeout=PATIENCE)[0].splitlines()[-1])
    assert (process.returncode, told["run_id"]) == (0, run.id)
    assert resumed.returncode == 0
    assert json.loads(resumed.stdout.splitlines()[-1])["epochs"] == 60
    assert run.state == "finished"
    assert len(run.attempts) == 2

    straight = command("train", "--json", "--set", "epochs=60", "--set", "dropout=0.4")
    figures = ("test_accuracy", "test_loss", "epochs")
    ends = [json.loads(done.stdout.splitlines()[-1]) for done in (resumed, straight)]
    assert [ends[0][name] for name in figures] == [ends[1][name] for name in figures]
    assert curves(run) == curves(store.get("latest"))


@pytest.mark.slow
def test_ctrl_c_in_the_foreground_keeps_the_network(store):
    with started_in("foreground"):
        process = training("epochs=500")
    wait_until(lambda: store.all() and len(store.all()[0].history.epochs) >= 3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    run = store.get("latest")
    assert process.returncode == 0
    assert run.state == "stopped"
    assert (run.folder / "network.keras").exists()
    assert (run.folder / "network.tflite").exists()
    assert f"python -m core resume {run.id}" in out
    assert "Traceback" not in err


@pytest.mark.slow
def test_ctrl_c_leaves_a_training_in_the_background_alone_and_stop_ends_it(store):
    with started_in("background"):
        process = training("epochs=500")
    wait_until(lambda: store.all() and len(store.all()[0].history.epochs) >= 3)
    process.send_signal(signal.SIGINT)
    run, seen = store.get("latest"), len(store.all()[0].history.epochs)
    wait_until(lambda: len(run.history.epochs) >= seen + 3)
    assert run.state == "running"
    assert command("stop", run.id).stdout == f"Run {run.id} is stopped.\n"
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert (run.folder / "network.tflite").exists()


@pytest.mark.slow
def test_ctrl_c_before_the_training_leaves_nothing(runs_folder):
    with started_in("foreground"):
        process = training("epochs=20", start=subprocess.Popen)
    wait_until(lambda: imports_tensorflow(process.pid))
    process.send_signal(signal.SIGINT)
    err = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130
    assert err == "fitscope: interrupted.\n"
    assert not runs_folder.exists()


@pytest.mark.slow
def test_a_full_disk_is_one_clear_line_and_can_be_gone_on_from(store):
    run = make_run(store, "lost", TrainingConfig(epochs=2), epochs=1)
    shutil.rmtree(run.checkpoints)
    run.checkpoints.mkdir()
    (run.folder / "events.jsonl").unlink()
    (run.folder / "events.jsonl").symlink_to("/dev/full")
    done = command("resume", run.id)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("fitscope: The disk is full")
    assert run.state == "failed"
    (run.folder / "events.jsonl").unlink()
    done = command("resume", run.id, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[-1])["epochs"] == 2


@pytest.mark.slow
def test_the_queue_without_a_dashboard_trains_and_leaves_on_ctrl_c(store):
    run = store.create(TrainingConfig(epochs=2))
    with started_in("foreground"):
        process = start_command("schedule", start=subprocess.Popen)  # it starts a worker, also a program
    try:
        wait_until(lambda: run.state == "finished")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "trainings go on" in out


def test_a_damaged_status_does_not_hide_how_to_go_on(store, capsys):
    run = make_run(store, "stopped")
    write_json(run.folder / "status.json", {"state": "stopped"})
    assert main(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["state"] == "lost"


def training(*settings, start=Python):
    words = [word for setting in settings for word in ("--set", setting)]
    return start_command("train", *words, start=start)


def imports_tensorflow(pid):
    try:
        with open(f"/proc/{pid}/maps") as maps:
            return "tensorflow" in maps.read()
    except OSError:
        pytest.skip("this system does not tell what a process has loaded")
    return os.getpid() < 0
