"""A question to the whole class: asked by the teacher, answered on every device, closed, and revealed.

`.class/answers/NUMBER/ID.json` holds what one person answered; they may change it while the question is open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
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
    """

    number: int
    text: str
    choices: tuple[str, ...]
    right: int | None = None
    lesson: str = ""
    state: State = "open"


def ask(room: Classroom, draft: Draft, lesson: str = "") -> Question:
    """Puts a question to everybody, in place of the one before; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    number = int(room.said("times_asked", 0)) + 1
    question = Question(number, draft.text, draft.choices, draft.right, lesson)
    _keep(room, question, times_asked=number)
    return question


def asked(room: Classroom) -> Question | None:
    """The question that everybody sees; None where there is none."""
    stored = room.said("asked")
    if not isinstance(stored, dict) or not says(stored, _FILE) or stored["state"] not in ("open", "closed", "revealed"):
        return None
    right = stored.get("right")
    choices = tuple(map(str, stored["choices"]))
    known = right if isinstance(right, int) and 0 <= right < len(choices) else None
    return Question(stored["number"], stored["text"], choices, known, stored["lesson"], cast("State", stored["state"]))


def turn(room: Classroom, state: State) -> None:
    """Closes it, reveals it or opens it again; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    question = asked(room)
    if question:
        _keep(room, Question(**{**vars(question), "state": state}))


def end(room: Classroom) -> None:
    """Takes it from all screens; the answers stay until the class ends. Raises PeopleError for a pupil."""
    acting.check("", "class")
    room.change(asked=None)


def answer(room: Classroom, number: int, choice: int) -> None:
    """What whoever acts answers, in place of what they said before.

    Raises PeopleError where the question is not open, has no such choice, or nobody of the class acts; StorageError.
    """
    person, question = acting.acting(), asked(room)
    if person is None or not person.id or room.person(person.id) is None:
        raise PeopleError("Only people of the class answer. Join it first.")
    if question is None or question.number != number or question.state != "open":
        raise PeopleError("This question is closed. Wait for the next one.")
    if not 0 <= choice < len(question.choices):
        raise PeopleError("There is no such choice. Choose one of those on the screen.")
    folder = room.folder / "answers" / str(number)
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / f"{person.id}.json", {"choice": choice})


def answer_of(room: Classroom, question: Question, person_id: str) -> int | None:
    """What somebody answered; None where nothing, or what makes no sense."""
    chosen = read_json(room.folder / "answers" / str(question.number) / f"{person_id}.json").get("choice")
    return chosen if isinstance(chosen, int) and 0 <= chosen < len(question.choices) else None


def answers(room: Classroom, question: Question) -> dict[str, int]:
    """id of a pupil -> the number of their choice, of those who answered and are still there."""
    said = {one.id: answer_of(room, question, one.id) for one in room.people() if not one.teacher}
    return {name: chosen for name, chosen in said.items() if chosen is not None}


def tally(question: Question, given: Mapping[str, int]) -> list[int]:
    """How many chose each."""
    return [sum(chosen == place for chosen in given.values()) for place in range(len(question.choices))]


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
