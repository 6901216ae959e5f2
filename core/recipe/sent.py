"""What a teacher sends to everybody in a class: a recipe with the levers it is about, a lesson, or what is collected.

A recipe, or a lesson, may be sent locked: then what a pupil trains differs from it (from one of the lesson's recipes)
in those levers only, whichever way it was asked.
"""

from collections.abc import Iterable, Mapping, Sequence
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
_FILE = {"number": int, "page": str, "query": dict, "title": str, "only": list, "locked": bool, "recipes": list}


@dataclass(frozen=True)
class Sent:
    """One thing that was sent.

    number  1 for the first of a class, and so on
    page    where it opens, one of PAGES
    query   name -> text, of the link
    only    the settings that are open; none: all
    locked  whether pupils train nothing else meanwhile
    recipes  links of those of a lesson, each of which is trained then with the open settings moved or not
    """

    number: int
    page: str
    title: str
    query: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    locked: bool = False
    recipes: tuple[Mapping[str, str], ...] = ()

    @property
    def recipe(self) -> TrainingConfig:
        """That of the Train page; raises SettingError where it names what is not here any more."""
        return TrainingConfig.from_text(self.query)

    def link(self) -> dict[str, str]:
        """The query parameters of the page it opens; a lesson knows its levers itself."""
        return {**self.query, **({"only": ",".join(self.only)} if self.only and self.page == "train" else {})}


def send_recipe(room: Classroom, recipe: TrainingConfig, title: str, only: Sequence[str], locked: bool) -> None:
    """Raises PeopleError for a pupil, SettingError for a lever that does not exist or none that is locked around."""
    _check_levers(only, locked)
    _keep(room, page="train", title=title, query=recipe.link(), only=tuple(only), locked=locked)


def send_lesson(
    room: Classroom, name: str, title: str, recipes: Sequence[TrainingConfig], only: Sequence[str], locked: bool
) -> None:
    """A lesson, its recipes and the settings it is about; raises as `send_recipe` does, StorageError."""
    _check_levers(only, locked)
    links = tuple(recipe.link() for recipe in recipes)
    _keep(room, page="lessons", title=title, query={"lesson": name}, only=tuple(only), locked=locked, recipes=links)


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
    only, recipes = tuple(map(str, stored["only"])), tuple(map(_link, stored["recipes"]))
    return Sent(
        stored["number"], stored["page"], stored["title"], _link(stored["query"]), only, stored["locked"], recipes
    )


def binding() -> Sent | None:
    """What was sent locked, where it binds whoever acts: a pupil trains nothing else. None where nothing does."""
    room, person = classroom.current(), acting.acting()
    given = sent(room) if room and person and not person.teacher else None
    return given if given and given.locked else None


def nearest(given: Sent, recipe: TrainingConfig) -> tuple[TrainingConfig, list[str]]:
    """Of the recipes that were sent, the one that is most like another, and the closed settings in which they differ.

    Raises FitscopeError where a dataset is not here any more.
    """
    wanted = [TrainingConfig.from_text(link) for link in given.recipes or [given.query]]
    open_ones, asked = opened(given.only), recipe.pinned()
    closed = [[name for name in differing([one.pinned(), asked]) if name not in open_ones] for one in wanted]
    return min(zip(wanted, closed, strict=True), key=lambda pair: len(pair[1]))


def closed(recipe: TrainingConfig) -> list[str]:
    """The settings that whoever acts may not give such values; none where nothing binds them."""
    given = binding()
    try:
        return nearest(given, recipe)[1] if given else []
    except FitscopeError:  # its dataset was deleted meanwhile: there is nothing to hold anybody to
        return []


def check_allowed(recipe: TrainingConfig) -> None:
    """Raises PeopleError where a pupil would train what the teacher has locked."""
    _refuse(closed(recipe), "would train with other {closed} than what was sent")


def check_open(names: Iterable[str]) -> None:
    """Raises PeopleError where a pupil would move settings of a training that the teacher has locked."""
    given = binding()
    if given:
        _refuse([name for name in names if name not in opened(given.only)], "would change {closed} of a training")


def _refuse(names: Sequence[str], note: str) -> None:
    given = binding()
    if given and names:
        acting.note_refusal(note.format(closed=", ".join(names)))
        raise PeopleError(
            "Your teacher has sent a recipe in which only {open} may be moved, not {closed}. The Train page shows it.",
            open=", ".join(SETTINGS[name].title for name in given.only),
            closed=", ".join(SETTINGS[name].title for name in names),
        )


def _check_levers(only: Sequence[str], locked: bool) -> None:
    if any(name not in SETTINGS for name in only) or (locked and not only):
        raise SettingError("Choose the settings that stay open, at least one of: {known}.", known=", ".join(SETTINGS))


def _link(stored: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(text) for name, text in stored.items()}


def _keep(room: Classroom, **facts: Any) -> None:
    acting.check("", "class")
    number = int(room.said("times_sent", 0)) + 1
    room.change(sent=asdict(Sent(number=number, **facts)), times_sent=number)
