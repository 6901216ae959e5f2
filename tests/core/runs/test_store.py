"""A run is what the files in its folder say: every state, every kind of damage, and nothing deleted for good."""

import json
import os
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.__main__ import main
from core.errors import RunError, StorageError
from core.files import append_json, write_json
from core.processes.running import alive, started
from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder
from core.runs.run import ACTIVE, RESUMABLE, Meta
from core.runs.store import RunStore
from tests.made.runs import STATES, make_run
from tests.made.workers import idle_process, wait_until

CONFIG = TrainingConfig(epochs=3)


@pytest.fixture
def sleeper():
    """Another process, standing for a worker."""
    process = idle_process()
    yield process
    process.kill()
    process.wait()


def hand_to(run, process):
    run.note_attempt(process.pid, started(process.pid))
    return Recorder(run)


# Making and finding


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


# States


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


# Stop, resume


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


# What people say of a run


def test_rename_star_annotate(store):
    run = store.create(CONFIG)
    run.change_meta(name="Better", star=True)
    run.change_meta(notes="déjà vu", tags=("a", "b"))
    assert run.meta == Meta("Better", run.meta.created, True, "déjà vu", "", ("a", "b"))
    assert run.meta.created > 0
    assert run.config == CONFIG


@pytest.mark.parametrize(
    "told",
    [
        {"name": 5, "star": "yes", "notes": None, "tags": "abc", "created": "now", "owner": []},
        {"unknown": 1},
        [1, 2],
        {"tags": [1, None]},
    ],
)
def test_damaged_words_count_as_not_said(store, told):
    run = store.create(CONFIG)
    write_json(run.folder / "meta.json", told)
    assert run.meta == Meta(run.id)


def test_a_clone_has_the_recipe_and_nothing_of_the_past(store):
    run = make_run(store, "finished")
    run.change_meta(name="Original", star=True)
    copy = store.clone(run)
    assert copy.config == run.config
    assert copy.id != run.id
    assert copy.state == "queued"
    assert copy.history.epochs == []
    assert (copy.meta.name, copy.meta.star) == ("Original", False)


# Delete


def test_a_deleted_run_is_gone_and_comes_back(store):
    run = make_run(store, "finished")
    epochs = run.history.epochs
    store.delete(run)
    assert store.all() == []
    with pytest.raises(RunError):
        store.get(run.id)
    again = store.restore(run.id)
    assert store.all() == [again]
    assert again.state == "finished"
    assert again.history.epochs == epochs


def test_a_run_deleted_twice_is_a_run_error(store):
    run = make_run(store, "finished")
    store.delete(run)
    with pytest.raises(RunError, match="no run called"):
        store.delete(run)
    store.restore(run.id)
    with pytest.raises(RunError, match="not in the trash"):
        store.restore(run.id)


@pytest.mark.parametrize("state", ["starting", "running"])
def test_a_run_at_work_is_not_deleted(store, state):
    run = make_run(store, state)
    with pytest.raises(RunError, match="Stop it first"):
        store.delete(run)
    assert run.state == state


def test_a_run_whose_worker_still_tests_its_network_is_not_deleted(store, sleeper):
    run = store.create(CONFIG)
    hand_to(run, sleeper).status("stopped")
    with pytest.raises(RunError, match="Stop it first"):
        store.delete(run)


@pytest.mark.parametrize("state", ["queued", "failed", "lost", "stopped"])
def test_everything_else_can_be_deleted_and_restored(store, state):
    run = make_run(store, state)
    store.delete(run)
    assert store.queue() == []
    assert store.restore(run.id).state == state


def test_the_trash_is_emptied_by_age_in_the_trash(store):
    old, young, kept = (make_run(store, "finished") for _ in range(3))
    long_ago = time.time() - 30 * 86_400
    os.utime(young.folder, (long_ago, long_ago))  # an old run, deleted just now
    store.delete(old)
    store.delete(young)
    os.utime(store.folder / ".trash" / old.id, (long_ago, long_ago))
    (store.folder / ".trash" / "link").symlink_to("nowhere")
    (store.folder / ".new-half").mkdir()
    os.utime(store.folder / ".new-half", (long_ago, long_ago))
    store.empty_trash()
    with pytest.raises(RunError, match="not in the trash"):
        store.restore(old.id)
    assert store.restore(young.id).state == kept.state == "finished"
    assert not (store.folder / ".new-half").exists()


