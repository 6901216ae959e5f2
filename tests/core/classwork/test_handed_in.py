"""Handing in: whose page it is, what comes back, the table and the zip; and the time that was given for it."""

import csv
import io
import zipfile

import pytest

from core.classwork import clock, handed_in, register
from core.errors import DataError
from core.people.acting import NotYoursError, acting_as
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig
from tests.made.runs import make_run

pytestmark = pytest.mark.slow

PAGE = b"<!doctype html><title>what I found</title>"


@pytest.fixture
def lea(room):
    return room.recognise(room.join(room.room, "Léa"))


@pytest.fixture
def noe(room):
    return room.recognise(room.join(room.room, "Noé"))


def hand_in(room, person, subject="lesson:overfits", words="It learnt them by heart.", runs=(), title="It overfits"):
    with acting_as(person):
        return handed_in.hand_in(room, subject, title, PAGE, runs, words)


def test_the_last_one_counts_and_the_comment_stays(room, lea, teacher):
    hand_in(room, lea)
    with acting_as(teacher):
        (one,) = handed_in.collected(room)
        handed_in.comment(room, one, "  Why do you think so?  ")
    again = hand_in(room, lea, words="Since validation loss rises.")
    assert (again.times, again.comment, again.words) == (2, "Why do you think so?", "Since validation loss rises.")
    with acting_as(lea):
        assert handed_in.page(room, again) == PAGE
        handed_in.take_back(room, again.subject)
        with pytest.raises(PeopleError, match="taken back"):
            handed_in.page(room, again)
    assert handed_in.of(room, lea.id) == []
    assert not list((room.folder / "handed").rglob("*.*"))


def test_others_neither_read_nor_change_it(room, lea, noe):
    one = hand_in(room, lea)
    with acting_as(noe):
        for refused in (
            lambda: handed_in.page(room, one),
            lambda: handed_in.collected(room),
            lambda: handed_in.comment(room, one, "mine"),
            lambda: register.table(None, room),
        ):
            with pytest.raises(NotYoursError):
                refused()
        handed_in.take_back(room, one.subject)  # their own, of which there is none
    assert handed_in.of(room, lea.id) == [one]


def test_nobody_of_another_class_hands_in(room, lea):
    room.remove(lea)
    with pytest.raises(PeopleError, match="Join it first"):
        hand_in(room, lea)


def test_the_table_has_the_figures_of_the_run_and_no_formula(room, lea, noe, teacher, store):
    with acting_as(lea):
        run = make_run(store, "finished", TrainingConfig(dataset="digits"))
    hand_in(room, lea, f"run:{run.id}", '=HYPERLINK("http://elsewhere")', [run.id])
    hand_in(room, noe, words="-1+2", runs=["gone"])
    with acting_as(teacher):
        read = list(csv.DictReader(io.StringIO(register.table(store, room).decode("utf-8-sig"))))
        file = io.BytesIO()
        register.pack(store, room, file)
    by_name = {row["person"]: row for row in read}
    result = run.status.result
    assert float(by_name["Léa"]["test_accuracy"]) == result["test_accuracy"]
    assert (by_name["Léa"]["n_test"], by_name["Léa"]["dataset"]) == (str(result["n_test"]), "digits")
    assert by_name["Noé"]["test_accuracy"] == ""
    assert by_name["Léa"]["words"] == """'=HYPERLINK("http://elsewhere")"""
    assert by_name["Noé"]["words"] == "'-1+2"
    archive = zipfile.ZipFile(file)
    assert sorted(archive.namelist()) == ["Léa - It overfits.html", "Noé - It overfits.html", "table.csv"]
    assert archive.read("Léa - It overfits.html") == PAGE


def test_files_of_the_same_name_are_told_apart_and_none_leaves_its_folder(room, lea, teacher, store):
    for place, title in enumerate(("../../x", "../../x", "..\\..\\X")):
        hand_in(room, lea, f"run:{place}", title=title)
    with acting_as(teacher):
        file = io.BytesIO()
        register.pack(store, room, file)
    names = zipfile.ZipFile(file).namelist()
    assert len({name.casefold() for name in names}) == 4
    assert not [name for name in names if "/" in name or "\\" in name]


def test_one_person_hands_in_so_many_pages_only(room, lea, monkeypatch):
    monkeypatch.setattr(handed_in, "MOST_EACH", 2)
    for place in range(2):
        hand_in(room, lea, f"run:{place}")
    with pytest.raises(PeopleError, match="more than 2 pages"):
        hand_in(room, lea, "run:2")
    assert hand_in(room, lea, "run:1").times == 2


def test_time_runs_out_for_those_without_extra_time(room, lea, noe, teacher, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(clock.time, "time", lambda: now[0])
    assert clock.seconds_left(room) is None
    with acting_as(teacher):
        clock.begin(room, 10)
        clock.add_for(room, noe, 5)
    now[0] += 12 * 60
    assert (clock.seconds_left(room, lea.id), clock.seconds_left(room, noe.id)) == (-120, 180)
    assert hand_in(room, lea).late
    assert not hand_in(room, noe).late
    with acting_as(teacher):
        clock.add(room, 2)  # from now, since the time was up
        assert (clock.seconds_left(room, lea.id), clock.seconds_left(room, noe.id)) == (120, 420)
        clock.stop(room)
        with pytest.raises(DataError):
            clock.begin(room, 0)
    assert clock.seconds_left(room, noe.id) is None
    with acting_as(lea), pytest.raises(NotYoursError):
        clock.add_for(room, lea, 5)
