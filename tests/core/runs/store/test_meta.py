"""What people say of a run, and that nothing is deleted for good."""

import os
import time

import pytest

from core.errors import RunError
from core.files import write_json
from core.runs.run import Meta
from tests.core.runs.store.made import CONFIG, hand_to
from tests.made.runs import make_run


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
