"""A curve that a class draws: what may be drawn, whose is nearest, the median; against numbers worked by hand."""

import numpy as np
import pytest

from core.classwork import drawn
from core.classwork import question as questions
from core.people.acting import acting_as
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


@pytest.fixture
def question(room, teacher):
    with acting_as(teacher):
        return drawn.ask(room, TrainingConfig(dataset="digits", epochs=5), "digits")


def draw(room, question, person, points):
    with acting_as(person):
        drawn.draw(room, question.number, points)


def test_the_nearest_has_the_smallest_mean_distance(room, question, people, store, teacher):
    lea, noe, zoe = people
    true = [1 - 0.7 / epoch for epoch in range(1, 6)]  # what `make_run` writes
    draw(room, question, lea, [[epoch, share] for epoch, share in enumerate(true, 1)])
    draw(room, question, noe, [[1, 0.5], [5, 0.5]])
    draw(room, question, zoe, [[1, 0.0], [5, 1.0]])
    run = make_run(store, "finished", TrainingConfig(dataset="digits", epochs=5), epochs=5)
    guesses = drawn.nearest(drawn.drawn(room, question), run.history)
    straight = np.linspace(0, 1, 5)
    expected = {
        lea.id: 0.0,
        noe.id: np.mean([abs(0.5 - share) for share in true]),
        zoe.id: np.mean(np.abs(straight - true)),
    }
    assert {guess.person: guess.error for guess in guesses} == pytest.approx(expected)
    assert [guess.error for guess in guesses] == sorted(expected.values())
    assert guesses[0].person == lea.id


def test_the_guess_of_the_class_is_the_median_at_each_epoch():
    curves = {"a": ((1, 0.1), (3, 0.3)), "b": ((1, 0.2), (3, 0.8)), "c": ((1, 0.9), (2, 0.9))}
    middle = drawn.middle(curves, 4)
    assert [epoch for epoch, _share in middle] == [1, 2, 3]  # nobody drew the fourth
    assert [share for _epoch, share in middle] == pytest.approx([0.2, 0.5, 0.55])
    assert drawn.middle({}, 4) == ()


@pytest.mark.parametrize(
    "points", [[], [[0, 0.5]], [[6, 0.5]], [[1, 1.5]], [[1, "a"]], [[1]], "ab", [[1, 0.5]] * 300, [[1, 0.5], [1, 0.6]]]
)
def test_what_is_no_curve_is_refused_and_the_one_before_stays(room, question, people, points):
    draw(room, question, people[0], [[1, 0.25]])
    with pytest.raises(PeopleError, match="no curve over 5 epochs"):
        draw(room, question, people[0], points)
    assert drawn.drawn(room, question) == {people[0].id: ((1, 0.25),)}


def test_nobody_draws_for_a_question_with_choices_or_one_that_is_closed(room, question, people, teacher):
    with acting_as(teacher):
        questions.turn(room, "closed")
    with pytest.raises(PeopleError, match="closed"):
        draw(room, question, people[0], [[1, 0.5]])
    with acting_as(teacher):
        chosen = questions.ask(room, questions.Draft("Which?", ("this", "that")))
    with pytest.raises(PeopleError, match="no curve"):
        draw(room, chosen, people[0], [[1, 0.5]])
    with acting_as(people[0]), pytest.raises(PeopleError):
        questions.answered_by(room, "mine")
