"""A class over HTTP: nothing is reached without joining, and no token, passcode or name leaks."""

import contextlib
import json

import pytest

from benchmarks.server import open_class
from core.classwork import collecting, giving
from core.classwork import question as questions
from core.classwork.question import Draft
from core.lessons.lesson import lessons
from core.people.acting import acting_as
from core.people.classroom import Classroom
from core.people.person import Person
from core.recipe.config import TrainingConfig
from core.recipe.sent import send_page, send_recipe
from dashboard.server import limits
from tests.made.classes import Browser, pupil, teacher
from tests.made.collections import picture
from tests.made.workers import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("class")]

EVERYTHING = [
    "/",
    "/train",
    "/class",
    "/api/runs",
    "/api/predict",
    "/api/runs/20261126-000000-digits-cnn_small-abcdef/events",
    "/api/anything",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/upload_file/a/b",
    "/media/a.png",
    "/static/index.html",
    "/component/x/index.html",
    "/join/",
    "/JOIN",
    "/join/../api/runs",
    "//join/api/runs",
    "/join%2f..%2fapi%2fruns",
    "/api/runs?path=/join",
    "/leave/x",
]


@pytest.mark.parametrize("path", EVERYTHING)
@pytest.mark.parametrize("cookie", ["", "fitscope_person=", "fitscope_person=AAAA", "fitscope_person=../people/x"])
def test_a_stranger_reaches_nothing_but_the_door(opened, path, cookie):
    for method, accept in (("GET", "text/html"), ("GET", "*/*"), ("POST", "*/*"), ("HEAD", "*/*"), ("PUT", "*/*")):
        answer = Browser(opened.address, cookie).ask(path, method, Accept=accept)
        to_the_door = answer.status == 303 and answer.headers["location"] == "/join"
        assert answer.status == 401 or to_the_door, (method, path, answer.status)
        assert "runs" not in answer.body


@pytest.mark.parametrize("cookie", ["", "fitscope_person=AAAA"])
def test_no_page_opens_for_a_stranger_by_its_websocket(opened, cookie):
    assert Browser(opened.address, cookie).connect() == 403
    assert pupil(opened, f"Known {len(cookie)}").connect() == 101


