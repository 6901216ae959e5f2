"""Every kind of damage to a run's folder is told, and so is a folder that takes nothing."""

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
from core.files import append_json
from core.recipe.config import TrainingConfig
from core.runs.run import ACTIVE, Meta
from core.runs.store import RunStore
from tests.core.runs.store.made import CONFIG
from tests.made.runs import STATES, make_run

pytestmark = pytest.mark.slow


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
