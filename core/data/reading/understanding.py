"""What the files do not say for certain: every guess is a question whose answer is shown and can be changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import N_, DataError, SettingError, as_words


@dataclass(frozen=True)
class Choice:
    """One answer: its word on the command line and in `given`, and what it means as a template with its values."""

    value: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True)
class Question:
    """Something that was guessed, or was said.

    option    its name on the command line, without the dashes; the key in `given`
    template  what is asked, in English
    choices   the answers there are, the likeliest first
    answer    the value that was taken
    given     a person said it
    open      nothing in the files says so: an import waits for an answer
    aside     it matters only where the pictures look wrong
    """

    option: str
    template: str
    choices: tuple[Choice, ...]
    answer: str
    given: bool
    open: bool
    aside: bool = False

    @property
    def unanswered(self) -> bool:
        return self.open and not self.given

    def as_dict(self) -> dict[str, Any]:
        """Fit for JSON, the texts still as templates, so that a page can say them in its language."""
        choices = [
            {"value": one.value, "template": one.template, "values": as_words(one.values)} for one in self.choices
        ]
        facts = {"option": self.option, "question": self.template, "choices": choices, "answer": self.answer}
        return {**facts, "given": self.given, "open": self.open, "aside": self.aside}


@dataclass(frozen=True)
class Note:
    """Something that looks odd, or that was done with the files, as a template with its values."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


class Undecided(DataError):
    """The files can be read in several ways, and a person has to say which."""

    def __init__(self, questions: Sequence[Question]):
        super().__init__(
            "These files can be read in more than one way. {questions} Say which, or take the likeliest with --yes.",
            questions=" ".join(map(_in_words, questions)),
        )
        self.questions = tuple(questions)

    def __reduce__(self) -> tuple[Any, ...]:
        return Undecided, (self.questions,)


class Understanding:
    """The answers that were given beforehand, and the questions and notes as they come up while files are read.

    given      option -> answer, as a person said it
    likeliest  open questions are answered by their likeliest answer
    adding     the classes of the dataset to which the pictures are to be added
    """

    def __init__(self, given: Mapping[str, str] | None = None, *, likeliest: bool = False, adding: Sequence[str] = ()):
        self.given, self.likeliest, self.adding = dict(given or {}), likeliest, tuple(adding)
        self._questions: dict[str, Question] = {}
        self.notes: list[Note] = []

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self._questions.values())

    def settle(self) -> None:
        """Raises Undecided where a person has to say something first."""
        unanswered = [question for question in self.questions if question.unanswered]
        if unanswered and not self.likeliest:
            raise Undecided(unanswered)

    def close(self) -> None:
        """To be called once all is read: an answer to what was not asked is told, it changed nothing."""
        for option in sorted(self.given.keys() - self._questions.keys()):
            self.note(
                N_("{option}={answer} was said, but with these files there is nothing to decide by it."),
                option=option,
                answer=self.given[option],
            )

    def ask(
        self,
        option: str,
        template: str,
        choices: Sequence[Choice],
        *,
        open: bool = False,
        aside: bool = False,
        fits: Callable[[str], bool] = lambda _answer: False,
    ) -> str:
        """The answer that was given, else the first choice, which is the likeliest.

        fits  whether an answer that is none of the choices can be used all the same
        Raises SettingError for an answer that cannot be used.
        """
        answer = self.given.get(option)
        known = [choice.value for choice in choices]
        if answer is not None and answer not in known and not fits(answer):
            raise SettingError(
                "{name}={value} is unknown; choose one of {known}.", name=option, value=answer, known=", ".join(known)
            )
        taken = known[0] if answer is None else answer
        self._questions[option] = Question(option, template, tuple(choices), taken, answer is not None, open, aside)
        return taken

    def note(self, template: str, **values: object) -> None:
        """Something that the person should see before the pictures are believed; the same thing once."""
        note = Note(template, values)
        if note not in self.notes:
            self.notes.append(note)


def _in_words(question: Question) -> str:
    answers = "; ".join(f"--{question.option} {choice.value}: {choice}" for choice in question.choices)
    return f"{question.template} {answers}."
