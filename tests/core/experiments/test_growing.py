"""An experiment that grows, step by step: one run after the other, stopped, paused, failed, deleted, brought back."""

import subprocess
import sys

import pytest

from core.errors import StorageError
from core.experiments import experiment as experiments
from core.experiments import growing, study
from core.experiments.growing import Growing, advance
from core.files import read_json_lines
from tests.made.experiments import end
from tests.made.runs import lead, lose, take
from tests.made.searches import begin, last, now, whole
from tests.made.workers import ROOT

pytestmark = pytest.mark.slow


def finish(store, every=3):
    """The last run is trained, and the search goes on."""
    run = end(last(store), every)
    advance(store, now(store).id)
    return run


def run_at_work(store, worse=0.0):
    run = last(store)
    take(run)
    lead(run, "running", worse=worse)
    return run


def test_it_begins_with_one_run_and_the_next_comes_when_that_has_ended(store):
    made = begin(store)
    assert (len(made.runs), made.total, made.done) == (1, 6, False)
    assert not advance(store, made.id)  # it waits
    finish(store)
    assert len(now(store).runs) == len(store.all()) == 2
    assert last(store).state == "queued"
    assert not advance(store, made.id)
    assert experiments.goes_on(store, now(store))


def test_it_ends_with_as_many_runs_as_were_planned_and_all_are_told(store):
    begin(store)
    done = whole(store)
    assert len(done.runs) == 6
    assert [run.state for run in store.all()] == ["finished"] * 6
    assert study.Study(done.recipe, done.options, experiments.notes(store, done)).told == 6
    assert not experiments.goes_on(store, done)
    assert not advance(store, done.id)


def test_the_queue_asks_only_where_something_has_changed(store, monkeypatch):
    begin(store)
    asked = []
    monkeypatch.setattr(growing, "advance", lambda _store, experiment_id: asked.append(experiment_id))
    look = Growing(store)
    look()
    look()
    assert len(asked) == 1
    end(last(store), 3)
    look()
    look()
    assert len(asked) == 2


def test_one_that_stumbles_waits_and_holds_up_nobody(store, monkeypatch, caplog):
    begin(store)
    asked = []

    def stumbles(*given):
        asked.append(given)
        raise StorageError("The disk is full.")

    monkeypatch.setattr(growing, "advance", stumbles)
    look = Growing(store)
    look()
    look()
    assert len(asked) == 1
    assert "The disk is full." in caplog.text
    monkeypatch.setattr(growing, "AGAIN_SECONDS", 0.0)
    Growing(store)()
    assert len(asked) == 2


def test_a_hopeless_run_is_stopped_and_keeps_what_it_has(store):
    begin(store)
    for every in (5, 6):
        finish(store, every)
    bad = run_at_work(store, worse=0.5)
    advance(store, now(store).id)
    assert bad.stop_asked
    assert now(store).pruned == (bad.id,)
    lose(bad)
    lead(bad, "stopped")
    assert experiments.interrupted(store, now(store)) == []  # nobody is asked to go on with it
    advance(store, now(store).id)
    assert len(now(store).runs) == 4
    assert [run.id for run in store.all() if run.state == "stopped"] == [bad.id]
    assert len(experiments.results(store, now(store))) == 2


def test_without_pruning_and_where_it_is_as_good_as_others_a_run_trains_to_its_end(store):
    for pruning, worse in ((False, 0.5), (True, 0.0)):
        made = begin(store, pruning=pruning)
        for every in (5, 6):
            finish(store, every)
        run = run_at_work(store, worse)
        advance(store, made.id)
        assert not run.stop_asked
        experiments.remove(store, now(store))


def test_a_paused_one_begins_nothing_and_goes_on_where_it_was(store):
    made = begin(store)
    finish(store)
    experiments.pause(store, made)  # as an older look at it knew it
    assert last(store).state == "stopped"
    assert not experiments.goes_on(store, now(store))
    assert not advance(store, made.id)
    assert experiments.go_on(store, made) == 1
    assert last(store).state == "queued"
    finish(store)
    assert len(now(store).runs) == 3


def test_paused_between_two_runs_it_begins_none(store):
    made = begin(store)
    end(last(store), 3)
    experiments.pause(store, made)
    assert not advance(store, made.id)
    assert len(store.all()) == 1
    assert experiments.go_on(store, made) == 0
    assert advance(store, made.id)


@pytest.mark.parametrize("state", ["lost", "stopped"])
def test_a_run_that_somebody_stopped_or_that_was_lost_waits_for_somebody(store, state):
    made = begin(store)
    run = last(store)
    take(run)
    lead(run, state)
    assert not advance(store, made.id)
    assert experiments.interrupted(store, now(store)) == [run]
    assert not experiments.goes_on(store, now(store))


def fail(store):
    run = last(store)
    take(run)
    lead(run, "failed")
    return advance(store, now(store).id)


def test_one_failure_is_passed_over_two_in_a_row_wait_for_somebody(store):
    begin(store)
    assert fail(store)
    assert experiments.interrupted(store, now(store)) == []
    assert not fail(store)
    assert experiments.interrupted(store, now(store)) == [last(store)]
    assert len(now(store).runs) == 2


def test_a_run_that_diverged_is_a_bad_one_and_the_search_goes_on(store):
    begin(store)
    run = last(store)
    take(run)
    lead(run, "failed", epochs=0)
    status = (run.folder / "status.json").read_text("utf-8").replace("TrainingError", "DivergedError")
    (run.folder / "status.json").write_text(status, "utf-8")
    assert advance(store, now(store).id)
    (line,) = [line for line in read_json_lines(experiments.notes(store, now(store))) if line["op_code"] == 4]
    assert line["state"] == 2  # pruned: to the sampler worse than any other


def test_a_run_that_was_deleted_is_not_made_again(store):
    made = begin(store)
    store.delete(last(store))
    assert advance(store, made.id)
    assert len(store.all()) == 1
    assert len(now(store).runs) == 2


def test_it_is_removed_with_its_runs_and_notes_and_brought_back(store):
    made = begin(store)
    finish(store)
    grown, notes = now(store), experiments.notes(store, made)
    before = notes.read_bytes()
    gone = experiments.remove(store, made)  # as an older look at it knew it
    assert gone == grown
    assert not notes.exists()
    assert store.all() == experiments.experiments(store) == []
    assert not Growing(store)()
    experiments.restore(store, gone)
    assert now(store) == grown
    assert notes.read_bytes() == before
    finish(store)
    assert len(now(store).runs) == len(store.all()) == 3


def test_without_its_notes_it_goes_on_from_its_runs(store):
    begin(store, seed=3)
    finish(store)
    finish(store)
    want = now(store).runs[-1][0]
    experiments.notes(store, now(store)).unlink()
    done = whole(store)
    assert done.runs[2][0] == want
    assert study.Study(done.recipe, done.options, experiments.notes(store, done)).told == 6


LOOKS = """
import sys
from pathlib import Path
from core.experiments import experiment as experiments
from core.experiments.growing import Growing
from core.experiments.kind import kinds
from core.runs.store import RunStore
store = RunStore(Path(sys.argv[1]))
look = Growing(store)
look()
(done,) = experiments.experiments(store)
print(kinds()["search"].answer(experiments.results(store, done)))
assert "optuna" not in sys.modules
"""


def test_a_server_that_starts_beside_a_search_that_has_ended_does_not_load_optuna(store):
    begin(store)
    whole(store)
    done = subprocess.run([sys.executable, "-c", LOOKS, str(store.folder)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Of 6 trials" in done.stdout
