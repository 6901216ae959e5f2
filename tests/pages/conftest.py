"""A class for the pages, and its people: `as_` makes the pages those of one of them."""

import pytest
import streamlit as st

from core.people import classroom
from dashboard.people import asking


@pytest.fixture
def room(runs_folder, own_data_folder, monkeypatch):
    st.cache_resource.clear()
    st.cache_data.clear()
    monkeypatch.setenv(classroom.CLASS, "1")
    opened = classroom.home()
    opened.begin()
    yield opened
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def people(room, monkeypatch):
    """name -> token; `as_` makes the pages those of one of them."""
    tokens = {name: room.join(room.room, name) for name in ("Léa", "Noé")}
    return {**tokens, "teacher": room.join_as_teacher(room.begin(), "M. Roux"), "stranger": "nobody's"}


@pytest.fixture
def as_(monkeypatch, people, room):
    def choose(name):
        monkeypatch.setattr(asking, "token", lambda: people[name])
        return room.recognise(people[name])

    return choose
