"""A process of our own is asked: its answers, and its end, also where something it began outlives it."""

import os
import signal

import pytest

from core.processes.child import Child, Gone, Late
from tests.made.workers import PATIENCE, wait_until

LEAVES_SOMETHING = "tests.made.leaves_something"


@pytest.fixture
def child(tmp_path, programs):
    heard = []
    begun = Child([LEAVES_SOMETHING], tmp_path / "log", hear=heard.append)
    wait_until(lambda: heard)
    yield begun
    begun.end()
    os.kill(heard[0]["left"], signal.SIGTERM)


def test_an_answer_comes_under_the_number_of_its_question(child):
    assert child.ask({"say": "one"}, PATIENCE) == {"say": "one"}
    assert child.ask({"say": "two"}, PATIENCE) == {"say": "two"}


def test_one_that_is_silent_is_late(child):
    with pytest.raises(Late):
        child.ask({"say": None}, 1.5)
    assert child.ask({"say": "two"}, PATIENCE) == {"say": "two"}


def test_its_end_is_noticed_while_something_that_it_began_holds_its_output_open(child):
    with pytest.raises(Gone):
        child.ask({"say": "leave"}, PATIENCE)
    assert not child.alive
