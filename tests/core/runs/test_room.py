"""Old runs keep less on the disk, and nothing that was trained is lost by that."""

import numpy as np
import pytest

from core.errors import RunError
from core.runs import checkpoints, room
from core.runs.index import index
from core.runs.store import RunStore
from tests.made.runs import make_run

DAY = 86_400


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def age(run, days):
    run.change_meta(created=run.meta.created - days * DAY)


def test_an_old_run_is_thinned_to_first_best_and_last(store):
    run = make_run(store, "failed", epochs=6)
    for epoch in range(7):
        checkpoints.write(run.checkpoints, epoch, [np.full(1000, epoch, np.float32)], best=6)
    before = index(store.folder).row(run)
    spare = room.to_spare(run)
    assert spare == sum(checkpoints.size(run.checkpoints, epoch) for epoch in (1, 2, 3, 4, 5))
    assert room.thin(run) == spare > 5 * 4000
    assert checkpoints.epochs(run.checkpoints) == [0, 6]
    assert room.to_spare(run) == 0
    after = index(store.folder).row(run)
    assert before.kept - after.kept == spare
    assert (run.checkpoints / "last.npz").exists()  # it could go on


def test_only_old_runs_that_ended_and_have_no_star_are_offered(store):
    old, starred, young = (make_run(store, "failed") for _ in range(3))
    active = make_run(store, "running")
    for run in (old, starred, active):
        age(run, 40)
    starred.change_meta(star=True)
    age(young, 20)
    assert room.old(store.all(), 30) == [old]
    assert set(room.old(store.all(), 10)) == {old, young}


def test_a_run_that_is_trained_is_not_thinned(store):
    run = make_run(store, "failed")
    with run.held(), pytest.raises(RunError, match="already being trained"):
        room.thin(run)
