"""A question to everybody: who may ask, who answers, what counts; a quiz in a few lines of text."""

import pytest

from core.classwork import question as questions
from core.classwork.question import Draft
from core.errors import DataError
from core.people.acting import NotYoursError, acting_as
from core.people.person import STRANGER, PeopleError, Person

pytestmark = pytest.mark.slow

DRAFT = Draft("What does dropout do?", ("nothing", "it silences units", "it deletes images"), right=1)


def ask(room, teacher, draft=DRAFT):
    with acting_as(teacher):
        return questions.ask(room, draft)


def answer(room, person, choice, number=1):
    with acting_as(person):
        questions.answer(room, number, choice)


def test_each_answer_counts_once_and_the_last_one_counts(room, people, teacher):
    question = ask(room, teacher)
    for person, choice in zip(people, (0, 1, 1), strict=True):
        answer(room, person, choice)
    answer(room, people[0], 2)
    given = questions.answers(room, question)
    assert given == {people[0].id: 2, people[1].id: 1, people[2].id: 1}
    assert questions.tally(question, given) == [0, 2, 1]


def test_a_closed_question_takes_no_answer_and_an_opened_one_does(room, people, teacher):
    ask(room, teacher)
    for state in ("closed", "revealed"):
        with acting_as(teacher):
            questions.turn(room, state)
        with pytest.raises(PeopleError, match="closed"):
            answer(room, people[0], 1)
    with acting_as(teacher):
        questions.turn(room, "open")
    answer(room, people[0], 1)
    ask(room, teacher)
    with pytest.raises(PeopleError, match="closed"):
        answer(room, people[0], 1, number=1)  # that of before
    assert not questions.answers(room, questions.asked(room))


@pytest.mark.parametrize("choice", [-1, 3, 100])
def test_a_choice_that_there_is_not_is_refused(room, people, teacher, choice):
    question = ask(room, teacher)
    with pytest.raises(PeopleError, match="no such choice"):
        answer(room, people[0], choice)
    assert not questions.answers(room, question)


def test_only_people_of_the_class_answer_and_only_the_teacher_asks(room, people, teacher):
    question = ask(room, teacher)
    for other in (STRANGER, Person("f" * 12, "gone")):
        with pytest.raises(PeopleError, match="Only people of the class"):
            answer(room, other, 1)
    for attempt in (
        lambda: questions.ask(room, DRAFT),
        lambda: questions.turn(room, "revealed"),
        lambda: questions.end(room),
    ):
        with acting_as(people[0]), pytest.raises(NotYoursError):
            attempt()
    assert questions.asked(room) == question


def test_answers_of_those_who_left_do_not_count(room, people, teacher):
    question = ask(room, teacher)
    answer(room, people[0], 1)
    room.remove(people[0])
    assert not questions.answers(room, question)


@pytest.mark.parametrize(
    "stored", [None, {}, {"number": 1}, [], "x", {"number": 1, "text": "x", "choices": [], "lesson": "", "state": "?"}]
)
def test_a_damaged_file_asks_nothing(room, stored):
    room.change(asked=stored)
    assert questions.asked(room) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_quiz_is_read_as_editors_write_it(encoding):
    written = "? Un été ?\r\n- non\r\n+ oui\r\n".encode(encoding)
    assert questions.quiz(questions.written(written)) == [Draft("Un été ?", ("non", "oui"), 1)]


def test_a_quiz_is_a_few_lines_of_text():
    text = "# of last week\n\n? Overfitting is …\n- too few epochs\n+ learnt by heart\n  ?  Which?\n- a\n- b\n"
    assert questions.quiz(text) == [
        Draft("Overfitting is …", ("too few epochs", "learnt by heart"), right=1),
        Draft("Which?", ("a", "b")),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a\n- b", "Line 1 "),
        ("? q\n- a\nplain", "Line 3 "),
        ("?\n- a\n- b", "Line 1 "),
        ("? q\n- a", "2 to 6"),
        ("? q\n- a\n- a", "different"),
        ("? q\n+ a\n+ b", "at most one"),
        ("# nothing", "0 questions"),
        ("\n".join(f"? q\n- {n}\n- b" for n in range(101)), "101 questions"),
        ("? q\n" + "\n".join(f"- {n}" for n in range(7)), "2 to 6"),
    ],
)
def test_what_is_no_quiz_is_told_with_its_line(text, words):
    with pytest.raises(DataError, match=words):
        questions.quiz(text)
