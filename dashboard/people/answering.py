"""`POST /api/class/answer`: what somebody answers to the question on all screens; and what its state tells of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.classwork import question as questions
from core.classwork.question import Question
from core.lessons.lesson import lessons
from core.people import acting, classroom
from core.people.classroom import Classroom
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem
from dashboard.server.api_runs import as_who_asks, sent_json
from dashboard.words import _


def told(room: Classroom) -> dict[str, Any] | None:
    """The question as whoever acts sees it, in the language that is spoken; its answer once it is revealed."""
    question, person = questions.asked(room), acting.acting()
    if question is None or person is None:
        return None
    text, choices = in_words(question)
    shown: dict[str, Any] = {"number": question.number, "text": text, "choices": choices, "state": question.state}
    shown["mine"] = questions.answer_of(room, question, person.id)
    if question.state == "revealed":
        shown |= {"right": question.right, "counts": questions.tally(question, questions.answers(room, question))}
    return shown


def in_words(question: Question) -> tuple[str, list[str]]:
    """A lesson's question in the reader's language; the teacher's own as they wrote it."""
    if question.lesson in lessons():
        return _(question.text), [_(choice) for choice in question.choices]
    return question.text, list(question.choices)


async def _answer(request: Request) -> Response:
    room = classroom.current()
    if room is None:
        raise Problem(404, "There is no class here.")
    given = await sent_json(request)
    number, choice = given.get("number"), given.get("choice")
    if not isinstance(number, int) or not isinstance(choice, int):
        raise Problem(422, 'Send {"number": 1, "choice": 0}: of the question, and of the choice from 0.')
    await as_who_asks(lambda: questions.answer(room, number, choice))
    return JSONResponse({"mine": choice}, headers=FRESH)


route = Route("/api/class/answer", Address(POST=_answer))
