"""Workers stand back behind the web server: by their niceness, and by that of the session they lead."""

import os
import subprocess
import sys

import pytest

from core.processes.running import AUTOGROUP, THREADS
from tests.made.workers import PATIENCE, ROOT

CODE = """
import os
from core.processes import running as processes
processes.stand_back()
print(os.nice(0), open("/proc/self/autogroup").read().split()[-1])
"""


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this system does not group processes by session")
def test_a_worker_puts_its_session_back_too():
    words = [sys.executable, "-c", CODE]
    done = subprocess.run(
        words,
        cwd=ROOT,
        env={**os.environ, "FITSCOPE_NICE": "7"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        start_new_session=True,
        check=True,
    )
    assert tuple(map(int, done.stdout.split())) == (7, 7)


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this system does not group processes by session")
def test_a_process_of_the_servers_session_leaves_the_server_alone():
    code = "import subprocess, sys; print(subprocess.run(sys.argv[1:], capture_output=True, text=True).stdout)"
    words = [sys.executable, "-c", code, sys.executable, "-c", CODE]
    done = subprocess.run(
        words,
        cwd=ROOT,
        env={**os.environ, "FITSCOPE_NICE": "7"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        start_new_session=True,
        check=True,
    )
    assert tuple(map(int, done.stdout.split())) == (7, 0)


THREAD = """
import os, threading
from core.processes import running
told = threading.Event()
thread = threading.Thread(target=told.wait)
thread.start()
running.stand_back()
print(os.getpriority(os.PRIO_PROCESS, thread.native_id))
told.set()
"""


@pytest.mark.skipif(not THREADS.is_dir(), reason="niceness is of a whole process on this system")
def test_threads_that_are_there_already_stand_back_too():
    words, environment = [sys.executable, "-c", THREAD], {**os.environ, "FITSCOPE_NICE": "7"}
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert int(done.stdout) == 7
