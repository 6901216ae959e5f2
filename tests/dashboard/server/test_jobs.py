"""Long work beside the server: what the page says of a job that was cancelled is what happened."""

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.data import imported
from core.processes import child
from dashboard.server import jobs
from tests.made.workers import PATIENCE, ROOT, started_in, wait_until

pytestmark = pytest.mark.slow

STAND_IN = f"""
import json, signal, sys
sys.path.insert(0, {str(ROOT)!r})
def told(*_):
    if sys.argv[1] == "result":
        print(json.dumps({{"result": {{"n": 3}}}}), flush=True)
    if sys.argv[1] == "error":
        print(json.dumps({{"error": "The disk is full.", "values": {{}}}}), flush=True)
    sys.exit({{"result": 0, "error": 2, "crash": 1, "interrupted": 130}}[sys.argv[1]])
signal.signal(signal.SIGTERM, told)
print(json.dumps({{"what": "At work", "fraction": 0.5}}), flush=True)
signal.pause()
"""


@pytest.fixture(autouse=True)
def home(own_data_folder):
    return own_data_folder


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A command that waits for the interruption, and then ends in the way that is its first word."""
    (tmp_path / "stand_in" / "core").mkdir(parents=True)
    (tmp_path / "stand_in" / "core" / "__main__.py").write_text(STAND_IN)
    monkeypatch.setattr(child, "PROJECT", tmp_path / "stand_in")


def cancelled(*words):
    """A job that is cancelled while it works, after its end."""
    with started_in("background"):  # where the server was started by `make run &`
        job = jobs.Job(list(words))
    wait_until(lambda: job.what or job.done)
    job.cancel()
    wait_until(lambda: job.done)
    return job


def shown(job, monkeypatch):
    """The texts of the page that follows this job."""
    monkeypatch.setattr(jobs, "current", lambda _kind: job)

    def page():
        from dashboard.server import jobs

        jobs.follow("some", lambda result: jobs.st.success(f"{result['n']} made"))

    app = AppTest.from_function(page, default_timeout=PATIENCE).run()
    assert not app.exception
    return [element.value for kind in (app.info, app.error, app.success, app.caption) for element in kind]


def test_a_job_that_was_interrupted_is_told_as_cancelled(stand_in, monkeypatch):
    job = cancelled("interrupted")
    assert (job.cancelled, job.error, job.result) == (True, None, None)
    assert shown(job, monkeypatch) == ["Cancelled; nothing was changed."]


def test_a_job_that_was_done_before_it_could_be_cancelled_shows_its_result(stand_in, monkeypatch):
    job = cancelled("result")
    assert (job.cancelled, job.error, job.result) == (False, None, {"n": 3})
    assert shown(job, monkeypatch) == ["3 made", "It was done before it could be cancelled."]


@pytest.mark.parametrize(("ending", "said"), [("error", "The disk is full."), ("crash", "unexpectedly")])
def test_a_job_that_failed_while_it_was_cancelled_says_so(stand_in, monkeypatch, ending, said):
    job = cancelled(ending)
    assert not job.cancelled
    assert said in shown(job, monkeypatch)[0]


def test_an_import_is_cancelled_also_where_the_server_runs_in_the_background(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "zoo" / name).mkdir(parents=True)
    first = tmp_path / "zoo" / "cat" / "0.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)).save(first)
    for place in range(4000):  # seconds of work, of which the first line comes at once
        (tmp_path / "zoo" / ("cat", "dog")[place % 2] / f"{place + 1}.png").hardlink_to(first)
    job = cancelled("import", str(tmp_path / "zoo"), "--name", "Zoo")
    assert (job.cancelled, job.error, job.result) == (True, None, None)
    assert imported.datasets() == {}
    assert job._child.process.returncode == 130
