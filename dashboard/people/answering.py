"""`POST /api/class/answer`: what somebody answers to the question on all screens; and what its state tells of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.classwork import drawn
from core.classwork import question as questions
from core.classwork.question import Question
from core.lessons.lesson import lessons
from core.people import acting, classroom
from core.people.classroom import Classroom
from core.runs.run import Run
from dashboard.server.api import FRESH, Address
from dashboard.server.api_form import Problem
from dashboard.server.api_runs import as_who_asks, sent_json
from dashboard.widgets.forecast import paper
from dashboard.words import _, number, points


def told(room: Classroom) -> dict[str, Any] | None:
    """The question as whoever acts sees it, in the language that is spoken; its answer once it is revealed."""
    question, person = questions.asked(room), acting.acting()
    if question is None or person is None:
        return None
    text, choices = in_words(question)
    shown: dict[str, Any] = {"number": question.number, "text": text, "choices": choices, "state": question.state}
    shown["mine"] = questions.answer_of(room, question, person.id)
    if question.epochs:
        return shown | _curve(room, question, person.id)
    if question.state == "revealed":
        shown |= {"right": question.right, "counts": questions.tally(question, questions.answers(room, question))}
    return shown


def _curve(room: Classroom, question: Question, person_id: str) -> dict[str, Any]:
    """What a curve is drawn on; the true one beside it and how near one was, once they are revealed."""
    from dashboard.resources import history, store  # late: Streamlit's caches want its server to run

    mine = drawn.drawn_by(room, question, person_id)
    shown: dict[str, Any] = {"paper": paper(question.epochs, 0.5, mine) | {"fixed": question.state != "open"}}
    if question.state != "revealed" or not question.run:
        return shown
    true = history(Run(store().folder / question.run))
    epochs, shares = true.column("epoch"), true.column("val_accuracy")
    shown["paper"]["truth"] = list(zip(epochs, shares, strict=True)) or None
    guesses = drawn.nearest(drawn.drawn(room, question), true)
    order = [guess.person for guess in guesses]
    if person_id in order:
        place = order.index(person_id)
        shown["said"] = _(
            "Your curve lies {error} from the true one on average: place {place} of {all}.",
            error=points(guesses[place].error),
            place=number(place + 1),
            all=number(len(order)),
        )
    return shown


def in_words(question: Question) -> tuple[str, list[str]]:
    """A lesson's question in the reader's language, a recipe's curve too; the teacher's own as written."""
    if question.epochs:
        return _("How will validation accuracy go? {recipe}", recipe=question.text), []
    if question.lesson in lessons():
        return _(question.text), [_(choice) for choice in question.choices]
    return question.text, list(question.choices)


async def _answer(request: Request) -> Response:
    room = classroom.current()
    if room is None:
        raise Problem(404, "There is no class here.")
    given = await sent_json(request)
    asked, choice, curve = given.get("number"), given.get("choice"), given.get("curve")
    if not isinstance(asked, int) or not (isinstance(choice, int) or isinstance(curve, list)):
        raise Problem(
            422,
            'Send {"number": 1, "choice": 0}: of the question, and of the choice from 0; '
            'or "curve": [[epoch, accuracy], …] in place of a choice.',
        )
    if isinstance(curve, list):
        await as_who_asks(lambda: drawn.draw(room, asked, curve))
        return JSONResponse({"kept": True}, headers=FRESH)
    assert isinstance(choice, int)
    await as_who_asks(lambda: questions.answer(room, asked, choice))
    return JSONResponse({"mine": choice}, headers=FRESH)


route = Route("/api/class/answer", Address(POST=_answer))
