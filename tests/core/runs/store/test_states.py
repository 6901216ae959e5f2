"""Runs are made and found, each in the state that its files say, and stopped and resumed."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RunError
from core.files import append_json, write_json
from core.processes.running import alive, started
from core.runs.recorder import Recorder
from core.runs.run import RESUMABLE
from core.runs.store import RunStore
from tests.core.runs.store.made import CONFIG, hand_to
from tests.made.runs import STATES, make_run
from tests.made.workers import wait_until


def test_a_new_run_is_queued_with_its_recipe(store):
    run = store.create(CONFIG, name="Élan", owner="Ada")
    assert run.state == "queued"
    assert run.config == CONFIG
    assert (run.meta.name, run.meta.owner) == ("Élan", "Ada")
    assert time.time() - run.meta.created < 5
    assert store.get(run.id) == store.get("latest") == run
    assert os.listdir(store.folder) == [run.id]


def test_runs_are_listed_newest_first_even_within_a_second(store):
    made = [store.create(CONFIG) for _ in range(6)]
    assert store.all() == made[::-1]
    assert store.get("latest") == made[-1]


def test_the_latest_run_is_the_latest_that_can_be_read(store):
    run = store.create(CONFIG)
    (store.folder / "zoo").mkdir()
    assert [one.id for one in store.all()] == ["zoo", run.id]
    assert store.get("latest") == run


def test_hidden_folders_and_files_are_no_runs(store):
    run = store.create(CONFIG)
    (store.folder / ".new-half").mkdir()
    (store.folder / "notes.txt").write_text("")
    (store.folder / "a file").write_text("")
    (store.folder / "loop").symlink_to("loop")
    assert store.all() == [run]


def test_no_folder_yet_means_no_runs(store):
    assert store.all() == store.queue() == []
    with pytest.raises(RunError, match="no run yet"):
        store.get("latest")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../secret", "/etc", "a/b", ".trash", "a\n", "a\0", "é" * 3, "x" * 300, "unknown", "C:\\x"]
)
def test_only_the_id_of_a_run_finds_a_run(store, name):
    store.create(CONFIG)
    (store.folder.parent / "secret").mkdir()
    for find in (store.get, store.restore):
        with pytest.raises(RunError):
            find(name)


@pytest.mark.parametrize("state", STATES)
def test_a_run_is_in_the_state_its_files_say(store, state):
    run = make_run(store, state)
    assert run.state == state
    assert (run.damage is not None) == (state == "damaged")


def test_a_worker_goes_from_starting_to_running_to_finished(store, sleeper):
    run = store.create(CONFIG)
    recorder = hand_to(run, sleeper)
    assert run.state == "starting"
    for state in ("starting", "running", "finished"):
        recorder.status(state)
        assert run.state == state
    assert run.process_alive


@pytest.mark.parametrize("told", [None, "starting", "running"])
def test_a_run_whose_process_is_gone_is_lost(store, sleeper, told):
    run = store.create(CONFIG)
    recorder = hand_to(run, sleeper)
    if told:
        recorder.status(told)
    sleeper.kill()
    sleeper.wait()
    assert run.state == "lost"
    assert not run.process_alive


def test_a_zombie_is_gone(store, sleeper):
    run = store.create(CONFIG)
    hand_to(run, sleeper).status("running")
    sleeper.kill()
    wait_until(lambda: run.state != "running")
    assert sleeper.returncode is None  # nobody has reaped it
    assert run.state == "lost"


def test_a_pid_given_away_again_is_another_process(store, sleeper):
    run = store.create(CONFIG)
    run.note_attempt(sleeper.pid, started(sleeper.pid) - 60)
    Recorder(run).status("running")
    assert run.state == "lost"


@pytest.mark.parametrize("pid", [-1, 0, 2**31, 10**30])
def test_a_number_that_was_never_a_pid_is_not_alive(pid):
    assert not alive(pid, 0.0)


@pytest.mark.parametrize("ended", ["finished", "stopped", "failed"])
def test_how_a_run_ended_outlives_its_process(store, sleeper, ended):
    run = store.create(CONFIG)
    hand_to(run, sleeper).status(ended)
    sleeper.kill()
    sleeper.wait()
    assert run.state == ended


def test_what_an_earlier_attempt_said_does_not_count_for_a_later_one(store, sleeper):
    run = store.create(CONFIG)
    hand_to(run, sleeper).status("failed")
    run.ask_to_start()
    assert run.state == "queued"
    run.note_attempt(sleeper.pid, started(sleeper.pid))
    assert run.state == "starting"
    Recorder(run).status("running")
    assert run.state == "running"
    assert len(run.attempts) == 2


@given(
    requests=st.integers(0, 3),
    attempts=st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=3),
    status=st.none() | st.tuples(st.sampled_from([*STATES, "nonsense"]), st.integers(0, 4)),
    stop=st.booleans(),
)
def test_every_combination_of_files_is_a_state_and_a_lost_process_is_never_active(
    tmp_path_factory, requests, attempts, status, stop
):
    run = RunStore(tmp_path_factory.mktemp("runs")).create(CONFIG)
    (run.folder / "requests.jsonl").unlink()
    for _ in range(requests):
        append_json(run.folder / "requests.jsonl", {"event": "start", "at": 1.0})
    for lives, request in attempts:
        line = {"event": "started", "at": 1.0, "pid": os.getpid(), "slot": 0, "request": request}
        append_json(run.folder / "attempts.jsonl", {**line, "process_started": started(os.getpid()) if lives else 0.0})
    if status:
        told = {"state": status[0], "attempt": status[1], "since": 1.0, "epoch": 1, "error": None, "result": None}
        write_json(run.folder / "status.json", told)
    if stop:
        run.ask_to_stop()

    assert run.state in STATES
    assert (run.state == "damaged") == (requests == 0 and not attempts)
    if run.state in ("starting", "running"):
        assert run.process_alive
    if run.state == "queued":
        assert not stop
        assert requests > (attempts[-1][1] if attempts else 0)


def test_a_stop_takes_a_waiting_run_out_of_the_queue_and_a_start_puts_it_back(store):
    run = store.create(CONFIG)
    run.ask_to_stop()
    assert run.state == "stopped"
    assert store.queue() == []
    run.ask_to_start()
    assert run.state == "queued"
    assert not run.stop_asked


@pytest.mark.parametrize("state", [state for state in STATES if state not in RESUMABLE])
def test_only_what_was_interrupted_can_go_on(store, state):
    run = make_run(store, state)
    for start in (run.ask_to_start, run.go_on_here):
        with pytest.raises(RunError, match="only a stopped, failed or lost run can go on"):
            start()
    assert run.state == state


@pytest.mark.parametrize("state", RESUMABLE)
def test_what_was_interrupted_goes_on_through_the_queue_or_here(store, state):
    queued, here = make_run(store, state), make_run(store, state)
    queued.ask_to_start()
    here.go_on_here()
    assert (queued.state, here.state) == ("queued", "starting")
    assert here.attempts[-1]["pid"] == os.getpid()


def test_a_stopped_run_that_goes_on_here_is_never_queued_on_the_way(store, monkeypatch):
    """Otherwise the scheduler might start it a second time in between."""
    run, seen = store.create(CONFIG), []
    run.ask_to_stop()
    unlink = type(run.folder).unlink

    def watch(path, **more):
        seen.append(run.state)
        unlink(path, **more)
        seen.append(run.state)

    monkeypatch.setattr(type(run.folder), "unlink", watch)
    run.go_on_here()
    assert "queued" not in seen


def test_the_queue_is_in_the_order_of_asking(store):
    first, second, third = (store.create(CONFIG) for _ in range(3))
    assert store.queue() == [first, second, third]
    first.ask_to_stop()
    first.ask_to_start()
    assert store.queue() == [second, third, first]
