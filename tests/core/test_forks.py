"""Programs forked from one that has imported what they need: they are what `subprocess.Popen` would have started."""

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from core.folders import PROJECT
from core.processes.child import Child
from core.processes.forks import FORKS, SYSTEM, ForkServer
from core.processes.running import started
from core.queue.executor import WarmWorker
from core.recipe.config import TrainingConfig
from tests.made.workers import PATIENCE, curves, train_here, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != SYSTEM, reason="programs are forked on Linux only")]
ECHO = ["tests.made.echo", "--much", "une lettre é"]


@pytest.fixture
def allowed(monkeypatch):
    monkeypatch.delenv(FORKS)


@pytest.fixture
def server(allowed):
    server = ForkServer("json")
    yield server
    server.end()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


def begun(server, log, own_session=False):
    return server.start(ECHO, {**os.environ, "COLOUR": "vert"}, log, own_session)


@pytest.mark.parametrize("own_session", [True, False])
def test_what_is_forked_begins_as_any_program_does(server, log, own_session):
    first, second = (begun(server, log, own_session) for _ in range(2))
    said = json.loads(second.stdout.readline())
    assert said["words"] == ECHO[1:]
    assert said["folder"] == str(PROJECT)
    assert said["own_session"] == own_session
    assert said["colour"] == "vert"
    assert said["open"] in (
        [0, 1, 2],
        [0, 1, 2, 3],
    )  # 3: the folder that it lists; nothing of its sisters or the server
    second.stdin.write("à toi\n")
    assert second.stdout.readline() == "À TOI\n"
    for program in (first, second):
        program.stdin.close()
        assert program.wait(PATIENCE) == 0


def test_its_end_is_told_as_of_any_program(server, log):
    def ended(act):
        program = begun(server, log)
        program.stdout.readline()
        assert program.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(0.01)
        act(program)
        assert program.wait(PATIENCE) == program.poll() == program.returncode
        assert not psutil.pid_exists(program.pid)  # not a zombie either
        return program.returncode

    assert ended(lambda program: program.stdin.write("end 3\n")) == 3
    assert ended(lambda program: program.kill()) == -signal.SIGKILL
    assert ended(lambda program: program.terminate()) == -signal.SIGTERM


@pytest.mark.parametrize("ignored", [False, True])
def test_ctrl_c_is_heard_unless_it_was_ignored_where_all_began(allowed, log, ignored):
    """A shell ignores it for what it starts in the background, and so does everything that this starts in turn."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.default_int_handler)
    server = ForkServer("json")
    try:
        program = begun(server, log)
        program.stdout.readline()
        os.kill(program.pid, signal.SIGINT)
        if ignored:
            program.stdin.write("end 3\n")
        assert program.wait(PATIENCE) == (3 if ignored else -signal.SIGINT)
        assert ("KeyboardInterrupt" in log.read_text("utf-8")) != ignored
    finally:
        signal.signal(signal.SIGINT, before)
        server.end()


def test_what_it_has_begun_goes_on_without_it(server, log):
    program = begun(server, log)
    server.end()
    program.stdin.write("still there\n")
    assert program.stdout.readline()
    assert program.stdout.readline() == "STILL THERE\n"
    assert program.poll() is None
    program.stdin.write("end 3\n")
    assert program.wait(PATIENCE) == 1  # its code is lost with who would have told it


def test_another_follows_one_that_was_killed(server, log):
    first = begun(server, log)
    server._server.kill()
    server._server.wait()
    second = begun(server, log)
    for program in (first, second):
        program.kill()
        assert program.wait(PATIENCE)


def test_what_has_ended_keeps_no_file_open(server, log):
    """A class begins hundreds."""

    def one():
        program = begun(server, log)
        program.kill()
        program.wait(PATIENCE)

    one()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        one()
    assert len(os.listdir("/proc/self/fd")) == before


def test_one_that_cannot_import_is_given_up_and_the_log_says_why(allowed, log):
    server = ForkServer("there_is_no_such_module")
    assert begun(server, log) is None
    assert not server.importing(log)
    assert "there_is_no_such_module" in log.read_text("utf-8")
    child = Child(ECHO, log, server=server)  # begun in the old way
    assert isinstance(child.process, subprocess.Popen)
    child.end()


def test_it_can_be_switched_off(monkeypatch, log):
    monkeypatch.setenv(FORKS, "0")
    assert begun(ForkServer("json"), log) is None
    assert not log.exists()


def test_it_leaves_with_who_asked(allowed, log):
    code = (
        "import os, sys, pathlib; from core.processes.forks import ForkServer; server = ForkServer('json');"
        "server.start(['tests.made.echo'], dict(os.environ), pathlib.Path(sys.argv[1]), True);"
        "print(server._server.pid, flush=True); os._exit(0)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(log)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    wait_until(lambda: not psutil.pid_exists(int(told.stdout)))


def test_a_training_in_a_fork_gives_the_same_numbers(store, log, allowed):
    config = TrainingConfig(architecture="cnn_small", epochs=2)
    here, there = store.create(config), store.create(config)
    here.note_attempt(os.getpid(), started(os.getpid()))
    train_here(here)
    worker = WarmWorker(log)
    assert not isinstance(worker.process, subprocess.Popen)
    worker.take(there)
    wait_until(lambda: not worker.alive)
    assert (worker.process.returncode, there.state) == (0, "finished")
    assert curves(there) == curves(here)
