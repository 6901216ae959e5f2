"""A class with a teacher and three pupils, for what a class does together."""

import pytest

from core.people import classroom


@pytest.fixture
def room(runs_folder, own_data_folder, monkeypatch):
    monkeypatch.setenv(classroom.CLASS, "1")
    opened = classroom.home()
    opened.begin()
    return opened


@pytest.fixture
def people(room):
    return [room.recognise(room.join(room.room, name)) for name in ("Léa", "Noé", "Zoé")]


@pytest.fixture
def teacher(room):
    return room.recognise(room.join_as_teacher(room.begin(), "M. Roux"))
