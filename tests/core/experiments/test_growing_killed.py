"""A search that is killed at any point: what has finished is not repeated, and no trial is lost or doubled."""

import os
import signal

import pytest

from core.experiments import experiment as experiments
from core.experiments import growing, study
from core.runs.store import RunStore
from tests.made.searches import begin, now, whole
from tests.made.workers import PATIENCE, command, start_command, wait_until

pytestmark = pytest.mark.slow


class Killed(BaseException):
    """As if the process were gone: nobody catches it."""


def never_killed(folder):
    store = RunStore(folder)
    begin(store)
    return [at for at, _id in whole(store).runs]


STEPS = {
    "noted, the next not written": (experiments, "write", False),
    "written, its run not made": (RunStore, "create", False),
    "its run made": (RunStore, "create", True),
    "its end not noted": (study.Study, "tell", False),
    "its end noted": (study.Study, "tell", True),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("at", [1, 3])
def test_killed_at_any_step_no_trial_is_lost_or_doubled(store, tmp_path, monkeypatch, step, at):
    where, name, after = STEPS[step]
    where = growing if where is experiments else where
    real, left = getattr(where, name), [at]

    def killed(*given, **named):
        left[0] -= 1
        if left[0] == 0 and not after:
            raise Killed
        done = real(*given, **named)
        if left[0] == 0:
            raise Killed
        return done

    begin(store)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, killed)
        with pytest.raises(Killed):
            whole(store)
    done = whole(store)
    assert [at for at, _id in done.runs] == never_killed(tmp_path / "never")
    assert sorted(run.id for run in store.all()) == sorted(run_id for _at, run_id in done.runs)
    assert study.Study(done.recipe, done.options, experiments.notes(store, done)).told == 6


def search(folder):
    """`experiment search`, as somebody types it."""
    words = ["experiment", "search", *("--with", "trials=5"), *("--with", "pruning=false")]
    words += [*("--set", "epochs=4"), *("--set", "architecture=softmax")]
    return start_command(*words, FITSCOPE_RUNS=str(folder))


def test_killed_half_way_it_goes_on_and_comes_to_the_same(tmp_path):
    store = RunStore(tmp_path / "runs")
    asked = search(store.folder)
    wait_until(lambda: len(store.all()) > 1 and any(run.state == "running" for run in store.all()[:-1]))
    asked.kill()
    asked.wait()
    for run in store.all():
        if run.process_alive and run.state != "finished":
            os.kill(run.attempts[-1]["pid"], signal.SIGKILL)
    wait_until(lambda: not any(run.process_alive for run in store.all()))
    before = {run.id: (run.attempts, (run.folder / "events.jsonl").read_bytes()) for run in store.all()[1:]}
    assert before
    again = command("experiment", "--resume", "latest", FITSCOPE_RUNS=str(store.folder))
    assert again.returncode == 0, again.stderr
    done = now(store)
    assert done.done
    assert [run_id for _at, run_id in done.runs] == [run.id for run in reversed(store.all())]
    for run_id, (attempts, events) in before.items():
        run = store.get(run_id)
        assert (run.attempts, (run.folder / "events.jsonl").read_bytes()) == (attempts, events)
    other = RunStore(tmp_path / "never killed")
    straight = search(other.folder)
    straight.communicate(timeout=PATIENCE)
    assert straight.returncode == 0
    assert [at for at, _id in now(other).runs] == [at for at, _id in done.runs]
