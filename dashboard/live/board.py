"""`GET /api/class/events`: the newest run of everybody in a class, for the teacher's board; looked at once for all.

since  what the reader knows, as the last message said: nothing is told twice
lang   the language of the words
"""

import hashlib
import json
import threading
import time
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.people import acting, classroom
from core.people.classroom import Classroom
from core.people.person import Person
from core.runs.index import Row
from core.runs.run import ACTIVE, Run
from dashboard.live import told
from dashboard.live.route import events_at, language_of
from dashboard.server.api import Address
from dashboard.server.api_form import Problem
from dashboard.words import speaking

POINTS = 40  # of a small curve

_looking = threading.Lock()
_looked: dict[tuple[str, str], tuple[float, bytes, str]] = {}  # folder, language -> when, the message, its mark


def cards(room: Classroom) -> list[dict[str, Any]]:
    """What the board shows of each pupil, by name; of one who has not trained yet, the name alone."""
    newest = _newest_of_each()
    return [_card(person, newest.get(person.id)) for person in room.people() if not person.teacher]


def _newest_of_each() -> dict[str, Row]:
    from dashboard import resources  # late: Streamlit's caches want its server to run

    found: dict[str, Row] = {}
    for row in resources.rows().values():  # the newest first
        found.setdefault(row.owner, row)
    return found


def _card(person: Person, row: Row | None) -> dict[str, Any]:
    from dashboard import resources  # late, with the next, as above
    from dashboard.live import state_words, verdict_words
    from dashboard.words import number, percent

    card: dict[str, Any] = {"person": person.name, "run": ""}
    if row is None or row.recipe == "":
        return card
    run = Run(resources.store().folder / row.id)
    state, history = run.state, resources.history(run)
    said = verdict_words.said(run, state, history)
    note = verdict_words.note(said)
    colour, icon = state_words.BADGES[state]
    best, n = history.best, history.start.get("n_validation")
    accuracy = best["val_accuracy"] if best else None
    known = f"{percent(accuracy)} · n = {number(n)}" if accuracy is not None and n else ""
    return card | {
        "run": row.id,
        "name": row.name,
        "state": state_words.state_word(state),
        "at_work": state in ACTIVE,
        "colour": colour,
        "icon": icon,
        "progress": state_words.brief(run, state, history),
        "accuracy": accuracy,
        "known": known,
        "verdict": note.title if note else "",
        "val_loss": _thinned(history.column("val_loss")),
        "loss": _thinned(history.column("loss")),
    }


def _thinned(values: Sequence[float]) -> list[list[float]]:
    """[place 0..1, value] of so many points as a small curve shows."""
    last = max(1, len(values) - 1)
    step = max(1.0, last / (POINTS - 1))
    places = sorted({round(at * step) for at in range(POINTS)} & set(range(len(values))))
    return [[round(at / last, 4), float(f"{values[at]:.4g}")] for at in places]


def look(room: Classroom, language: str) -> tuple[bytes, str]:
    """The message for all who read in that language, and a mark that changes with it."""
    key = str(room.folder), language
    with _looking:
        known = _looked.get(key)
        if known and time.monotonic() - known[0] < told.LOOK_SECONDS:
            return known[1:]
        with speaking(language):
            known_of = cards(room)
        mark = hashlib.blake2b(json.dumps(known_of).encode(), digest_size=8).hexdigest()
        body = json.dumps({"place": mark, "phase": "curves", "cards": known_of}, ensure_ascii=False).encode()
        _looked[key] = time.monotonic(), body, mark
        return body, mark


async def events(request: Request) -> Response:
    """As a stream, or as JSON for those who poll; raises Problem for everybody but a teacher."""

    room, person = classroom.current(), acting.acting()
    if room is None or person is None or not person.teacher:
        raise Problem(403, "The board of the class is its teacher's.")
    language = language_of(request)
    goes_on = lambda: classroom.current() == room and bool(room.room)  # noqa: E731
    return await told.answer(request, lambda: look(room, language), goes_on)


route = Route("/api/class/events", Address(GET=events))


def address(language: str, base: str) -> str:
    """Where the browser asks for the board; `base` is the path under which the server is reached."""
    return events_at("class", language, base)
