"""The list of runs reads each run once, and always says what the folders say."""

import json
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import files as files_module
from core.errors import StorageError
from core.recipe.config import TrainingConfig
from core.runs.index import NAME, Index, index, recipe_mark
from core.runs.index import _read as read_row
from core.runs.recorder import Recorder
from core.runs.run import Run
from core.runs.store import RunStore
from tests.made.runs import STATES, epoch_done, make_run
from tests.made.workers import wait_until


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def read(monkeypatch):
    """The runs whose recipe was read since."""
    opened, config = [], Run.config.fget
    monkeypatch.setattr(Run, "config", property(lambda run: opened.append(run.id) or config(run)))
    return opened


@pytest.mark.parametrize("state", STATES)
def test_a_row_says_what_the_folder_says(store, state):
    run = make_run(store, state)
    row = Index(store.folder).row(run)
    assert (row.id, row.name, row.state, row.created) == (run.id, run.meta.name, state, run.meta.created)
    assert row.epochs == len(run.history.epochs)
    if state != "damaged":
        assert (row.dataset, row.architecture) == (run.config.dataset, run.config.architecture)
        assert row.recipe == recipe_mark(run.config)
    if state == "finished":
        assert row.val_loss == pytest.approx(run.history.column("val_loss"), rel=1e-4)
        assert row.val_accuracy == run.history.best["val_accuracy"]
        assert (row.test_accuracy, row.n_test) == (run.status.result["test_accuracy"], 360)
    files = [path for path in run.folder.rglob("*") if path.is_file()]
    assert row.kept == sum({path.stat().st_ino: path.stat().st_size for path in files}.values())


def test_recipes_that_differ_in_their_seed_have_one_mark_without_it_and_others_another(store):
    recipes = [TrainingConfig(seed=1), TrainingConfig(seed=2), TrainingConfig(seed=1, dropout=0.1)]
    one, seed, dropout = (Index(store.folder).row(make_run(store, "failed", recipe)) for recipe in recipes)
    assert one.recipe != seed.recipe
    assert one.seedless == seed.seedless != dropout.seedless


def test_a_run_that_ended_is_read_once_also_after_the_next_start(store, read):
    runs = [make_run(store, state) for state in ("finished", "stopped", "failed", "lost")]
    first = Index(store.folder)
    rows = [first.row(run) for run in runs]
    read.clear()
    assert [first.row(run) for run in runs] == rows
    first.save(runs)
    assert [Index(store.folder).row(run) for run in runs] == rows
    assert read == []


def test_of_several_that_ask_at_once_one_reads(store, monkeypatch):
    """As after a start: the queue and the first pages ask for all runs in the same moment."""
    run, asked, opened = make_run(store, "finished"), threading.Barrier(4), []

    def slowly(run):
        opened.append(run.id)
        time.sleep(0.2)
        return read_row(run)

    monkeypatch.setattr("core.runs.index._read", slowly)
    shared = Index(store.folder)

    def ask(_place):
        asked.wait()
        return shared.row(run)

    with ThreadPoolExecutor(4) as pool:
        rows = set(pool.map(ask, range(4)))
    assert len(rows) == 1
    assert opened == [run.id]


def test_whatever_is_done_to_a_run_is_seen(store):
    run, listed = make_run(store, "failed"), Index(store.folder)
    assert listed.row(run).state == "failed"
    run.change_meta(name="renamed", star=True)
    assert (listed.row(run).name, listed.row(run).star) == ("renamed", True)
    (run.folder / "meta.json").write_text(json.dumps({"name": "by hand"}))
    assert listed.row(run).name == "by hand"
    run.ask_to_start()
    assert listed.row(run).state == "queued"
    run.ask_to_stop()
    assert listed.row(run).state == "stopped"
    (run.folder / "config.json").write_text("{")
    assert listed.row(run).state == "damaged"


def test_a_running_run_is_always_read_anew(store):
    run, listed = make_run(store, "running", epochs=2), Index(store.folder)
    assert listed.row(run).epochs == 2
    Recorder(run)(epoch_done(3))
    assert listed.row(run).epochs == 3


@pytest.mark.parametrize("content", ["", "{", "[]", '{"fields": [], "rows": {}}', '{"rows": {"a": [1]}}'])
def test_an_index_that_is_damaged_or_of_another_version_counts_as_none(store, content):
    run = make_run(store, "failed")
    (store.folder / NAME).write_text(content)
    assert Index(store.folder).row(run).state == "failed"


def test_an_index_that_was_changed_by_hand_is_not_believed(store):
    run, listed = make_run(store, "failed"), Index(store.folder)
    listed.row(run)
    listed.save([run])
    stored = json.loads((store.folder / NAME).read_text())
    before = len(stored["rows"][run.id]) - len(stored["fields"])  # the times of its files
    for name, value in (("created", "yesterday"), ("state", "flying"), ("epochs", []), ("kept", None)):
        changed = {**stored, "rows": {run.id: [*stored["rows"][run.id]]}}
        changed["rows"][run.id][before + stored["fields"].index(name)] = value
        (store.folder / NAME).write_text(json.dumps(changed))
        assert Index(store.folder).known(run) is None


def test_deleted_runs_are_forgotten(store):
    gone, stays = make_run(store, "failed"), make_run(store, "failed")
    listed = Index(store.folder)
    for run in (gone, stays):
        listed.row(run)
    store.delete(gone)
    listed.save(store.all())
    assert list(json.loads((store.folder / NAME).read_text())["rows"]) == [stays.id]


def test_without_leave_to_write_the_list_still_works(store, monkeypatch):
    run, listed = make_run(store, "failed"), Index(store.folder)

    def refuse(*_given):
        raise StorageError("The disk is full: {path} could not be written.", path="")

    monkeypatch.setattr("core.runs.index.write_whole", refuse)
    row = listed.row(run)
    listed.save([run])
    assert listed.row(run) == row


def test_runs_that_are_copied_in_or_taken_out_by_hand_are_found(store, tmp_path, monkeypatch):
    monkeypatch.setattr(files_module, "FRESH_SECONDS", 0.0)
    run = make_run(store, "failed")
    assert store.all() == store.all() == [run]
    shutil.copytree(run.folder, store.folder / "20990101-000000-copied")
    assert [one.id for one in store.all()] == ["20990101-000000-copied", run.id]
    assert index(store.folder).row(store.all()[0]).state == "failed"
    shutil.rmtree(run.folder)
    assert [one.id for one in store.all()] == ["20990101-000000-copied"]


def test_the_signs_change_with_everything_that_is_asked(store):
    run = make_run(store, "failed")

    def settled():
        wait_until(store.signs)
        return store.signs()

    for action in (
        run.ask_to_start,
        run.ask_to_stop,
        lambda: run.change_meta(notes="x"),
        lambda: store.delete(run),
        lambda: store.restore(run.id),
        lambda: make_run(store, "queued"),
        lambda: Recorder(run).status("failed"),
    ):
        before = settled()
        action()
        assert store.signs() != before
        assert settled() != before
    assert settled() == settled()


def test_a_quiet_folder_is_not_listed_again(store, monkeypatch):
    make_run(store, "failed")
    wait_until(store.signs)
    store.all()
    monkeypatch.setattr("os.scandir", lambda _folder: pytest.fail("listed again"))
    assert len(store.all()) == 1
