"""The queue starts each run once, in order, one per slot; whoever starts and ends around it, nothing is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import psutil
import pytest

from core.errors import RunError, SettingError, StorageError
from core.files import read_json_lines, write_json
from core.processes.running import started
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder
from core.runs.run import Run
from core.runs.store import RunStore
from core.training.executor import LocalExecutor, WarmWorker
from core.training.layers import Plan
from core.training.scheduler import Scheduler
from tests.made.runs import make_run
from tests.made.workers import PATIENCE, ROOT, cpu_seconds, idle_process, wait_until

CONFIG = TrainingConfig(epochs=3)
LONG = TrainingConfig(epochs=500)


class FakeExecutor:
    """Starts processes that only sleep; a test says when they end, and how."""

    def __init__(self, slots=1):
        self.slots = slots
        self.started: list[Run] = []
        self.warmed: list[int] = []
        self.refuse: set[str] = set()
        self._processes: dict[Run, subprocess.Popen] = {}

    def warm(self, slot):
        self.warmed.append(slot)

    def start(self, run, slot):
        if run.id in self.refuse:
            raise StorageError("{run} cannot be written.", run=run.id)
        process = idle_process()
        run.note_attempt(process.pid, started(process.pid), slot)
        Recorder(run).status("running")
        self.started.append(run)
        self._processes[run] = process

    def end(self, run, state="finished"):
        if state:
            Recorder(run).status(state)
        self._processes[run].kill()
        wait_until(lambda: not run.process_alive)

    def reap(self):
        ended = [(run, process) for run, process in self._processes.items() if process.poll() is not None]
        for run, _ in ended:
            del self._processes[run]
        return [(run, process.pid, process.returncode) for run, process in ended]

    def close(self):
        for process in self._processes.values():
            process.kill()
            process.wait()


@pytest.fixture
def executor():
    fake = FakeExecutor()
    yield fake
    fake.close()


@contextmanager
def at_work(*schedulers):
    """Each scheduler in a thread of its own, as in a web server."""
    stop = threading.Event()
    threads = [threading.Thread(target=scheduler.run, args=(stop,)) for scheduler in schedulers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for scheduler in schedulers:
            scheduler.wake()
        for thread in threads:
            thread.join(timeout=PATIENCE)
        assert not any(thread.is_alive() for thread in threads)


# The queue


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


def test_two_slots_train_two_at_once(store, executor):
    executor.slots = 2
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
    executor.slots = 2
    runs = [store.create(CONFIG) for _ in range(3)]
    Scheduler(store, executor).tick()
    executor.end(runs[0])
    executor.slots = 1
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
    executor.slots = 2
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
    monkeypatch.setattr("core.training.scheduler.WARM_AFTER_SECONDS", 0.0)
    scheduler.tick()
    assert executor.warmed == [0, 0]


# The loop


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
    monkeypatch.setattr("core.training.scheduler.AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(executor, "reap", lambda: 1 / 0)
    run = store.create(CONFIG)
    with at_work(Scheduler(store, executor)):
        wait_until(lambda: "stumbled" in caplog.text)
        monkeypatch.setattr(executor, "reap", lambda: [])
        wait_until(lambda: executor.started == [run])


def test_a_runs_folder_that_is_a_file_makes_the_queue_wait(tmp_path, executor, monkeypatch, caplog):
    monkeypatch.setattr("core.training.scheduler.AGAIN_SECONDS", 0.05)
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


# Real workers


@pytest.fixture
def local(store):
    """A real executor with one worker; what still trains at the end of the test is killed."""
    executor = LocalExecutor(store.folder)
    yield executor
    executor.close()
    for run in store.all():
        if run.process_alive:
            psutil.Process(run.attempts[-1]["pid"]).kill()


@pytest.mark.slow
def test_a_warm_worker_makes_its_first_steps_at_once(store, local, record_property):
    seconds = []
    with at_work(scheduler := Scheduler(store, local)):
        while len(seconds) < 3 and min(seconds, default=9.0) > 2.0:
            local.describe(question())  # waits until Keras is imported
            wait_until(lambda: local.device)
            pid = local._spares[0].process.pid
            run, began = store.create(TrainingConfig(epochs=2)), cpu_seconds(pid)
            scheduler.wake()
            wait_until(lambda run=run: run.history.trace.x)
            seconds.append(cpu_seconds(pid) - began)
            assert run.attempts[-1]["pid"] == pid
            wait_until(lambda run=run: run.state == "finished" and not run.process_alive)
            local._answers.clear()
    record_property("first_steps_seconds", seconds)
    print("first steps after", [round(one, 2) for one in seconds])
    assert min(seconds) < 2.5  # of calculation; a cold one imports Keras first, for 7. The benchmark has the waiting


@pytest.mark.slow
def test_a_killed_worker_is_noticed_at_the_next_look_and_offered_for_resume(store, local):
    run = store.create(LONG)
    with at_work(Scheduler(store, local)):
        wait_until(lambda: run.history.epochs)
        os.kill(run.attempts[-1]["pid"], signal.SIGKILL)
        wait_until(lambda: not run.process_alive)
        assert run.state == "lost"
        epochs = len(run.history.epochs)
        run.ask_to_start()
        wait_until(lambda: len(run.history.epochs) > epochs)
        run.ask_to_stop()
        wait_until(lambda: run.state == "stopped" and not run.process_alive)
    assert len(run.attempts) == 2


@pytest.mark.slow
def test_trainings_outlive_their_scheduler_and_the_next_one_takes_them_over(store, local):
    running = store.create(LONG)
    command = [sys.executable, "-m", "core", "schedule"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_until(lambda: running.history.epochs)
    worker = running.attempts[-1]["pid"]
    idle = [child for child in psutil.Process(server.pid).children() if child.pid != worker]
    server.kill()
    server.wait()
    waiting = store.create(CONFIG)
    with at_work(Scheduler(store, local)):
        epochs = len(running.history.epochs)
        wait_until(lambda: len(running.history.epochs) > epochs + 2)
        assert (running.state, waiting.state) == ("running", "queued")
        assert len(running.attempts) == 1
        began = cpu_seconds(worker)
        running.ask_to_stop()
        wait_until(lambda: running.state == "stopped")
        assert cpu_seconds(worker) - began < 2  # of calculation, on two cores
        wait_until(lambda: waiting.state == "finished")
    assert (len(running.attempts), len(waiting.attempts)) == (1, 1)
    wait_until(lambda: not any(child.is_running() and child.status() != "zombie" for child in idle))


@pytest.mark.slow
def test_an_idle_worker_leaves_when_its_stdin_closes_and_one_at_work_stays(store, tmp_path):
    idle, busy = WarmWorker(tmp_path / "log"), WarmWorker(tmp_path / "log")
    run = store.create(CONFIG, queue=False)
    run.note_attempt(busy.process.pid, started(busy.process.pid))
    busy.take(run)
    for worker in (idle, busy):
        worker.dismiss()
    assert idle.process.wait(timeout=PATIENCE) == 0
    assert busy.process.wait(timeout=PATIENCE) == 0
    assert run.state == "finished"
    for worker in (idle, busy):
        with pytest.raises(RunError, match="has stopped"):
            worker.ask({"describe": question()})


@pytest.mark.slow
def test_a_worker_describes_networks_and_says_why_one_is_impossible(store, local):
    plan = Plan.from_dict(local.describe(question("cnn_two_blocks", (28, 28, 1)))["plan"])
    assert plan.parameters == 121_930
    refusal = local.describe(question("cnn_three_blocks", (8, 8, 1)))
    assert "image_size of at least" in refusal["error"].format(**refusal["values"])
    bug = local.describe({**question(), "settings": {}})
    assert "cannot be built" in bug["error"].format(**bug["values"])
    assert local.describe(question())["plan"]  # the same worker, still there
    assert len(local._spares) == 1


@pytest.mark.slow
def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(tmp_path, monkeypatch):
    worker = WarmWorker(tmp_path / "log")
    monkeypatch.setattr("core.training.executor.ANSWER_SECONDS", 0.01)
    with pytest.raises(RunError, match="did not answer"):
        worker.ask({"describe": question("cnn_three_blocks", (8, 8, 1))})
    monkeypatch.setattr("core.training.executor.ANSWER_SECONDS", PATIENCE)
    assert worker.ask({"describe": question("cnn_two_blocks", (28, 28, 1))})["plan"]["parameters"] == 121_930
    worker.process.kill()
    monkeypatch.setattr("core.training.executor.ANSWER_SECONDS", PATIENCE)
    with pytest.raises(RunError, match="has stopped"):
        worker.ask({"describe": question()})


def question(architecture="cnn_small", shape=(8, 8, 1)):
    settings = dict(architectures.known()[architecture].settings)
    return {"architecture": architecture, "shape": shape, "classes": 10, "settings": settings}
