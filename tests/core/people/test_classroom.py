"""Joining, carrying on, being recognised; what lies on the disk proves nothing."""

import contextlib
import json
import threading

import pytest

from core.people import classroom, proofs
from core.people.acting import acting_as
from core.people.classroom import Classroom
from core.people.person import STRANGER, PeopleError
from core.people.tries import Tries

pytestmark = pytest.mark.slow


@pytest.fixture
def room(tmp_path):
    opened = Classroom(tmp_path / ".class")
    opened.begin()
    return opened


def test_who_joins_is_known_by_the_token_alone(room):
    token = room.join(room.room, "  Léa  B ")
    known = room.recognise(token)
    assert (known.name, known.teacher) == ("Léa B", False)
    assert room.recognise(token + "x") is None
    assert room.recognise("") is None
    assert [person.name for person in room.people()] == ["Léa B"]


def test_no_secret_lies_on_the_disk(room, tmp_path):
    passcode = room.begin()
    secrets = [room.join(room.room, "Léa"), room.join_as_teacher(passcode, "M. Roux"), passcode]
    secrets.append(room.code_for(room.people()[0]))
    everything = "\n".join(path.read_text("utf-8") for path in tmp_path.rglob("*.json"))
    assert not [secret for secret in secrets if secret in everything]


@pytest.mark.parametrize("code", ["", "AAAA", "AAAAAAAA", "é", "\x00"])
def test_the_code_of_the_room_is_asked_for(room, code):
    with pytest.raises(PeopleError, match="code of the room"):
        room.join(code, "Léa")
    assert not room.people()


def test_codes_are_read_as_they_are_meant(room):
    assert room.join(f" {room.room[:2].lower()}-{room.room[2:]} ", "Léa")


@pytest.mark.parametrize("name", ["", "   ", "x" * 25, "a\nb\x00", "\u202e"])
def test_a_nickname_is_one_line_of_1_to_24_characters(room, name):
    with pytest.raises(PeopleError, match="nickname"):
        room.join(room.room, name)


def test_a_nickname_is_one_persons(room):
    room.join(room.room, "Léa")
    for again in ("Léa", "LÉA", "Le\u0301a"):  # the same to those who read it, the last in a decomposed form
        with pytest.raises(PeopleError, match="is taken"):
            room.join(room.room, again)


