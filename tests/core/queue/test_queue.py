"""The queue starts each run once, in order, one per slot; whoever ends around it, nothing is lost."""

import signal
import threading
import time

import pytest

from core.errors import SettingError
from core.files import read_json_lines, write_json
from core.people import classroom
from core.people.acting import acting_as
from core.people.person import Person
from core.queue.executor import LocalExecutor
from core.queue.scheduler import Scheduler
from core.runs import cost, turns
from core.runs.recorder import Recorder
from core.runs.run import Run
from core.runs.store import RunStore
from tests.core.queue.made import CONFIG, FakeExecutor, at_work
from tests.made.runs import make_run
from tests.made.workers import PATIENCE, wait_until


def test_runs_wait_their_turn_and_start_in_order(store, executor):
    runs = [store.create(CONFIG) for _ in range(3)]
    scheduler = Scheduler(store, executor)
    for place, run in enumerate(runs):
        scheduler.tick()
        scheduler.tick()  # nothing more happens while it trains
        assert executor.started == runs[: place + 1]
        assert run.state == "running"
        assert store.queue() == runs[place + 1 :]
        executor.end(run)
    scheduler.tick()
    assert [run.state for run in runs] == ["finished"] * 3
    assert executor.started == runs


def test_people_take_turns_whoever_queues_most(store, executor):
    def queued(name):
        with acting_as(Person(name, name)):
            return store.create(CONFIG)

    first, second, third = (queued("a") for _ in range(3))
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    late = queued("b")  # comes last, and waits for one run, not for three
    assert store.queue() == [late, second, third]
    for run in (first, late, second, third):
        assert executor.started[-1] == run
        executor.end(run)
        scheduler.tick()
    assert executor.started == [first, late, second, third]


def test_while_the_teacher_pauses_the_queue_only_their_own_runs_begin(store, executor, monkeypatch):
    room = classroom.home()
    room.begin()
    pupil = room.recognise(room.join(room.room, "a"))
    teacher = room.recognise(room.join_as_teacher(room.begin(), "t"))
    monkeypatch.setenv(classroom.CLASS, "1")
    room.change(paused=True)
    with acting_as(pupil):
        waits = store.create(CONFIG)
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    assert not executor.started
    with acting_as(teacher):
        shown = store.create(CONFIG)
    scheduler.tick()
    assert executor.started == [shown]
    executor.end(shown)
    room.change(paused=False)
    scheduler.tick()
    assert executor.started == [shown, waits]


def test_how_long_a_run_waits_follows_from_those_before_it(store, executor):
    seconds = [cost.Foretold(60.0, False, False), cost.Foretold(30.0, False, False), None]
    running, ahead, unknown = (store.create(CONFIG, expected=known) for known in seconds)
    Scheduler(store, executor).tick()
    assert executor.started == [running]
    assert turns.expected_waits([ahead, unknown, running], [running]) == [
        pytest.approx(60, abs=10),
        pytest.approx(90, abs=10),
        None,
    ]
    assert turns.expected_waits([ahead, unknown, running], []) == [0, 30, None]
    by_now = lambda run: cost.foretold(run) or cost.Foretold(5.0, False, False)  # noqa: E731
    assert turns.expected_waits([ahead, unknown, running], [], foretold=by_now) == [0, 30, 35]


def test_two_slots_train_two_at_once(store, executor):
    executor.slots = executor.always = 2
    runs = [store.create(CONFIG) for _ in range(3)]
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    assert executor.started == runs[:2]
    assert {run.attempts[-1]["slot"] for run in runs[:2]} == {0, 1}
    executor.end(runs[0])
    scheduler.tick()
    assert executor.started == runs
    assert runs[2].attempts[-1]["slot"] == runs[0].attempts[-1]["slot"]


def test_fewer_slots_than_before_the_restart_start_nothing_until_one_is_free(store, executor):
    executor.slots = executor.always = 2
    runs = [store.create(CONFIG) for _ in range(3)]
    Scheduler(store, executor).tick()
    executor.end(runs[0])
    executor.slots = executor.always = 1
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    assert executor.started == runs[:2]  # the one in slot 1 still trains
    executor.end(runs[1])
    scheduler.tick()
    assert executor.started == runs


def test_a_run_that_was_stopped_in_the_queue_is_not_started(store, executor):
    first, second = store.create(CONFIG), store.create(CONFIG)
    first.ask_to_stop()
    Scheduler(store, executor).tick()
    assert executor.started == [second]


def test_a_resumed_run_waits_until_its_old_worker_has_left(store, executor):
    executor.slots = executor.always = 2
    run = store.create(CONFIG)
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    Recorder(run).status("stopped")  # at once; its worker still tests the network
    run.ask_to_start()
    scheduler.tick()
    assert executor.started == [run]
    assert run.state == "queued"
    executor.end(run, state=None)
    scheduler.tick()
    assert executor.started == [run, run]


def test_a_training_in_the_foreground_takes_the_slot(store, executor):
    make_run(store, "running")  # in this process
    store.create(CONFIG)
    Scheduler(store, executor).tick()
    assert executor.started == []


