"""What is white in pictures of more than 8 bits: one number for all of a dataset, which is shown and can be said."""

from collections.abc import Iterator, Sequence

from core.data.reading.archives.found_files import Found
from core.data.reading.decode import Refused, common_white
from core.data.reading.understanding import Choice, Understanding
from core.errors import N_
from core.pictures.picture_file import WHITES
from core.progress import Progress

DEEP = (".png", ".tif", ".tiff", ".pgm", ".ppm", ".pnm")  # forms that may have more than 8 bits


def white_of_all(files: Sequence[Found], understanding: Understanding, progress: Progress) -> int | None:
    """The number that is white in all of them; None where all have 8 bits. Asks `white`."""
    deep = [file for file in files if file.name.lower().endswith(DEEP)]

    def contents() -> Iterator[bytes]:
        for number, file in enumerate(deep):
            progress("Looking at how bright the pictures are", number / len(deep))
            try:
                yield file.read()
            except Refused:
                continue  # told when its turn comes

    likely = common_white(contents())
    if likely is None:
        return None
    return ask_white(likely, [white for white in WHITES if white != likely], understanding)


def ask_white(likely: int, others: Sequence[int], understanding: Understanding, aside: bool = False) -> int:
    """Asks `white`, `aside` only where the pictures look wrong."""
    choices = [Choice(str(white), N_("{white} is white"), {"white": white}) for white in (likely, *others)]
    question = N_("How bright is white in pictures of more than 8 bits?")
    return int(understanding.ask("white", question, choices, aside=aside))
