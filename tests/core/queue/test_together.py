"""Small runs train side by side, a large one alone; which is which is known from earlier runs here."""

import json
import os

import psutil
import pytest

from core.processes import forks, running
from core.queue.executor import LocalExecutor
from core.queue.scheduler import Scheduler
from core.queue.together import STEP_SECONDS, at_once
from core.recipe.config import TrainingConfig
from core.runs import turns
from core.runs.cost import Foretold
from tests.core.queue.made import FakeExecutor
from tests.made.runs import make_run

SMALL = TrainingConfig(architecture="softmax", epochs=3)
LARGE = TrainingConfig(architecture="cnn_small", epochs=3)
MEMORY = 300_000_000


@pytest.fixture
def executor():
    fake = FakeExecutor(slots=3, always=1)
    yield fake
    fake.close()


def trained(store, recipe, step):
    """A finished run here, a step of which took so many seconds."""
    run = make_run(store, "finished", recipe)
    lines = [json.loads(line) for line in (run.folder / "events.jsonl").read_text("utf-8").splitlines()]
    start = run.history.start
    work = start["n_train"] + (start["n_scored"] + start["n_validation"]) / 3
    for line in lines:
        if line["event"] == "epoch":
            line["at"] = 1000 + line["epoch"] * (0.05 + step * work / recipe.batch_size)
            line["used"] = {"cores": 1.0, "memory": MEMORY}
    (run.folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return run


@pytest.fixture
def known(store):
    trained(store, SMALL, STEP_SECONDS / 2)
    trained(store, LARGE, STEP_SECONDS * 2)
    return store


def test_small_runs_train_side_by_side_as_many_as_there_are_places(known, executor):
    runs = [known.create(SMALL) for _ in range(4)]
    scheduler = Scheduler(known, executor)
    scheduler.tick()
    assert executor.started == runs[:3]
    assert {run.attempts[-1]["slot"] for run in runs[:3]} == {0, 1, 2}
    executor.end(runs[1])
    scheduler.tick()
    assert executor.started == runs


def test_a_large_one_waits_until_nobody_trains_and_nobody_passes_it(known, executor):
    small, large, last = (known.create(recipe) for recipe in (SMALL, LARGE, SMALL))
    scheduler = Scheduler(known, executor)
    scheduler.tick()
    scheduler.tick()
    assert executor.started == [small]
    executor.end(small)
    scheduler.tick()
    assert executor.started == [small, large]
    executor.end(large)
    scheduler.tick()
    assert executor.started == [small, large, last]


def test_one_that_was_never_trained_here_begins_alone(known, executor):
    runs = [known.create(TrainingConfig(architecture="mlp_dropout", epochs=3)) for _ in range(2)]
    Scheduler(known, executor).tick()
    assert executor.started == runs[:1]


def test_where_the_memory_is_too_little_for_two_they_train_one_after_the_other(known, executor, monkeypatch):
    memory = psutil.virtual_memory()._replace(available=MEMORY)
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory)
    runs = [known.create(SMALL) for _ in range(2)]
    Scheduler(known, executor).tick()
    assert executor.started == runs[:1]


def test_what_is_said_of_the_wait_counts_them_as_side_by_side(known, executor):
    def together(run):
        return at_once(known, executor, run.config)

    assert (at_once(known, executor, SMALL), at_once(known, executor, LARGE)) == (3, 1)
    small, large = (known.create(recipe, expected=Foretold(60.0, False, False)) for recipe in (SMALL, LARGE))
    assert turns.expected_waits([small, large, large], [], together) == pytest.approx([0, 20, 80])


@pytest.mark.parametrize(
    ("workers", "forked", "gpus", "places"),
    [(None, True, 0, (1, 4)), ("2", True, 0, (2, 2)), (None, False, 0, (1, 1)), (None, True, 2, (2, 2))],
)
def test_a_place_for_each_core_unless_there_is_a_gpu_or_somebody_has_said_how_many(
    workers, forked, gpus, places, tmp_path, monkeypatch
):
    monkeypatch.delenv("FITSCOPE_WORKERS", raising=False)
    if workers:
        monkeypatch.setenv("FITSCOPE_WORKERS", workers)
    monkeypatch.setenv("FITSCOPE_FORKS", str(int(forked)))
    for module in ("core.queue.executor", "core.processes.forks"):
        monkeypatch.setattr(f"{module}.count_gpus", lambda: gpus)
    monkeypatch.setattr("core.queue.executor.cores", lambda: 4)
    monkeypatch.setattr("core.queue.executor.KERAS", forks.ForkServer("core.training.loop"))
    monkeypatch.setattr(forks.sys, "platform", forks.SYSTEM)
    executor = LocalExecutor(tmp_path)
    assert (executor.always, executor.slots) == places


def test_cores_are_those_that_this_process_may_use():
    assert 1 <= running.cores() <= os.cpu_count()
