"""Which address counts, where a browser may not have heard of the newest."""

import pytest

from dashboard.upstream import addresses
from dashboard.upstream.addresses import newest, note
from tests.made.clock import stopped


class Session:
    pass


@pytest.fixture
def clock(monkeypatch):
    return stopped(monkeypatch, addresses)


@pytest.fixture
def session(clock):
    """One whose Train page has just written two addresses, one after the other."""
    made = Session()
    note(made, "train", "epochs=30", "epochs=2")
    note(made, "train", "epochs=2", "epochs=1&name=caf%C3%A9")
    return made


@pytest.mark.parametrize("former", ["epochs=30", "epochs=2"])
def test_a_former_address_stands_for_the_newest(session, former):
    assert newest(session, "train", former, back=False) == "epochs=1&name=caf%C3%A9"
    assert newest(session, "train", former, back=False) == "epochs=1&name=caf%C3%A9"  # also at the next press


def test_the_order_and_the_spelling_of_an_address_do_not_matter(session):
    assert newest(session, "train", "name=caf%c3%a9&epochs=1", back=False) == "name=caf%c3%a9&epochs=1"
    assert newest(session, "train", "epochs=2", back=False) == "epochs=1&name=caf%C3%A9"


@pytest.mark.parametrize(
    ("page", "query", "back", "later"),
    [
        ("train", "epochs=7", False, 0.0),  # a link that somebody opened
        ("train", "epochs=30", True, 0.0),  # Back
        ("runs", "epochs=30", False, 0.0),  # another page
        ("train", "epochs=30", False, 5.1),  # by now it has heard
    ],
)
def test_any_other_counts_as_it_came_and_ends_the_waiting(session, clock, page, query, back, later):
    clock.now += later
    assert newest(session, page, query, back) == query
    assert newest(session, "train", "epochs=2", back=False) == "epochs=2"


def test_another_session_has_its_own(session):
    assert newest(Session(), "train", "epochs=30", back=False) == "epochs=30"


def test_who_goes_back_and_forth_by_the_form_gets_what_was_written_last(session):
    note(session, "train", "epochs=1&name=caf%C3%A9", "epochs=30")
    assert newest(session, "train", "epochs=30", back=False) == "epochs=30"
    assert newest(session, "train", "epochs=2", back=False) == "epochs=30"
