"""What is answered to wrong questions: a sentence, without a path of the machine, a traceback or another's name."""

import itertools
import json
from pathlib import Path

import pytest

from core.folders import PROJECT
from core.network.classifier import NETWORK
from core.people.acting import acting_as
from core.people.classroom import Classroom
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from tests.made.classes import pupil
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("class")]

OTHER = "Nickname of another"
WRONG = [
    "x",
    "..",
    "%2e%2e%2f%2e%2e",
    "latest",
    "%00",
    "%C3%A9%20'\"",
    "A" * 300,
    ".class",
    "-1",
    "a%0d%0ab",
    "{run}",
    "~",
]
ADDRESSES = [
    *("/api/runs/{}", "/api/runs/{}/stop", "/api/runs/{}/resume", "/api/runs/{}/export", "/api/runs/{}/events"),
    *("/api/runs/{}/replay", "/api/lessons/{}/replay", "/api/races/{}/events", "/api/runs?state={}", "/api/runs?{}=1"),
    *("/api/runs/{}/events?since={}", "/api/class/{}", "/api/class/state?lang={}", "/api/{}", "/join?to={}"),
    *("/api/class/collecting/events?since={}", "/api/class/events?since={}", "/api/demo?run={}", "/{}", "/media/{}"),
    *("/component/{}", "/static/{}", "/_stcore/{}", "/_stcore/upload_file/{}/{}"),
]
BODIES = [
    *("", "{", "[]", "null", "{}", '{"recipe": {"dataset": "/etc/passwd"}}', '{"recipe": {"begin_from": "../x:1"}}'),
    *('{"recipe": {"epochs": 1e400}}', '{"recipe": {"dataset": null}}', '{"name": "\\u0000", "recipe": {"x": 1}}'),
    *('{"number": 1, "choice": -1}', '{"number": 1e400, "curve": []}', '{"number": true, "choice": true}', "\x00\x01"),
]
POSTED = ["/api/runs", "/api/runs/{}/stop", "/api/runs/{}/resume", "/api/runs/{}/export", "/api/class/answer"]
POSTED += ["/api/predict", "/leave/x", "/api/class/state"]


@pytest.fixture(scope="module")
def asked(opened):
    """(who asks, words that are in no answer, ids of runs): whole, damaged, failed of something with a path."""
    room, me = Classroom(opened.runs / ".class"), pupil(opened, "Asks wrongly")
    pupil(opened, OTHER)
    other = next(person for person in room.people() if person.name == OTHER)
    store = RunStore(opened.runs)
    with acting_as(other):
        runs = [make_run(store, state, TrainingConfig(dataset="digits")) for state in ("stopped", "damaged", "failed")]
    for run in runs:
        (run.folder / NETWORK).write_bytes(b"no network")
    told = {"template": "{file} is gone. Begin again.", "values": {"file": str(runs[2].folder / "config.json")}}
    status = json.loads((runs[2].folder / "status.json").read_text("utf-8"))
    (runs[2].folder / "status.json").write_text(json.dumps(status | {"error": status["error"] | told}), "utf-8")
    hidden = [OTHER, other.id, "Traceback", "site-packages", str(Path.home()) + "/", str(PROJECT)]
    hidden += [str(opened.runs), str(opened.runs.parent), 'File "']
    return me, hidden, [run.id for run in runs]


def leaked(answer, hidden):
    """Whose a run is, is told where it is shown, as on the page of runs: names count in what is refused."""
    said = answer.body + " ".join(answer.headers.values())
    return [word for word in hidden if word in said and (answer.status >= 400 or word != OTHER)]


def test_no_wrong_address_tells_a_path_a_traceback_or_a_name(asked):
    me, hidden, runs = asked
    heard = set()
    for address, wrong in itertools.product(ADDRESSES, WRONG):
        value = runs[1] if wrong == "{run}" else wrong
        path = address.replace("{}", value)
        answer = me.ask(path, Accept="application/json")
        heard.add(answer.status)
        assert answer.status not in (429, 500, 503), (path, answer.body)
        assert not leaked(answer, hidden), path
    assert {200, 404, 409, 422} <= heard


def test_nothing_that_is_sent_wrongly_is_answered_with_a_path_a_traceback_or_a_name(asked, opened):
    _me, hidden, runs = asked
    sender = pupil(opened, "Sends wrongly")  # one person's requests have an end
    heard = set()
    for address, body in itertools.product(POSTED, BODIES):
        for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
            for run in runs[:2] if "{}" in address else runs[:1]:
                headers = {"Content-Type": kind, "Accept": "*/*", "Origin": sender.address}
                answer = sender.ask(address.replace("{}", run), "POST", body, **headers)
                heard.add(answer.status)
                assert answer.status not in (429, 500, 503), (address, body, answer.body)
                assert not leaked(answer, hidden), (address, body, kind, answer.body)
    assert {400, 403, 405, 415, 422} <= heard


def test_why_a_run_failed_is_told_without_its_folder(asked):
    me, hidden, runs = asked
    answer = me.ask(f"/api/runs/{runs[2]}", Accept="*/*")
    told = json.loads(answer.body)
    assert told["error"].endswith(f"{runs[2]}/config.json is gone. Begin again.")
    assert told["owner"] == OTHER  # as the table of runs shows it to everybody, and nothing else of it
    assert not [word for word in hidden if word in told["error"]]


def test_the_log_has_what_was_wrong_with_an_id_in_place_of_a_name(asked, opened):
    me, _hidden, runs = asked
    assert me.ask(f"/api/runs/{runs[0]}/stop", "POST", "{}", **{"Content-Type": "application/json"}).status == 403
    said = (opened.runs / ".server.log").read_text("utf-8")
    assert "Refused:" in said
    assert OTHER not in said
    assert "Asks wrongly" not in said