# Damage


def damage_config(content):
    return lambda folder: (folder / "config.json").write_bytes(content)


def put(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def folder_for(name):
    def change(folder):
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return change


def empty(folder):
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def file_for_checkpoints(folder):
    empty(folder / "checkpoints")
    (folder / "checkpoints").rmdir()
    (folder / "checkpoints").write_text("")


UNREADABLE = {
    "empty folder": empty,
    "no recipe": lambda folder: (folder / "config.json").unlink(),
    "empty recipe": damage_config(b""),
    "half a recipe": damage_config(b'{"dataset": "dig'),
    "binary recipe": damage_config(bytes(range(256))),
    "a list": damage_config(b"[1, 2]"),
    "a number": damage_config(b"5"),
    "null": damage_config(b"null"),
    "deep": damage_config(b"[" * 100_000),
    "unknown setting": damage_config(b'{"epoch": 5}'),
    "unknown dataset": damage_config(b'{"dataset": "cats"}'),
    "out of range": damage_config(b'{"epochs": 0}'),
    "wrong type": damage_config(b'{"epochs": "ten"}'),
    "wrong types": damage_config(b'{"dataset": ["digits"], "filters": {"a": 1}, "seed": null}'),
    "not finite": damage_config(b'{"learning_rate": NaN, "epochs": Infinity}'),
    "a very large number": damage_config(b'{"epochs": 1' + b"0" * 400 + b"}"),
    "a folder for a recipe": folder_for("config.json"),
    "a folder for the attempts": folder_for("attempts.jsonl"),
    "a folder for the requests": folder_for("requests.jsonl"),
    "a folder for the status": folder_for("status.json"),
    "a folder for the events": folder_for("events.jsonl"),
    "nobody started it": lambda folder: (folder / "attempts.jsonl").unlink(),
}
READABLE = {
    "half a status": put("status.json", b'{"state": "fini'),
    "a status of wrong types": put(
        "status.json", b'{"state": 5, "attempt": "1", "since": null, "epoch": 1, "error": 3, "result": []}'
    ),
    "a status of the future": put("status.json", b'{"state": "dreaming", "attempt": 1, "since": 1, "epoch": 1}'),
    "binary status": put("status.json", bytes(range(256))),
    "garbage events": put("events.jsonl", os.urandom(3000)),
    "events of wrong types": put("events.jsonl", b'{"event": "epoch", "at": 1, "epoch": 1}\n{"event": []}\n[]\n' * 3),
    "garbage attempts after the first": lambda folder: append_json(
        folder / "attempts.jsonl", {"event": "started", "pid": "x"}
    ),
    "garbage requests": put("requests.jsonl", b"\xff\xfe\n[[[\n{}\n"),
    "no words": lambda folder: (folder / "meta.json").unlink(),
    "binary words": put("meta.json", bytes(range(256))),
    "a folder for words": folder_for("meta.json"),
    "a folder for the log": folder_for("worker.log"),
    "a folder for stop": folder_for("stop"),
    "a file for the checkpoints": file_for_checkpoints,
}


def look_at(run):
    """Everything a page reads of a run."""
    _ = run.status, run.attempts, run.process_alive, run.queued_at, run.stop_asked, run.log()
    assert isinstance(run.meta, Meta)
    assert isinstance(run.meta.name, str)
    history = run.history
    assert [told["epoch"] for told in history.epochs] == list(range(1, len(history.epochs) + 1))
    return run.state


@pytest.mark.parametrize("damage", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_run_is_listed_as_damaged_and_says_what_to_do(store, capsys, damage):
    sound, run = make_run(store, "finished"), make_run(store, "finished")
    damage(run.folder)
    assert look_at(run) == "damaged"
    assert str(run.damage).endswith(".")
    assert "Delete the run" in str(run.damage)
    assert {one.id: one.state for one in store.all()} == {sound.id: "finished", run.id: "damaged"}
    assert store.queue() == []

    assert main(["runs", "--json"]) == 0
    told = capsys.readouterr()
    assert {row["id"]: row["state"] for row in json.loads(told.out)} == {sound.id: "finished", run.id: "damaged"}
    assert run.id in told.err
    store.delete(run)
    assert store.restore(run.id).state == "damaged"


@pytest.mark.parametrize("damage", READABLE.values(), ids=READABLE)
def test_other_damage_is_read_around(store, capsys, damage):
    run = make_run(store, "finished")
    damage(run.folder)
    assert look_at(run) in STATES
    assert run.state not in ACTIVE or run.process_alive or run.state == "queued"
    assert run.config == TrainingConfig(epochs=12)
    assert main(["runs", "--json"]) == 0
    assert main(["runs"]) == 0
    assert main(["history", run.id]) == 0
    assert run.id in capsys.readouterr().out


@given(
    name=st.sampled_from(["config.json", "meta.json", "status.json", "attempts.jsonl", "events.jsonl"]),
    place=st.floats(0, 1),
    new=st.binary(max_size=8),
    gone=st.sampled_from([0, 4, 10**9]),
)
def test_random_damage_to_any_file_never_raises(tmp_path_factory, name, place, new, gone):
    store = RunStore(tmp_path_factory.mktemp("runs"))
    run = make_run(store, "running", epochs=2)
    content = (run.folder / name).read_bytes()
    start = int(place * len(content))
    (run.folder / name).write_bytes(content[:start] + new + content[start + gone :])
    assert look_at(run) in STATES
    assert store.all() == [run]
    store.queue()


# Folders that do not take anything


@pytest.fixture
def nobody():
    """Root may write everywhere, so the test acts as another user for a while."""
    if not hasattr(os, "geteuid"):
        pytest.skip("no users to speak of on this system")
    if os.geteuid() != 0:
        yield  # a normal user already
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def read_only():
    """A stopped run in a runs folder in which nothing can be written; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        run = make_run(RunStore(Path(folder) / "runs"), "stopped")
        changed = [run.folder.parent, run.folder, *run.folder.rglob("*")]
        os.chmod(folder, 0o755)
        for path in changed:
            os.chmod(path, 0o555 if path.is_dir() else 0o444)
        yield run
        for path in changed:
            os.chmod(path, 0o755)


def test_a_read_only_runs_folder_is_shown_and_every_change_says_what_to_do(read_only, nobody):
    run, store = read_only, RunStore(read_only.folder.parent)
    assert store.all() == [run]
    assert run.state == "stopped"
    assert len(run.history.epochs) == 6
    refused = [
        lambda: store.create(CONFIG),
        lambda: store.delete(run),
        lambda: store.clone(run),
        run.ask_to_stop,
        run.ask_to_start,
        run.go_on_here,
        lambda: run.change_meta(name="x"),
    ]
    for change in refused:
        with pytest.raises(StorageError, match="Permission denied") as caught:
            change()
        assert "FITSCOPE_RUNS" in str(caught.value)
    assert run.state == "stopped"


def test_a_runs_folder_that_may_not_be_read_says_so(nobody):
    with tempfile.TemporaryDirectory() as folder:
        closed = Path(folder) / "runs"
        closed.mkdir(mode=0o300)
        with pytest.raises(StorageError, match="FITSCOPE_RUNS"):
            RunStore(closed).all()
        closed.chmod(0o700)


def test_a_file_in_place_of_the_runs_folder_is_told_with_the_way_out(tmp_path):
    (tmp_path / "runs").write_text("")
    store = RunStore(tmp_path / "runs")
    for act in (store.all, store.queue, lambda: store.get("latest"), lambda: store.create(CONFIG)):
        with pytest.raises(StorageError, match="FITSCOPE_RUNS"):
            act()
    with pytest.raises(RunError):
        store.get("20261121-072207-digits")


def test_a_disk_that_is_full_leaves_no_half_made_run(store, monkeypatch):
    def full(*_):
        raise StorageError("The disk is full.")

    monkeypatch.setattr("core.runs.store.append_json", full)
    with pytest.raises(StorageError):
        store.create(CONFIG)
    assert os.listdir(store.folder) == []


def test_many_runs_are_listed_fast(store):
    """A class over a term: 300 runs, each state read afresh by every look at the Runs page."""
    for _ in range(300):
        store.create(CONFIG, queue=False)
    began = time.process_time()
    assert len([run.state for run in store.all()]) == 300
    assert time.process_time() - began < 1.0  # of calculation; measured 0.1 s
