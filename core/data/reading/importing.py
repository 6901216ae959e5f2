"""People's own pictures -> training, validation and test arrays: a folder, zip, npz, CSV or IDX, known by content."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.data.imported import Sources
from core.data.reading.arranging import Imported, put_in_order
from core.data.reading.collection import Collection, Colour, Paced, RefusedFile, Wanted
from core.data.reading.kinds import Kind, kind_of
from core.data.reading.understanding import Understanding
from core.errors import SettingError
from core.files import writing_to
from core.pictures.preprocessing import Fit
from core.pictures.resize import check_size
from core.progress import Progress, silent

__all__ = ["Imported", "RefusedFile", "Sources", "read"]

LEAST_FRACTION, MOST_FRACTION = 0.01, 0.9
TEST_FRACTION = 0.2  # of each class


def read(
    path: Path,
    *,
    size: int = 0,
    fit: Fit = "pad",
    colour: Colour = "auto",
    test_fraction: float = TEST_FRACTION,
    seed: int = 0,
    given: Mapping[str, str] | None = None,
    likeliest: bool = False,
    adding: Sequence[str] = (),
    white: int | None = None,
    scratch: Path,
    progress: Progress = silent,
) -> Imported:
    """The pictures of a folder or zip of class folders, a .npz, a CSV of pixels, or IDX files.

    size           pixels a side, 8 to 128; 0 keeps a common size up to 64, and makes 64 of different ones
    colour         "auto" is grey where all of a sample are grey
    test_fraction  of each class, cut from the training images by `seed` where no test images came along
    given          answers to what the files do not say, such as {"level": "2"}
    likeliest      what a person would have to say is answered by the likeliest
    adding         the classes of the dataset to which the pictures are to be added
    white          what is white in pictures of more than 8 bits, as in that dataset
    scratch        a folder for temporary files; an error, or a `progress` that raises, leaves nothing there

    Raises SettingError, DataError, StorageError; Undecided where a person has to say something first.
    """
    understanding = Understanding(given, likeliest=likeliest, adding=adding)
    wanted = replace(_checked(size, fit, colour, test_fraction, seed), white=white)
    paced = Paced(progress)
    with working_folder(scratch) as folder:
        collection = collected(kind_of(path, folder, understanding, paced), folder, wanted, understanding, paced)
        imported = put_in_order(path, collection, test_fraction, seed, adding, paced)
    understanding.close()
    return imported


def collected(kind: Kind, folder: Path, wanted: Wanted, understanding: Understanding, progress: Progress) -> Collection:
    """The pictures of a path of this kind, in one file of the working folder."""
    with Collection(folder / "pictures.raw", wanted, understanding) as collection:
        kind.read(collection, progress)
    for copy in folder.glob("*.array"):
        with contextlib.suppress(OSError):  # Windows keeps what is still mapped; the scratch folder goes later
            copy.unlink()
    return collection


def _checked(size: int, fit: Fit, colour: Colour, test_fraction: float, seed: int) -> Wanted:
    if size:
        check_size(size)
    for name, value, known in (("fit", fit, ("pad", "crop")), ("colour", colour, ("auto", "grey", "rgb"))):
        if value not in known:
            raise SettingError(
                "{name}={value} is unknown; choose one of {known}.", name=name, value=value, known=", ".join(known)
            )
    if seed < 0:
        raise SettingError("seed={seed} is out of range; choose 0 or more.", seed=seed)
    if not LEAST_FRACTION <= test_fraction <= MOST_FRACTION:
        raise SettingError(
            "test_fraction={fraction} is out of range; choose between {low} and {high}.",
            fraction=test_fraction,
            low=LEAST_FRACTION,
            high=MOST_FRACTION,
        )
    return Wanted(size, fit, colour)


@contextlib.contextmanager
def working_folder(scratch: Path) -> Iterator[Path]:
    """A new folder within, removed again where the import does not succeed."""
    with writing_to(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="import-", dir=scratch))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
