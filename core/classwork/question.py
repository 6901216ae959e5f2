"""A question to the whole class: asked by the teacher, answered on every device, closed, and revealed.

`.class/answers/NUMBER/ID.json` holds what one person answered; they may change it while the question is open.
"""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

from core.errors import N_, DataError
from core.files import read_json, says, write_json, writing_to
from core.people import acting
from core.people.classroom import Classroom
from core.people.person import PeopleError

State = Literal["open", "closed", "revealed"]
LONGEST_TEXT, LONGEST_CHOICE = 500, 120  # characters
FEWEST, MOST = 2, 6  # choices
MOST_QUESTIONS = 100  # of a quiz

_FILE = {"number": int, "text": str, "choices": list, "lesson": str, "state": str}
_HOW = N_("Write a line with ? and the question, then lines with - for wrong and + for right choices.")


@dataclass(frozen=True)
class Draft:
    """A question that was not asked yet; `right` is the number of the right choice from 0, None where there is none."""

    text: str
    choices: tuple[str, ...]
    right: int | None = None


@dataclass(frozen=True)
class Question:
    """One that was asked.

    number  1 for the first of a class, and so on
    lesson  the name of the lesson whose question it is; "" for the teacher's own
    epochs  over how many a curve is to be drawn, see `core.classwork.drawn`; 0 where choices are asked
    recipe  name -> text of the recipe whose curve it is
    run     the id of the run that answers; "" while there is none
    """

    number: int
    text: str
    choices: tuple[str, ...]
    right: int | None = None
    lesson: str = ""
    state: State = "open"
    epochs: int = 0
    recipe: Mapping[str, str] = field(default_factory=dict)
    run: str = ""


def ask(room: Classroom, draft: Draft, lesson: str = "") -> Question:
    """Puts a question to everybody, in place of the one before; raises PeopleError for a pupil, StorageError."""
    return put(room, Question(0, draft.text, draft.choices, draft.right, lesson))


def put(room: Classroom, question: Question) -> Question:
    """Asks it under the next number; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    question = replace(question, number=int(room.said("times_asked", 0)) + 1)
    _keep(room, question, times_asked=question.number)
    return question


def asked(room: Classroom) -> Question | None:
    """The question that everybody sees; None where there is none."""
    stored = room.said("asked")
    if not isinstance(stored, dict) or not says(stored, _FILE) or stored["state"] not in ("open", "closed", "revealed"):
        return None
    right = stored.get("right")
    choices = tuple(map(str, stored["choices"]))
    known = right if isinstance(right, int) and 0 <= right < len(choices) else None
    state, recipe = cast("State", stored["state"]), stored.get("recipe")
    return Question(
        number=stored["number"],
        text=stored["text"],
        choices=choices,
        right=known,
        lesson=stored["lesson"],
        state=state,
        epochs=stored.get("epochs", 0),
        recipe=recipe if isinstance(recipe, dict) else {},
        run=str(stored.get("run", "")),
    )


def turn(room: Classroom, state: State) -> None:
    """Closes it, reveals it or opens it again; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    question = asked(room)
    if question:
        _keep(room, replace(question, state=state))


