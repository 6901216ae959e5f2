"""Programs of a class: what a token lists, follows and takes away: its owner's, another's, nobody's; switched off."""

import io
import json
import zipfile
from dataclasses import dataclass

import numpy as np
import pytest

from core.export import offered
from core.network.inference import Network
from core.people.acting import acting_as
from core.people.classroom import Classroom
from core.people.person import Person
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore
from tests.made import by_name
from tests.made.classes import Browser, pupil, teacher
from tests.made.runs import make_run
from tests.made.workers import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("class")]
JSON = {"Content-Type": "application/json", "Accept": "*/*"}
QUICK = {"dataset": "digits", "architecture": "softmax", "epochs": 3}


@dataclass
class Program:
    """Somebody's, with a token in place of a cookie."""

    person: Person
    link: Browser

    def get(self, path):
        return self.link.ask(path, Accept="*/*")

    def post(self, path, value):
        return self.link.ask(path, "POST", json.dumps(value), **JSON)


@pytest.fixture(scope="module")
def room(opened):
    return Classroom(opened.runs / ".class")


@pytest.fixture(scope="module")
def programs(opened, room):
    """Of two pupils and of a stranger."""

    def program(name):
        pupil(opened, name)
        person = next(one for one in room.people() if one.name == name)
        return Program(person, Browser(opened.address, extra={"Authorization": f"Bearer {room.token_for(person)}"}))

    stranger = Program(Person("", ""), Browser(opened.address, extra={"Authorization": "Bearer AAAA"}))
    return program("Prog One"), program("Prog Two"), stranger


@pytest.fixture(scope="module")
def trained(opened, programs):
    """A run that the first has trained through HTTP, to its end."""
    owner, *_others = programs
    begun = owner.post("/api/runs", {"recipe": QUICK, "name": "to take away"})
    assert begun.status == 201, begun.body
    address = f"/api/runs/{json.loads(begun.body)['id']}"
    ended = lambda: json.loads(owner.get(address).body)["state"] == "finished"  # noqa: E731
    wait_until(ended, pause=0.5)  # a program that asks more than ten times a second is told to wait
    return Run(opened.runs / json.loads(begun.body)["id"])


def test_runs_are_listed_to_people_of_the_class(programs, trained):
    owner, other, stranger = programs
    for program in (owner, other):
        (row,) = (one for one in json.loads(program.get("/api/runs?network=1").body) if one["id"] == trained.id)
        assert (row["owner"], row["state"], row["recipe"]) == ("Prog One", "finished", trained.config.changes())
        assert (row["test_accuracy"], row["n_test"]) == (trained.status.result["test_accuracy"], 360)
        mine = {one["id"] for one in json.loads(program.get("/api/runs?mine=1").body)}
        assert (trained.id in mine) == (program is owner)
    refused = stranger.get("/api/runs")
    assert refused.status == 401
    assert "Prog One" not in refused.body


def test_the_news_of_a_run_are_followed_by_people_of_the_class(programs, trained):
    owner, other, stranger = programs
    path, epochs = f"/api/runs/{trained.id}/events", trained.history.column("epoch")
    for program in (owner, other):
        news = json.loads(program.get(path).body)
        assert (news["epochs"]["epoch"], news["phase"]) == (epochs, "ended")
        assert news["epochs"]["val_loss"] == pytest.approx(trained.history.column("val_loss"), rel=1e-3)
    stream = owner.link.ask(path, Accept="text/event-stream")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert '"phase":"ended"' in stream.body.replace('": "', '":"')
    assert stranger.get(path).status == 401


def test_a_token_follows_and_lists_nothing_once_the_teacher_has_switched_programs_off(opened, room, programs, trained):
    owner, _other, _stranger = programs
    browser = pupil(opened, "Looks at a page")
    teacher(opened)
    lead = next(one for one in room.people() if one.teacher)
    leads = Browser(opened.address, extra={"Authorization": f"Bearer {room.token_for(lead)}"})
    paths = ("/api/runs", f"/api/runs/{trained.id}", f"/api/runs/{trained.id}/events", "/api/class/state", "/train")
    room.change(programs=False)
    try:
        for path in paths:
            refused = owner.get(path)
            assert (refused.status, json.loads(refused.body)["error"]) == (403, "The teacher has switched this off.")
            assert leads.ask(path, Accept="*/*").status == 200
        assert owner.post("/api/runs", {"recipe": QUICK}).status == 403
        assert browser.ask(f"/api/runs/{trained.id}/events", Accept="*/*").status == 200  # pages go on
    finally:
        room.change(programs=True)
    assert {owner.get(path).status for path in paths} == {200}


def test_a_network_is_prepared_by_its_owner_and_taken_by_who_may_look(opened, programs, trained):
    owner, other, stranger = programs
    path = f"/api/runs/{trained.id}/export"
    assert owner.get(path).status == 409
    assert "Nothing is prepared" in owner.get(path).body
    for program, status in ((other, 403), (stranger, 401)):
        assert program.post(path, {}).status == status
    with acting_as(owner.person):
        cut = make_run(RunStore(opened.runs), "stopped", TrainingConfig(dataset="digits"))
    for name in ("network.tflite", offered.NETWORK):
        (cut.folder / name).write_bytes(b"there is one")
    assert owner.post(path, {}).status == 202
    assert owner.post(path, {}).status == 202  # it goes on
    assert "of yours is being prepared" in owner.post(f"/api/runs/{cut.id}/export", {}).body
    assert "done); ask again" in owner.get(path).body
    wait_until(lambda: offered.current(trained) is not None, pause=0.5)
    wait_until(lambda: owner.link.ask(path, "HEAD", Accept="*/*").status == 200, pause=0.5)
    for program in (owner, other):
        _holds_the_network(program.link.raw(path), trained)
    assert stranger.get(path).status == 401


def _holds_the_network(content, run):
    """The zip is whole, and the network in it answers as the run's own."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    made = offered.current(run)
    assert {form.file for form in made.forms if form.offered} <= set(archive.namelist())
    assert {"README.txt", "network.keras", "network.tflite", "network.onnx"} <= set(archive.namelist())
    images = np.asarray(by_name.load("digits").test.images[:50])
    own, taken = run.folder / "network.tflite", run.folder / "taken.tflite"
    taken.write_bytes(archive.read("network.tflite"))
    expected, said = (Network(path).probabilities(images) for path in (own, taken))
    np.testing.assert_allclose(said, expected, atol=1e-5)


def test_what_could_not_be_prepared_says_why(opened, programs):
    owner, *_others = programs
    with acting_as(owner.person):
        run = make_run(RunStore(opened.runs), "finished", TrainingConfig(dataset="digits"))
    for name in ("network.tflite", offered.NETWORK):
        (run.folder / name).write_bytes(b"no network")
    path = f"/api/runs/{run.id}/export"
    assert owner.post(path, {}).status == 202
    wait_until(lambda: "could not be prepared" in owner.get(path).body, pause=0.5)
    assert "Train its recipe again" in owner.get(path).body
    assert str(opened.runs) not in owner.get(path).body