def test_who_joined_comes_in_and_who_left_does_not(opened):
    lea = pupil(opened, "Léa")
    assert lea.ask("/api/runs", Accept="*/*").status == 200
    assert lea.ask("/train").status == 200
    before = lea.cookie
    assert lea.fill("/leave").status == 303
    assert Browser(opened.address, before).ask("/api/runs", Accept="*/*").status == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(opened):
    answer = Browser(opened.address).fill("/join", room=opened.room, name="Cookie")
    given = answer.headers["set-cookie"].lower()
    assert "httponly" in given
    assert "samesite=lax" in given
    assert "fitscope_person" not in answer.headers["location"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/join", "/leave"])
def test_a_form_of_another_site_is_refused(opened, path, origin):
    browser = pupil(opened, f"Victim {path[1]} {origin[-9:]}")
    before = browser.cookie
    answer = browser.fill(path, origin=origin, room=opened.room, name="Evil")
    assert answer.status == 403
    assert "came from another page" in answer.body
    assert Browser(opened.address, before).ask("/api/runs", Accept="*/*").status == 200


def test_what_was_typed_stays_and_is_only_text(opened):
    answer = Browser(opened.address).fill("/join", room="XXXX", name='"><script>alert(1)</script>')
    assert answer.status == 403
    assert "<script>" not in answer.body
    assert "&lt;script&gt;" in answer.body
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_page_to_join_on_speaks_the_language_of_the_browser(opened):
    french = Browser(opened.address, extra={"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.8"}).ask("/join?room=ab%22c")
    assert '<html lang="fr">' in french.body
    assert "Rejoindre la classe" in french.body
    assert 'value="ab&quot;c"' in french.body


def test_a_form_that_never_ends_is_cut_off(opened):
    answer = Browser(opened.address).fill("/join", room=opened.room, name="x" * 100_000)
    assert answer.status == 403
    assert "too long" in answer.body


def test_the_teacher_comes_by_the_passcode_and_by_nothing_else(opened):
    chief = teacher(opened)
    room = Classroom(opened.runs / ".class")
    assert [person.teacher for person in room.people()][:1] == [True]
    assert chief.ask("/api/runs", Accept="*/*").status == 200
    for fields in ({"way": "teacher"}, {"way": "teacher", "passcode": opened.room}, {"teacher": "1", "name": "x"}):
        assert Browser(opened.address).fill("/join", **fields).status == 403


def test_the_board_is_the_teachers(opened):
    pupil(opened, "On the board")
    told = json.loads(teacher(opened).ask("/api/class/events?lang=fr", Accept="*/*").body)
    assert "On the board" in [card["person"] for card in told["cards"]]
    answer = pupil(opened, "Curious").ask("/api/class/events", Accept="*/*")
    assert answer.status == 403
    assert "On the board" not in answer.body
    assert pupil(opened, "Patient").ask("/api/class/events", Accept="text/event-stream").status == 403


def test_the_code_of_a_collection_leads_to_its_page_and_nowhere_else(opened):
    browser = Browser(opened.address)
    door = f"/join?room={opened.room}&to=collect"
    assert 'to=collect" lang="fr"' in browser.ask(door).body
    assert browser.fill(door, room="0000", name="Collects").status == 403
    assert browser.fill(door, room=opened.room, name="Collects").headers["location"].startswith("/collect?lang=")
    assert browser.ask(door).headers["location"].startswith("/collect?lang=")  # who has joined goes on at once
    for bad in ("https://evil.example", "//evil.example", "../x", "no_page"):
        again = Browser(opened.address).fill(f"/join?to={bad}", room=opened.room, name=f"Bad {bad[:9]}")
        assert again.headers["location"].startswith("/?lang=")


def test_only_the_teacher_is_told_who_gave_how_many(opened):
    one, other = (pupil(opened, name) for name in ("Gives one", "Gives none"))
    lead, room = teacher(opened), Classroom(opened.runs / ".class")
    people = {person.name: person for person in room.people()}
    with acting_as(next(person for person in people.values() if person.teacher)):
        collection = collecting.begin(room, "Shapes", ["round", "square"])
    with acting_as(people["Gives one"]):
        giving.give(room, collection, 0, [picture(0)], "files", "")
    address = "/api/class/collecting/events?lang=en"
    wait_until(lambda: json.loads(one.ask(address).body)["classes"][0]["all"] == 1)
    with acting_as(next(person for person in people.values() if person.teacher)):
        send_page(room, "collect", "Shapes")
    offered = json.loads(one.ask("/api/class/state?lang=fr").body)["sent"]
    assert (offered["title"], offered["address"]) == ("Shapes", "/collect?")
    told = [json.loads(browser.ask(address).body) for browser in (one, other, lead)]
    assert [news["classes"][0]["mine"] for news in told] == [1, 0, 0]
    assert [news["people"] for news in told[:2]] == [[], []]
    assert {"name": "Gives one", "counts": [1, 0]} in told[2]["people"]
    assert Browser(opened.address).ask(address, Accept="*/*").status == 401


def test_what_was_sent_is_told_in_each_language(opened):
    room, lea = Classroom(opened.runs / ".class"), pupil(opened, "Sent to")
    send_recipe(room, TrainingConfig(dataset="digits"), "Digits", ["dropout"], locked=True)  # as the machine itself
    told = {one: json.loads(lea.ask(f"/api/class/state?lang={one}").body)["sent"] for one in ("en", "fr")}
    assert told["en"]["title"] == "Digits (8×8) · Small CNN"
    assert told["fr"]["title"] == "Chiffres (8×8) · Petit CNN"
    assert told["en"]["address"].endswith("only=dropout")
    room.change(sent=None, frozen=True)
    assert json.loads(lea.ask("/api/class/state").body) == {"frozen": True, "sent": None, "asked": None, "left": None}


def test_a_program_acts_as_the_person_whose_token_it_has(opened):
    room, lea = Classroom(opened.runs / ".class"), pupil(opened, "Has a program")
    person = next(one for one in room.people() if one.name == "Has a program")
    program = Browser(opened.address, extra={"Authorization": f"Bearer {room.token_for(person)}"})
    kind = {"Content-Type": "application/json"}
    begun = program.ask("/api/runs", "POST", '{"recipe": {"dataset": "digits", "epochs": 500}}', **kind)
    assert begun.status == 201
    run = json.loads(begun.body)["id"]
    other = pupil(opened, "Other")
    for how in ("stop", "resume", "export"):
        assert other.ask(f"/api/runs/{run}/{how}", "POST", "{}", **kind).status in (403, 409)
    assert json.loads(other.ask(f"/api/runs/{run}", Accept="*/*").body)["state"] in ("queued", "starting", "running")
    assert lea.ask(f"/api/runs/{run}/stop", "POST", "{}", **kind).status == 202
    assert Browser(opened.address, extra={"Authorization": "Bearer AAAA"}).ask("/api/runs", Accept="*/*").status == 401


def test_the_teacher_switches_programs_off(opened):
    room, lea, chief = Classroom(opened.runs / ".class"), pupil(opened, "Off"), teacher(opened)
    room.change(programs=False)
    try:
        for path in ("/api/runs", "/api/demo", "/api/runs/x", "/api/predict"):
            assert lea.ask(path, Accept="*/*").status == 403
            assert chief.ask(path, Accept="*/*").status != 403
        assert lea.ask("/api/class/state").status == 200
        assert lea.ask("/train").status == 200
    finally:
        room.change(programs=True)


def test_one_pupils_program_does_not_take_the_server_from_the_others(opened):
    greedy, other = pupil(opened, "Greedy"), pupil(opened, "Modest")
    heard = [greedy.ask("/api/runs", Accept="*/*").status for _ in range(limits.REQUESTS + 5)]
    assert set(heard[: limits.REQUESTS]) == {200}
    assert set(heard[limits.REQUESTS :]) == {429}
    assert other.ask("/api/runs", Accept="*/*").status == 200
    assert greedy.ask("/train").status == 200  # pages go on


def test_what_the_pages_of_one_pupil_ask_for_has_an_end():
    scope = {"type": "http", "method": "GET", "path": "/api/class/state", "headers": []}
    greedy, other, leads = Person("a", "Floods"), Person("b", "Works"), Person("c", "Leads", teacher=True)
    assert not any(limits.refusal(scope, greedy, False) for _ in range(limits.PAGES))
    assert limits.refusal(scope, greedy, False).status_code == 429
    assert limits.refusal(scope, other, False) is None
    assert limits.refusal(scope, leads, False) is None


def test_one_pupil_holds_only_so_many_pages_open(opened):
    greedy, other = pupil(opened, "Opens many"), pupil(opened, "Opens one")
    with contextlib.ExitStack() as held:
        for _ in range(limits.AT_ONCE):
            held.enter_context(greedy.holding())
        assert greedy.connect() == 403
        assert greedy.ask("/api/class/state").status == 429
        assert (other.connect(), other.ask("/api/class/state").status) == (101, 200)
    wait_until(lambda: greedy.connect() == 101)


def test_uploads_of_one_pupil_have_an_end(opened):
    greedy = pupil(opened, "Uploads")
    for length, status in (("", 411), (str(limits.UPLOADED + 1), 429), ("x", 400)):
        sent = {"Content-Length": length} if length else {"Transfer-Encoding": "chunked"}
        assert greedy.ask("/_stcore/upload_file/a/b", "PUT", **sent).status == status


def test_a_question_is_answered_over_http_by_those_who_are_asked(opened):
    room, lea, noe = Classroom(opened.runs / ".class"), pupil(opened, "Asked"), pupil(opened, "Asked too")
    kind = {"Content-Type": "application/json"}
    question = questions.ask(room, Draft("Which?", ("a", "b"), right=1))  # as the machine itself
    try:
        for who, body, status in (
            (lea, {"number": question.number, "choice": 1}, 200),
            (noe, {"number": question.number, "choice": 0}, 200),
            (noe, {"number": question.number, "choice": 5}, 403),
            (noe, {"number": "1", "choice": 0}, 422),
            (Browser(opened.address), {"number": question.number, "choice": 0}, 401),
        ):
            assert who.ask("/api/class/answer", "POST", json.dumps(body), **kind).status == status
        evil = {**kind, "Origin": "https://evil.example"}
        assert lea.ask("/api/class/answer", "POST", '{"number": 1, "choice": 0}', **evil).status == 403
        open_ = json.loads(lea.ask("/api/class/state").body)["asked"]
        assert (open_["mine"], "right" in open_, "counts" in open_) == (1, False, False)
        questions.turn(room, "revealed")
        shown = json.loads(noe.ask("/api/class/state").body)["asked"]
        assert (shown["mine"], shown["right"], shown["counts"]) == (0, 1, [1, 1])
        assert (
            lea.ask("/api/class/answer", "POST", json.dumps({"number": question.number, "choice": 0}), **kind).status
            == 403
        )
    finally:
        questions.end(room)


def test_a_lessons_question_is_asked_in_each_language(opened):
    room, lea = Classroom(opened.runs / ".class"), pupil(opened, "Speaks French")
    lesson = lessons()["fits"]
    questions.ask(room, Draft(lesson.question, lesson.choices, lesson.right), "fits")
    try:
        told = {one: json.loads(lea.ask(f"/api/class/state?lang={one}").body)["asked"] for one in ("en", "fr")}
        assert told["en"]["text"] == lesson.question
        assert told["fr"]["text"] == lesson.translations["fr"][lesson.question]
        assert told["fr"]["choices"] != told["en"]["choices"]
    finally:
        questions.end(room)


def test_no_secret_is_in_the_log(opened):
    lea = pupil(opened, "Logged")
    said = (opened.runs / ".server.log").read_text("utf-8")
    assert lea.cookie.partition("=")[2] not in said
    assert "Traceback" not in said
    assert said.count(opened.passcode) == 1  # where it was shown


def test_sixty_behind_one_router_join_within_a_minute(tmp_path):
    with open_class(tmp_path / "runs", tmp_path / "data") as other:
        for n in range(60):
            pupil(other, f"Pupil {n}")
            assert Browser(other.address).fill("/join", room=other.room, name=f"Pupil {n}").status == 403  # is taken
        assert len(Classroom(other.runs / ".class").people()) == 60


def test_codes_cannot_be_tried_out(tmp_path):
    with open_class(tmp_path / "runs", tmp_path / "data") as other:
        refused = [Browser(other.address).fill("/join", way="teacher", passcode=f"AAAAAA{n:02}") for n in range(35)]
        assert all(answer.status == 403 for answer in refused)
        assert "Too many tries" not in refused[29].body
        assert "Too many tries" in refused[30].body
        assert "Too many tries" in Browser(other.address).fill("/join", room="AAAA", name="x").body
        right = Browser(other.address).fill("/join", way="teacher", passcode=other.passcode)
        assert right.status == 403  # the right one, too, is not told from a wrong one for a while
