"""What is another's stays as it is, whoever asks for it over HTTP, and the log says who tried."""

import json

import pytest

from core.people.acting import acting_as
from core.people.classroom import Classroom
from core.recipe.config import TrainingConfig
from core.recipe.sent import send_recipe
from core.runs.store import RunStore
from tests.made.classes import Browser, pupil
from tests.made.runs import make_run
from tests.made.workers import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("class")]


def test_thirty_attempts_on_what_is_anothers_are_refused_and_in_the_log(opened):
    """By a pupil, by their program, by a page of another site, by a stranger; by pages: see the tests of the core."""
    room, lea, noe = Classroom(opened.runs / ".class"), pupil(opened, "Owner"), pupil(opened, "Tries it")
    owner, thief = (next(one for one in room.people() if one.name == name) for name in ("Owner", "Tries it"))
    with acting_as(owner):
        done, cut = (make_run(RunStore(opened.runs), state) for state in ("finished", "stopped"))
    before = {path: path.read_bytes() for run in (done, cut) for path in run.folder.rglob("*") if path.is_file()}
    kind = {"Content-Type": "application/json"}
    program = Browser(opened.address, extra={"Authorization": f"Bearer {room.token_for(thief)}"})
    foreign = Browser(opened.address, noe.cookie, {"Origin": "https://evil.example"})
    stranger = Browser(opened.address, extra={"Authorization": "Bearer AAAA"})
    changes = [f"/api/runs/{run.id}/{how}" for run in (done, cut) for how in ("stop", "resume", "export")]
    for browser in (noe, program, foreign, stranger):
        for path in changes:
            assert browser.ask(path, "POST", "{}", **kind).status in (401, 403), (browser, path)
    send_recipe(room, TrainingConfig(dataset="digits"), "Digits", ["dropout"], locked=True)
    try:
        for name, value in (("epochs", 40), ("learning_rate", 0.01), ("batch_size", 16), ("architecture", "softmax")):
            recipe = json.dumps({"recipe": {"dataset": "digits", name: value}})
            for browser in (noe, program):
                assert browser.ask("/api/runs", "POST", recipe, **kind).status == 403, (browser, name)
    finally:
        room.change(sent=None)
    for browser in (noe, program):
        assert browser.ask("/api/class/events", Accept="*/*").status == 403
    for passcode in ("", opened.room, "teacher"):
        assert noe.fill("/join", way="teacher", passcode=passcode).status == 403
    assert noe.fill("/join", origin="https://evil.example", room=opened.room, name="Owner").status == 403
    assert lea.ask(f"/api/runs/{done.id}", Accept="*/*").status == 200
    assert {path: path.read_bytes() for path in before} == before

    def noted():
        lines = (opened.runs / ".server.log").read_text("utf-8").splitlines()
        return [line for line in lines if "Refused:" in line and " asked " in line]

    attempts = [("POST", path, 4) for path in changes] + [("POST", "/api/runs", 8), ("GET", "/api/class/events", 2)]
    assert sum(n for _method, _path, n in attempts) + 4 >= 30
    for method, path, n in [*attempts, ("POST", "/join", 4)]:
        wait_until(lambda of=f"{method} {path!r}: ", n=n: sum(of in line for line in noted()) >= n)
    assert not [line for line in noted() for name in ("Owner", "Tries it") if name in line]  # ids, no names
