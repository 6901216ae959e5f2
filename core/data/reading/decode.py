"""Picture files, opened by `core.pictures.picture_file`; what is none is refused as an error that can be translated."""

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from core.errors import FitscopeError
from core.pictures import picture_file
from core.pictures.picture_file import ENDINGS, FORMATS, MOST_PIXELS, common_white, white_of

__all__ = ["ENDINGS", "FORMATS", "MOST_PIXELS", "Refused", "as_grey_or_rgb", "common_white", "open_picture", "white_of"]


class Refused(FitscopeError):
    """One file is left out: a reason that reads well after "FILE: "."""


def open_picture(content: bytes, at_least: int = 0, white: int | None = None) -> Image.Image:
    """See `picture_file.open_picture`; raises Refused, and nothing else."""
    with _refusing():
        return picture_file.open_picture(content, at_least, white)


def as_grey_or_rgb(picture: Image.Image) -> Image.Image:
    """See `picture_file.as_grey_or_rgb`; raises Refused."""
    with _refusing():
        return picture_file.as_grey_or_rgb(picture)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except picture_file.NoPicture as error:
        raise Refused(error.template, **error.values) from error.__cause__
