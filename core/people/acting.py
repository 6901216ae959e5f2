"""Who acts right now, and whether they may.

Alone on a machine nobody is asked: whoever acts is the machine itself, as are the command line, the workers and the
queue. In a class the server says who asks (`recognise_by`), for each page and each request; whatever changes something
in `core/` calls `check` first, so that no button that was forgotten opens a door.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path

from core.errors import N_
from core.folders import PROJECT, data_folders, runs_folder
from core.people.person import PeopleError, Person

log = logging.getLogger("fitscope.people")

_here: ContextVar[Person | None] = ContextVar("person", default=None)
_recognise: Callable[[], Person | None] = lambda: None  # noqa: E731

_NOT_YOURS = N_("This was made by somebody else: you can look at it and train it again, not change it.")
_STRANGER = N_("You are not in this class, or not any more. Join it again, then go on.")


class NotYoursError(PeopleError):
    """Somebody would change what another one made."""


def recognise_by(asked: Callable[[], Person | None]) -> None:
    """Says how it is known who acts: None is the machine itself, STRANGER somebody who did not join."""
    global _recognise
    _recognise = asked


@contextlib.contextmanager
def acting_as(person: Person) -> Iterator[None]:
    """What is done within these lines is done by that person: a request over HTTP, a child of the server."""
    token = _here.set(person)
    try:
        yield
    finally:
        _here.reset(token)


def acting() -> Person | None:
    """Who acts; None for the machine itself."""
    return _here.get() or _recognise()


def owner() -> str:
    """What the things that are made now are marked with; "" for the machine itself. Raises PeopleError."""
    person = acting()
    if person is None:
        return ""
    if not person.id:
        note_refusal("would make something")
        raise PeopleError(_STRANGER)
    return person.id


def may_change(owned_by: str) -> bool:
    """Whether whoever acts may change what that person made; "" is the machine's, which a class only looks at."""
    person = acting()
    return person is None or person.teacher or bool(person.id and person.id == owned_by)


def check_reach(path: Path, within: Iterable[Path]) -> None:
    """Raises PeopleError where a pupil would read files of this machine that they did not bring.

    within  the folders of what people brought
    """
    person = acting()
    if person is None or person.teacher or any(path.resolve().is_relative_to(folder.resolve()) for folder in within):
        return
    note_refusal("would read a folder of this machine")
    raise PeopleError("Files of the class's machine are the teacher's: send your own from this browser.")


def check(owned_by: str, what: str) -> None:
    """Raises PeopleError unless whoever acts may change what that person made.

    what  the id of the thing, for the log
    """
    if may_change(owned_by):
        return
    person = acting()
    note_refusal(f"would change {what} of {owned_by or '-'}")
    raise NotYoursError(_NOT_YOURS) if person and person.id else PeopleError(_STRANGER)


def readable(text: str) -> str:
    """A message as whoever acts may read it: a pupil does not learn how the folders of the machine are called."""
    person = acting()
    if person is None or person.teacher:
        return text
    hidden = {str(folder) for folder in (*data_folders(), runs_folder(), PROJECT, Path.home()) if len(folder.parts) > 1}
    ours = "|".join(re.escape(folder) for folder in sorted(hidden, key=len, reverse=True))  # the innermost first
    return re.sub(rf"(?:{ours})(?![\w-])", "…", text)


def note_refusal(what: str) -> None:
    """Into the log, with the id of whoever acts in place of their name."""
    person = acting()
    log.warning("Refused: %s %s", (person and person.id) or "a stranger", what)
