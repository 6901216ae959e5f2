"""A page of another site in the browser of somebody who has joined: no websocket, no upload, no answer to read.

And the third way in: in another browser by the code of one's own.
"""

import json
import uuid
from contextlib import contextmanager

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from core.people.classroom import Classroom
from tests.made.classes import Browser, pupil, teacher
from tests.made.workers import PATIENCE, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("class")]
OTHERS = ["https://evil.example", "http://evil.example:8501", "null", "http://127.0.0.1:1", "file://"]
MARK = "_streamlit_xsrf"


def websocket(browser, origin):
    address = browser.address.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(
        address, additional_headers={"Cookie": browser.cookie}, origin=origin, max_size=None, open_timeout=PATIENCE
    )


@pytest.mark.parametrize("origin", OTHERS)
def test_a_page_of_another_site_opens_no_websocket(opened, origin):
    victim = pupil(opened, f"Ws {origin[-12:]}")
    with websocket(victim, victim.address) as link:
        assert link.protocol.handshake_exc is None
    with pytest.raises(InvalidStatus) as refused, websocket(victim, origin):
        pass
    assert refused.value.response.status_code == 403


@contextmanager
def upload_address(browser):
    """Where the page of this browser may send one file, as the page itself asks for it; as long as it is open."""
    with websocket(browser, browser.address) as link:
        message = BackMsg()
        message.rerun_script.query_string = "lang=en"
        link.send(message.SerializeToString())
        heard(link, "script_finished")
        message = BackMsg()
        message.file_urls_request.file_names.append("a.png")
        message.file_urls_request.request_id = str(uuid.uuid4())
        link.send(message.SerializeToString())
        yield heard(link, "file_urls_response").file_urls_response.file_urls[0].upload_url


def heard(link, kind):
    """The next message of that kind."""
    while True:
        message = ForwardMsg.FromString(link.recv(PATIENCE))
        if message.WhichOneof("type") == kind:
            return message


BODY = '--m\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\n\r\nx\r\n--m--\r\n'
FORM = {"Content-Type": "multipart/form-data; boundary=m", "Accept": "*/*"}


def test_nothing_is_uploaded_without_the_mark_of_the_page(opened):
    victim = pupil(opened, "Upload")
    person = victim.cookie
    given = Browser(victim.address, person).ask("/_stcore/health").headers["set-cookie"].partition(";")[0]
    mark = given.partition("=")[2].strip('"')
    both = Browser(victim.address, f"{person}; {given}")
    assert given.startswith(MARK)
    with upload_address(both) as path:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "https://evil.example", "X-Xsrftoken": "2|00|00|0"},
            {"X-Xsrftoken": mark[:-4] + "AAAA"},
        ):
            refused = Browser(both.address, both.cookie).ask(path, "PUT", BODY, **FORM, **headers)
            assert refused.status == 403, headers
        assert Browser(both.address, given).ask(path, "PUT", BODY, **FORM, **{"X-Xsrftoken": mark}).status == 401
        assert both.ask(path, "PUT", BODY, **FORM, **{"X-Xsrftoken": mark}).status in (200, 204)


@pytest.mark.parametrize("origin", OTHERS)
def test_a_page_of_another_site_may_read_no_answer(opened, origin):
    victim = pupil(opened, f"Read {origin[-12:]}")
    for path in ("/api/runs", "/api/class/state", "/_stcore/health", "/_stcore/host-config"):
        for method in ("GET", "OPTIONS"):
            answer = victim.ask(path, method, Accept="*/*", Origin=origin)
            allowed = answer.headers.get("access-control-allow-origin", "")
            assert allowed != origin, (path, method)
            assert not (allowed == "*" and answer.headers.get("access-control-allow-credentials")), (path, method)


def test_somebody_carries_on_in_another_browser_by_their_code_once(opened):
    room, first = Classroom(opened.runs / ".class"), pupil(opened, "Moves")
    person = next(one for one in room.people() if one.name == "Moves")
    code, people = room.code_for(person), len(room.people())
    second = Browser(opened.address)
    for wrong in ("", "AAAA AAAA", opened.room, code[:-1], code + "A", person.id):
        refused = Browser(opened.address).fill("/join", way="code", code=wrong)
        assert refused.status == 403
        assert "not valid" in refused.body
        assert code not in refused.body
    typed = f" {code[:4].lower()} {code[4:].lower()} "  # as it is typed on a phone
    evil = Browser(opened.address).fill("/join", origin="https://evil.example", way="code", code=typed)
    assert evil.status == 403  # and the code is not used up
    answer = second.fill("/join?to=collect", way="code", code=typed)
    assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/collect")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert second.cookie != first.cookie
    for browser in (first, second):  # both are theirs
        assert browser.ask("/api/runs", Accept="*/*").status == 200
    assert room.recognise(second.cookie.partition("=")[2]) == person
    again = Browser(opened.address).fill("/join", way="code", code=code)
    assert again.status == 403  # it was used up
    assert len(room.people()) == people
    assert code not in (opened.runs / ".server.log").read_text("utf-8")


def test_a_code_of_the_teachers_brings_the_teacher_and_one_of_a_pupil_does_not(opened):
    room, _chief = Classroom(opened.runs / ".class"), teacher(opened)
    pupil(opened, "Ordinary")
    for person, status in (
        (next(one for one in room.people() if one.teacher), 200),
        (next(one for one in room.people() if one.name == "Ordinary"), 403),
    ):
        browser = Browser(opened.address)
        assert browser.fill("/join", way="code", code=room.code_for(person)).status == 303
        wait_until(lambda who=browser, wanted=status: who.ask("/api/class/events", Accept="*/*").status == wanted)
        assert ("cards" in json.loads(browser.ask("/api/class/events", Accept="*/*").body)) == (status == 200)
