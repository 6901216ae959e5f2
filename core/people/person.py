"""Somebody in a class."""

import unicodedata
from dataclasses import dataclass

from core.errors import FitscopeError

LONGEST_NICKNAME = 24  # characters


class PeopleError(FitscopeError):
    """Somebody is not known here, or may not do what they asked."""


class WrongCodeError(PeopleError):
    """A code or passcode that lets nobody in."""


@dataclass(frozen=True)
class Person:
    """What the others may know of somebody; the proof of who they are lies in their browser.

    id       what they make is marked with it
    name     a nickname, as they wrote it
    teacher  may stop, change and delete what others made
    joined   seconds since 1970
    """

    id: str
    name: str
    teacher: bool = False
    joined: float = 0.0


STRANGER = Person("", "")  # asks in a class without being of it


def nickname(text: str) -> str:
    """The name as it is kept: one line without spaces around it; raises PeopleError."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > LONGEST_NICKNAME or not name.isprintable():
        raise PeopleError("A nickname has 1 to {most} characters; choose one.", most=LONGEST_NICKNAME)
    return name
