"""How much one pupil may ask of the server of a class, so that nobody takes it from the others."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from core.people.person import PeopleError, Person
from core.people.tries import Tries

REQUESTS, REQUEST_SECONDS = 600, 60.0  # of programs: ten a second
UPLOADED, UPLOAD_SECONDS = 2 * 2**30, 3600.0  # bytes: a thousand photos of a phone
UPLOADS = "/_stcore/upload_file/"

_requests = Tries(REQUESTS, REQUEST_SECONDS)
_uploads = Tries(UPLOADED, UPLOAD_SECONDS)


def refusal(scope: Scope, person: Person, for_programs: bool) -> Response | None:
    """Why a request of somebody is not answered; None where it is, which then counts."""
    if person.teacher:
        return None
    try:
        if for_programs:
            _requests.take(person.id)
        if UPLOADS in scope["path"] and scope["method"] in ("PUT", "POST"):
            length = Headers(scope=scope).get("content-length", "")
            if not length.isdigit():
                return JSONResponse({"error": "Say how long the file is, with Content-Length."}, 411)
            _uploads.take(person.id, int(length))
    except PeopleError as error:
        return JSONResponse({"error": str(error)}, 429, {"Retry-After": str(error.values["seconds"])})
    return None
