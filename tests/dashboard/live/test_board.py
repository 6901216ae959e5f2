"""The board of a class says of everybody what their newest run says, and is looked at once for all who read it."""

import json

import pytest
import streamlit as st

from core.people import classroom
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from dashboard.live import board
from dashboard.words import speaking
from tests.made.runs import make_run

RECIPE = TrainingConfig(dataset="digits", epochs=6)


@pytest.fixture
def room(runs_folder, own_data_folder):
    st.cache_resource.clear()
    st.cache_data.clear()
    opened = classroom.home()
    opened.begin()
    for name in ("Zoé", "Léa"):
        opened.join(opened.room, name)
    opened.join_as_teacher(opened.begin(), "M. Roux")
    return opened


def run_of(room, name, store, state="finished"):
    person = next(person for person in room.people() if person.name == name)
    with acting_as(person):
        return make_run(store, state, RECIPE)


def told(room):
    with speaking("en"):
        return board.cards(room)


def test_each_pupil_has_a_card_with_the_newest_run(room, store):
    run_of(room, "Zoé", store, "stopped")
    newest = run_of(room, "Zoé", store)
    run_of(room, "M. Roux", store)
    lea, zoe = told(room)
    assert lea == {"person": "Léa", "run": ""}
    assert (zoe["person"], zoe["run"], zoe["state"]) == ("Zoé", newest.id, "finished")
    history = newest.history
    best = history.best["val_accuracy"]
    assert zoe["accuracy"] == best
    assert zoe["known"] == f"{100 * best:.1f} % · n = {history.start['n_validation']}"
    assert [y for _x, y in zoe["val_loss"]] == pytest.approx(history.column("val_loss"), rel=1e-3)
    assert [x for x, _y in zoe["val_loss"]] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])


def test_a_run_that_cannot_be_read_leaves_the_board_as_it_is(room, store):
    run = run_of(room, "Zoé", store)
    (run.folder / "config.json").write_text("{")
    assert told(room)[1] == {"person": "Zoé", "run": ""}


def test_many_who_read_it_cost_one_look(room, monkeypatch):
    looks = []
    monkeypatch.setattr(board, "cards", lambda _room: looks.append(1) or [])
    assert len({board.look(room, "fr") for _ in range(50)}) == 1
    assert len(looks) == 1


def test_a_long_curve_is_thinned_from_its_first_to_its_last_point():
    points = board._thinned([float(n) for n in range(1000)])
    assert len(points) == board.POINTS
    assert (points[0], points[-1]) == ([0.0, 0.0], [1.0, 999.0])
    assert board._thinned([]) == []
    assert board._thinned([0.5]) == [[0.0, 0.5]]


def test_what_is_told_is_json(room, store):
    run_of(room, "Léa", store, "failed")
    body, mark = board.look(room, "fr")
    message = json.loads(body)
    assert message["place"] == mark
    assert {card["person"] for card in message["cards"]} == {"Léa", "Zoé"}