def answered_by(room: Classroom, run: str) -> None:
    """Which run answers it from now on; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    question = asked(room)
    if question:
        _keep(room, replace(question, run=run))


def end(room: Classroom) -> None:
    """Takes it from all screens; the answers stay until the class ends. Raises PeopleError for a pupil."""
    acting.check("", "class")
    room.change(asked=None)


def answer(room: Classroom, number: int, choice: int) -> None:
    """What whoever acts answers, in place of what they said before.

    Raises PeopleError where the question is not open, has no such choice, or nobody of the class acts; StorageError.
    """
    question = open_question(room, number)
    if not 0 <= choice < len(question.choices):
        raise PeopleError("There is no such choice. Choose one of those on the screen.")
    write_answer(room, question, {"choice": choice})


def open_question(room: Classroom, number: int) -> Question:
    """The question that may be answered now; raises PeopleError where it may not, or nobody of the class acts."""
    person, question = acting.acting(), asked(room)
    if person is None or not person.id or room.person(person.id) is None:
        raise PeopleError("Only people of the class answer. Join it first.")
    if question is None or question.number != number or question.state != "open":
        raise PeopleError("This question is closed. Wait for the next one.")
    return question


def write_answer(room: Classroom, question: Question, said: Mapping[str, Any]) -> None:
    """Keeps what whoever acts says; raises StorageError."""
    folder = room.folder / "answers" / str(question.number)
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / f"{acting.owner()}.json", said)


def read_answer(room: Classroom, question: Question, person_id: str) -> dict[str, Any]:
    """What somebody said; {} where nothing."""
    return read_json(room.folder / "answers" / str(question.number) / f"{person_id}.json")


def answer_of(room: Classroom, question: Question, person_id: str) -> int | None:
    """What somebody answered; None where nothing, or what makes no sense."""
    chosen = read_answer(room, question, person_id).get("choice")
    return chosen if isinstance(chosen, int) and 0 <= chosen < len(question.choices) else None


def answers(room: Classroom, question: Question) -> dict[str, int]:
    """id of a pupil -> the number of their choice, of those who answered and are still there."""
    said = {one.id: answer_of(room, question, one.id) for one in room.people() if not one.teacher}
    return {name: chosen for name, chosen in said.items() if chosen is not None}


def kept(room: Classroom) -> int:
    """How many answers to all questions of the class lie on the disk."""
    return sum(1 for _path in (room.folder / "answers").glob("*/*.json"))


def tally(question: Question, given: Mapping[str, int]) -> list[int]:
    """How many chose each."""
    return [sum(chosen == place for chosen in given.values()) for place in range(len(question.choices))]


def written(file: bytes) -> str:
    """The text of a file as editors write it: UTF-8 or UTF-16, each with its mark or UTF-8 without, else Windows'."""
    if file.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return file.decode("utf-16", "replace")
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError:
        return file.decode("cp1252", "replace")


def quiz(text: str) -> list[Draft]:
    """The questions of a small text: `? question`, `- choice`, `+ right choice`; raises DataError with the line.

    Lines that begin with # and empty lines are passed over.
    """
    drafts: list[tuple[str, list[str], list[int]]] = []
    for place, line in enumerate(text.splitlines(), 1):
        sign, words = line.strip()[:1], line.strip()[1:].strip()
        if sign in ("", "#"):
            continue
        if sign not in "?-+" or not words or (sign != "?" and not drafts):
            raise DataError("Line {line} cannot be read. {how}", line=place, how=_HOW)
        if sign == "?":
            drafts.append((words[:LONGEST_TEXT], [], []))
            continue
        _words, choices, right = drafts[-1]
        right += [len(choices)] if sign == "+" else []
        choices.append(words[:LONGEST_CHOICE])
    return _checked(drafts)


def _checked(drafts: Sequence[tuple[str, list[str], list[int]]]) -> list[Draft]:
    if not 1 <= len(drafts) <= MOST_QUESTIONS:
        raise DataError("There are {n} questions, not 1 to {most}. {how}", n=len(drafts), most=MOST_QUESTIONS, how=_HOW)
    for text, choices, right in drafts:
        if not FEWEST <= len(set(choices)) == len(choices) <= MOST or len(right) > 1:
            raise DataError(
                "“{question}” needs {fewest} to {most} different choices, at most one of them right. {how}",
                question=text,
                fewest=FEWEST,
                most=MOST,
                how=_HOW,
            )
    return [Draft(text, tuple(choices), right[0] if right else None) for text, choices, right in drafts]


def _keep(room: Classroom, question: Question, **more: Any) -> None:
    room.change(asked=asdict(question), **more)
