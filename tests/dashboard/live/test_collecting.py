"""The counters of a collection: counted once for all who read them, and each hears of their own."""

import json

import pytest

from core.classwork import collecting, giving
from core.people import classroom
from core.people.acting import acting_as
from dashboard.live import collecting as live
from tests.made.collections import begun, fill


@pytest.fixture
def room(runs_folder, own_data_folder):
    opened = classroom.home()
    opened.begin()
    live.forget(opened)
    return opened


@pytest.fixture
def people(room):
    return [room.recognise(room.join(room.room, name)) for name in ("Léa", "Noé")]


@pytest.fixture
def teacher(room):
    return room.recognise(room.join_as_teacher(room.begin(), "M. Roux"))


def test_each_hears_of_all_and_of_their_own_and_of_what_is_shown_only(room, people, teacher):
    lea, noe = people
    collection = begun(room, teacher)
    fill(room, collection, [lea], bursts=1, each=3)
    with acting_as(teacher):
        giving.moderate(giving.every(collection)[:1], "hidden")
    cup, pen = live.news(room, lea)["classes"]
    assert (cup["name"], cup["all"], cup["mine"], pen["all"]) == ("cup", 2, 2, 3)
    assert [one["mine"] for one in live.news(room, noe)["classes"]] == [0, 0]
    assert live.news(room, noe)["people"] == []
    assert live.news(room, teacher)["people"] == [{"name": "Léa", "counts": [2, 3]}, {"name": "Noé", "counts": [0, 0]}]


def test_thirty_who_read_it_cost_one_look(room, people, teacher, monkeypatch):
    begun(room, teacher)
    looks = []
    monkeypatch.setattr(giving, "everybodys", lambda _collection: looks.append(1) or [])
    assert len({live.look(room, people[0])[0] for _ in range(30)}) == 1
    assert len(looks) == 1


def test_the_sign_changes_with_what_the_teacher_sets_and_not_with_pictures(room, people, teacher):
    nothing = live.sign(collecting.current(room))
    collection = begun(room, teacher)
    first = live.sign(collection)
    fill(room, collection, people, bursts=1, each=1)
    assert live.sign(collecting.current(room)) == first
    with acting_as(teacher):
        collecting.turn(collection, False)
        collecting.set_limits(collection, 5, 5.0)
    assert live.sign(collecting.current(room)) not in (first, nothing)


def test_a_message_is_json_with_a_mark_that_changes_with_it(room, people, teacher):
    assert json.loads(live.look(room, people[0])[0])["classes"] == []
    live.forget(room)
    collection = begun(room, teacher)
    before = live.look(room, people[0])[1]
    fill(room, collection, people[1:], bursts=1, each=1)
    live.forget(room)
    body, mark = live.look(room, people[0])
    assert json.loads(body)["place"] == mark != before
