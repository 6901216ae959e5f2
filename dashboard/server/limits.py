"""How much one pupil may ask of the server of a class, so that nobody takes it from the others."""

import contextlib
from collections import Counter
from collections.abc import Iterator

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from core.people.person import PeopleError, Person
from core.people.tries import Tries

REQUESTS, REQUEST_SECONDS = 600, 60.0  # of programs: ten a second
PAGES, PAGE_SECONDS = 6000, 60.0  # of what pages ask for, news and pictures too: a hundred a second
AT_ONCE = 60  # answers and pages that are open: a browser has six for a server and one more for each of its tabs
UPLOADED, UPLOAD_SECONDS = 2 * 2**30, 3600.0  # bytes: a thousand photos of a phone
UPLOADS = "/_stcore/upload_file/"

_requests = Tries(REQUESTS, REQUEST_SECONDS)
_pages = Tries(PAGES, PAGE_SECONDS)
_uploads = Tries(UPLOADED, UPLOAD_SECONDS)
_open: Counter[str] = Counter()  # id of a person -> how many answers and pages of theirs are open; the event loop's own


@contextlib.contextmanager
def place(person: Person) -> Iterator[bool]:
    """Whether one more of somebody is served; it is counted until these lines are left."""
    free = person.teacher or _open[person.id] < AT_ONCE
    _open[person.id] += free
    try:
        yield free
    finally:
        _open[person.id] -= free
        if not _open[person.id]:
            del _open[person.id]


def crowded() -> Response:
    """What is answered where there is no place."""
    words = "Too many pages and programs of yours are open. Close some, then try again."
    return JSONResponse({"error": words}, 429, {"Retry-After": "5"})


def refusal(scope: Scope, person: Person, for_programs: bool) -> Response | None:
    """Why a request of somebody is not answered; None where it is, which then counts."""
    if person.teacher:
        return None
    try:
        (_requests if for_programs else _pages).take(person.id)
        if UPLOADS in scope["path"] and scope["method"] in ("PUT", "POST"):
            length = Headers(scope=scope).get("content-length", "")
            if not length.isdigit():
                return JSONResponse({"error": "Say how long the file is, with Content-Length."}, 411)
            _uploads.take(person.id, int(length))
    except PeopleError as error:
        return JSONResponse({"error": str(error)}, 429, {"Retry-After": str(error.values["seconds"])})
    return None
