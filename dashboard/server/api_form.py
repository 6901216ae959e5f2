"""A question sent to `/api/predict`, read without trust: never more than so many bytes, parts and seconds."""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

MOST_BYTES = 20 * 2**20  # of a whole request; the photos of phones have 2 to 10 MB
MOST_PARTS = 8
MOST_FIELD = 1000  # bytes of a part that is no file
SECONDS = 60.0  # in which the request must have arrived

FIELDS = ("image", "run", "epoch", "face", "top")
YES, NO = ("1", "true", "on", "yes"), ("0", "false", "off", "no", "")


class Problem(Exception):
    """Why a request is not answered: the HTTP status, and a sentence that says what to do."""

    def __init__(self, status: int, text: str):
        super().__init__(status, text)
        self.status, self.text = status, text


@dataclass(frozen=True)
class Question:
    """A picture file, the run that is asked, whether faces are looked for, how many probabilities are told.

    epoch  whose network is asked; None for that which the run keeps
    """

    image: bytes
    run: str
    face: bool = False
    top: int | None = None
    epoch: int | None = None


async def read(request: Request) -> Question:
    """The question in a request; raises Problem with 400, 408, 413, 415 or 422."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise Problem(
            415, "Send the picture as multipart/form-data, for example with: curl -F image=@FILE -F run=latest"
        )
    _check_length(request)
    try:
        async with asyncio.timeout(SECONDS):
            limited = Request(request.scope, _limited(request))
            form = limited.form(max_files=MOST_PARTS, max_fields=MOST_PARTS, max_part_size=MOST_FIELD)
            async with form as parts:
                return await _question(parts)
    except TimeoutError as error:
        raise Problem(408, f"The picture did not arrive within {SECONDS:.0f} seconds; send it again.") from error
    except (HTTPException, MultiPartException) as error:  # Starlette's own words for it
        told = error.detail if isinstance(error, HTTPException) else error.message
        raise Problem(400, f"The multipart body cannot be read: {told.rstrip('.')}.") from error


def _check_length(request: Request) -> None:
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > MOST_BYTES:
        raise _too_large()


def _too_large() -> Problem:
    return Problem(413, f"The request has more than {MOST_BYTES // 2**20} MB; make the picture smaller.")


def _limited(request: Request):
    """The request's body as it arrives; raises Problem where it goes on for too long, whatever its header said."""
    arrived = 0

    async def receive() -> Message:
        nonlocal arrived
        message = await request.receive()
        arrived += len(message.get("body", b""))
        if arrived > MOST_BYTES:
            raise _too_large()
        return message

    return receive


async def _question(parts: FormData) -> Question:
    for name in parts:
        if name not in FIELDS:
            raise Problem(422, f"The field {name[:40]!r} is unknown; the fields are {', '.join(FIELDS)}.")
        if len(parts.getlist(name)) > 1:
            raise Problem(422, f"The field {name} came more than once; ask about one picture at a time.")
    run, face, top = _text(parts, "run"), _text(parts, "face"), _text(parts, "top")
    if not run:
        raise Problem(422, "The field run is missing; send the id of a run, or latest.")
    asked = Question(await _image(parts), run, _yes_or_no(face), _count(top), _epoch(_text(parts, "epoch")))
    return asked


async def _image(parts: FormData) -> bytes:
    image = parts.get("image")
    if image is None:
        raise Problem(422, "The field image is missing; send the picture as a file: curl -F image=@FILE")
    if not isinstance(image, UploadFile):
        raise Problem(422, "The field image is text; send it as a file, with a file name: curl -F image=@FILE")
    return await image.read()


def _text(parts: FormData, name: str) -> str | None:
    value = parts.get(name)
    if isinstance(value, UploadFile):
        raise Problem(422, f"The field {name} is a file; send it as text.")
    return value.strip() if value is not None else None


def _yes_or_no(text: str | None) -> bool:
    word = (text or "").lower()
    if word not in YES + NO:
        raise Problem(422, f"face={word[:40]!r} is neither yes nor no; send 1 or 0.")
    return word in YES


def _count(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1):
        raise Problem(422, f"top={text[:40]!r} is no number of classes; send 1 or more, or leave it out.")
    return int(text)


def _epoch(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Problem(422, f"epoch={text[:40]!r} is no epoch; send the number of one that was kept, or leave it out.")
    return int(text)
