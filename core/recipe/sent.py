"""What a teacher sends to everybody in a class: a recipe with the levers it is about, a lesson, or what is collected.

A recipe may be sent locked: then what a pupil trains differs from it in those levers only, whichever way it was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.errors import FitscopeError, SettingError
from core.files import says
from core.people import acting, classroom
from core.people.classroom import Classroom
from core.people.person import PeopleError
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.differences import differing
from core.recipe.levers import opened

PAGES = ("train", "lessons", "challenge", "collect")
_FILE = {"number": int, "page": str, "query": dict, "title": str, "only": list, "locked": bool}


@dataclass(frozen=True)
class Sent:
    """One thing that was sent.

    number  1 for the first of a class, and so on
    page    where it opens, one of PAGES
    query   name -> text, of the link
    only    the settings that are open; none: all
    locked  whether pupils train nothing else meanwhile
    """

    number: int
    page: str
    title: str
    query: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    locked: bool = False

    @property
    def recipe(self) -> TrainingConfig:
        """Raises SettingError where it names what is not here any more."""
        return TrainingConfig.from_text(self.query)

    def link(self) -> dict[str, str]:
        """The query parameters of the page it opens."""
        return {**self.query, **({"only": ",".join(self.only)} if self.only else {})}


def send_recipe(room: Classroom, recipe: TrainingConfig, title: str, only: Sequence[str], locked: bool) -> None:
    """Raises PeopleError for a pupil, SettingError for a lever that does not exist or none that is locked around."""
    unknown = [name for name in only if name not in SETTINGS]
    if unknown or (locked and not only):
        raise SettingError("Choose the settings that stay open, at least one of: {known}.", known=", ".join(SETTINGS))
    _keep(room, page="train", title=title, query=recipe.link(), only=tuple(only), locked=locked)


def send_lesson(room: Classroom, name: str, title: str) -> None:
    """Raises PeopleError for a pupil, StorageError."""
    _keep(room, page="lessons", title=title, query={"lesson": name})


def send_page(room: Classroom, page: str, title: str) -> None:
    """A page as it is; raises PeopleError for a pupil, StorageError."""
    _keep(room, page=page, title=title)


def take_back(room: Classroom) -> None:
    """Everything is open again; raises PeopleError for a pupil, StorageError."""
    acting.check("", "class")
    room.change(sent=None)


def sent(room: Classroom) -> Sent | None:
    """What was sent last; None where nothing was, or it was taken back."""
    stored = room.said("sent")
    if not isinstance(stored, dict) or not says(stored, _FILE) or stored["page"] not in PAGES:
        return None
    query = {str(name): str(text) for name, text in stored["query"].items()}
    only = tuple(map(str, stored["only"]))
    return Sent(stored["number"], stored["page"], stored["title"], query, only, stored["locked"])


def is_locked() -> bool:
    """Whether whoever acts trains only what was sent."""
    room, person = classroom.current(), acting.acting()
    given = sent(room) if room and person and not person.teacher else None
    return given is not None and given.locked


def check_allowed(recipe: TrainingConfig) -> None:
    """Raises PeopleError where a pupil would train what the teacher has locked."""
    room = classroom.current()
    given = sent(room) if room and is_locked() else None
    if given is None:
        return
    try:
        wanted = given.recipe.pinned()
    except FitscopeError:  # its dataset was deleted meanwhile: there is nothing to hold anybody to
        return
    closed = [name for name in differing([wanted, recipe.pinned()]) if name not in opened(given.only)]
    if closed:
        raise PeopleError(
            "Your teacher has sent a recipe in which only {open} may be moved, not {closed}. Open it in the bar below.",
            open=", ".join(SETTINGS[name].title for name in given.only),
            closed=", ".join(SETTINGS[name].title for name in closed),
        )


def _keep(room: Classroom, **facts: Any) -> None:
    acting.check("", "class")
    number = int(room.said("times_sent", 0)) + 1
    room.change(sent=asdict(Sent(number=number, **facts)), times_sent=number)