def test_of_thirty_who_join_at_once_under_one_name_one_gets_it(room):
    got = []

    def join():
        with contextlib.suppress(PeopleError):
            got.append(room.join(room.room, "Léa"))

    threads = [threading.Thread(target=join) for _ in range(30)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(got) == len(room.people()) == 1


def test_thirty_join_at_once_and_each_is_known(room):
    tokens = {}
    threads = [
        threading.Thread(target=lambda n=n: tokens.update({n: room.join(room.room, f"Pupil {n}")})) for n in range(30)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {room.recognise(token).name for token in tokens.values()} == {f"Pupil {n}" for n in range(30)}


def test_what_two_browsers_of_the_teacher_set_at_once_is_all_kept(room):
    threads = [threading.Thread(target=lambda n=n: room.change(**{f"set_{n}": n})) for n in range(30)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [room.said(f"set_{n}") for n in range(30)] == list(range(30))


def test_the_teacher_comes_by_the_passcode_and_stays_one_person(room):
    passcode = room.begin()
    first = room.join_as_teacher(passcode, "M. Roux")
    second = room.join_as_teacher(f"{passcode[:4].lower()} {passcode[4:]}", "somebody")
    assert room.recognise(first) == room.recognise(second)
    assert room.recognise(first).teacher
    for wrong in ("", "AAAAAAAA", passcode[:-1]):
        with pytest.raises(PeopleError, match="passcode"):
            room.join_as_teacher(wrong, "M. Roux")


def test_a_class_goes_on_with_its_people_and_another_passcode(room):
    token, code, before = room.join(room.room, "Léa"), room.room, room.begin()
    after = room.begin()
    assert (room.recognise(token).name, room.room) == ("Léa", code)
    with pytest.raises(PeopleError):
        room.join_as_teacher(before, "M. Roux")
    assert room.join_as_teacher(after, "M. Roux")


def test_a_passcode_of_ones_own_stays_until_it_is_forgotten(room):
    room.set_passcode("correct horse")
    assert room.begin() == ""
    assert room.join_as_teacher("Correct-Horse", "M. Roux")
    renewed = room.begin(renew=True)
    with pytest.raises(PeopleError):
        room.join_as_teacher("correct horse", "M. Roux")
    assert room.join_as_teacher(renewed, "M. Roux")
    with pytest.raises(PeopleError, match="8 letters"):
        room.set_passcode("short")


def test_a_code_carries_on_once_and_for_a_quarter_of_an_hour(room, monkeypatch):
    lea = room.recognise(room.join(room.room, "Léa"))
    code = room.code_for(lea)
    assert room.recognise(room.carry_on(f"{code[:4].lower()} {code[4:]}")) == lea
    with pytest.raises(PeopleError, match="not valid"):
        room.carry_on(code)
    late = room.code_for(lea)
    now = classroom.time.time()
    monkeypatch.setattr(classroom.time, "time", lambda: now + classroom.CODE_SECONDS + 1)
    with pytest.raises(PeopleError, match="not valid"):
        room.carry_on(late)


def test_who_leaves_or_is_removed_is_not_known(room):
    token, other = room.join(room.room, "Léa"), room.join(room.room, "Noé")
    room.forget_token(token)
    assert room.recognise(token) is None
    assert [person.name for person in room.people()] == ["Léa", "Noé"]
    room.remove(room.recognise(other))
    assert room.recognise(other) is None


def test_after_its_end_nothing_of_the_class_is_left(room, tmp_path):
    token = room.join(room.room, "Léa")
    room.end()
    assert not list(tmp_path.iterdir())
    assert room.recognise(token) is None
    with pytest.raises(PeopleError):
        room.join("", "Léa")


def test_damaged_files_are_nobody(room):
    token = room.join(room.room, "Léa")
    people = room.folder / "people"
    (people / "broken.json").write_text("{")
    (people / "half.json").write_text(json.dumps({"name": "Max"}))
    assert room.recognise(token).name == "Léa"
    assert [person.name for person in room.people()] == ["Léa"]


def test_so_many_tries_and_no_more_until_time_has_passed():
    now = [0.0]
    tries = Tries(3, 60.0, clock=lambda: now[0])
    for _ in range(3):
        tries.take("10.0.0.7")
    with pytest.raises(PeopleError, match=r"Wait 6[01] s"):
        tries.take("10.0.0.7")
    tries.take("10.0.0.8")
    now[0] = 60.0
    tries.take("10.0.0.7")


def test_how_much_is_taken_counts_as_how_often():
    tries = Tries(100, 60.0, clock=lambda: 0.0)
    tries.take("a", 60)
    tries.take("a", 40)
    with pytest.raises(PeopleError):
        tries.take("a", 1)
    with pytest.raises(PeopleError):
        tries.take("b", 101)
    tries.give_back("a")
    tries.take("a", 40)


def test_letters_of_codes_are_not_taken_for_one_another():
    assert not set("IO01") & set(proofs.LETTERS)
    assert len({proofs.new_code(8) for _ in range(200)}) == 200


CHANGES = {
    "a setting": lambda room, other: room.change(frozen=True),
    "the passcode": lambda room, other: room.set_passcode("ABCDEFGH"),
    "a nickname": lambda room, other: room.rename(other, "Mine"),
    "a code": lambda room, other: room.code_for(other),
    "a token": lambda room, other: room.token_for(other),
    "being there": lambda room, other: room.remove(other),
    "coming back": lambda room, other: room.put_back(other, {}),
    "the end": lambda room, other: room.end(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("who", ["pupil", "stranger"])
def test_of_the_class_itself_a_pupil_changes_nothing_but_their_own_name(room, change, who):
    lea, noe = (room.recognise(room.join(room.room, name)) for name in ("Léa", "Noé"))
    before = {path: path.read_bytes() for path in room.folder.rglob("*") if path.is_file()}
    with acting_as(noe if who == "pupil" else STRANGER), pytest.raises(PeopleError):
        change(room, lea)
    assert {path: path.read_bytes() for path in room.folder.rglob("*") if path.is_file()} == before
    with acting_as(noe):
        room.rename(noe, "Zoé")
        assert room.carry_on(room.code_for(noe))