def test_a_killed_worker_is_lost_and_the_next_run_starts(store, executor):
    first, second = store.create(CONFIG), store.create(CONFIG)
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    executor.end(first, state=None)
    assert first.state == "lost"
    scheduler.tick()
    assert executor.started == [first, second]
    first.ask_to_start()
    assert first.state == "queued"


def test_how_a_worker_ended_is_noted(store, executor):
    run = store.create(CONFIG)
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    pid = run.attempts[-1]["pid"]
    executor.end(run, state=None)
    scheduler.tick()
    ends = [line for line in read_json_lines(run.folder / "attempts.jsonl") if line["event"] == "ended"]
    assert [(line["pid"], line["code"]) for line in ends] == [(pid, -signal.SIGKILL)]
    assert len(run.attempts) == 1


def test_a_run_deleted_right_after_its_end_does_not_stop_the_queue(store, executor):
    first, second = store.create(CONFIG), store.create(CONFIG)
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    executor.end(first)
    store.delete(first)
    scheduler.tick()
    assert executor.started == [first, second]


def test_a_folder_that_cannot_be_written_does_not_hold_up_the_others(store, executor):
    first, second = store.create(CONFIG), store.create(CONFIG)
    executor.refuse = {first.id}
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    assert executor.started == [second]
    assert first.state == "queued"


def test_settled_runs_are_not_opened_again(store, executor, monkeypatch):
    made = [make_run(store, state) for state in ("finished", "stopped", "failed", "lost")]
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    opened = []
    config = Run.config.fget
    monkeypatch.setattr(Run, "config", property(lambda run: opened.append(run) or config(run)))
    scheduler.tick()
    assert opened == []
    made[1].ask_to_start()
    scheduler.tick()
    assert set(opened) == {made[1]}
    assert executor.started == [made[1]]


def test_a_mended_recipe_is_looked_at_again(store, executor):
    run = store.create(CONFIG)
    (run.folder / "config.json").write_text("{")
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    assert run.state == "damaged"
    write_json(run.folder / "config.json", CONFIG.as_dict())
    scheduler.tick()
    assert executor.started == [run]


def test_a_worker_is_warmed_where_nobody_trains_and_later_where_somebody_does(store, executor, monkeypatch):
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    assert executor.warmed == [0]
    store.create(CONFIG)
    scheduler.tick()
    scheduler.tick()
    assert executor.warmed == [0]
    monkeypatch.setattr("core.queue.scheduler.WARM_AFTER_SECONDS", 0.0)
    scheduler.tick()
    assert executor.warmed == [0, 0]


def test_a_run_waits_where_its_worker_would_be_a_moment_later(store, executor):
    executor.not_ready = {0}
    run = store.create(CONFIG)
    scheduler = Scheduler(store, executor)
    scheduler.tick()
    assert run.state == "queued"
    executor.not_ready = set()
    scheduler.tick()
    assert executor.started == [run]


def test_of_two_schedulers_only_one_acts_and_the_other_takes_over(store):
    executors = [FakeExecutor(), FakeExecutor()]
    schedulers = [Scheduler(store, executor) for executor in executors]
    stop = threading.Event()
    first = threading.Thread(target=schedulers[0].run, args=(stop,))
    first.start()
    wait_until(lambda: executors[0].warmed)
    try:
        with at_work(schedulers[1]):
            runs = [store.create(CONFIG) for _ in range(2)]
            wait_until(lambda: executors[0].started)
            time.sleep(1.2)  # longer than the second one's pause
            assert executors[1].started == executors[1].warmed == []
            executors[0].end(runs[0])
            wait_until(lambda: len(executors[0].started) == 2)
            stop.set()
            executors[0].end(runs[1])
            last = store.create(CONFIG)
            wait_until(lambda: executors[1].started == [last])
            assert executors[0].started == runs
    finally:
        stop.set()
        first.join(timeout=PATIENCE)
        for executor in executors:
            executor.close()


def test_the_queue_survives_an_error_that_nobody_foresaw(store, executor, monkeypatch, caplog):
    monkeypatch.setattr("core.queue.scheduler.AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(executor, "reap", lambda: 1 / 0)
    run = store.create(CONFIG)
    with at_work(Scheduler(store, executor)):
        wait_until(lambda: "stumbled" in caplog.text)
        monkeypatch.setattr(executor, "reap", lambda: [])
        wait_until(lambda: executor.started == [run])


def test_a_runs_folder_that_is_a_file_makes_the_queue_wait(tmp_path, executor, monkeypatch, caplog):
    monkeypatch.setattr("core.queue.scheduler.AGAIN_SECONDS", 0.05)
    (tmp_path / "runs").write_text("")
    store = RunStore(tmp_path / "runs")
    with at_work(Scheduler(store, executor)):
        wait_until(lambda: "The queue waits" in caplog.text)
        (tmp_path / "runs").unlink()
        run = store.create(CONFIG)
        wait_until(lambda: executor.started == [run])


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "1000"])
def test_a_number_of_workers_that_makes_no_sense_is_refused(runs_folder, monkeypatch, value):
    monkeypatch.setenv("FITSCOPE_WORKERS", value)
    with pytest.raises(SettingError, match=f"FITSCOPE_WORKERS={value} is out of range; choose between 1 and 64"):
        LocalExecutor(runs_folder)
