"""People's own pictures -> training, validation and test arrays: a folder, zip, npz, CSV or IDX, known by content."""

import contextlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from core.data.imported import Sources
from core.data.reading.arranging import Imported, put_in_order
from core.data.reading.collection import Collection, Colour, Paced, RefusedFile, Wanted
from core.data.reading.decode import FORMATS
from core.data.reading.from_csv import read_csv
from core.data.reading.from_folders import read_folders
from core.data.reading.from_idx import Pair, is_idx, labels_beside, opened, pairs_in, read_idx_pairs
from core.data.reading.from_npz import read_npz
from core.data.reading.understanding import Understanding
from core.errors import DataError, SettingError
from core.files import writing_to
from core.pictures.preprocessing import Fit
from core.pictures.resize import check_size
from core.progress import Progress, silent

__all__ = ["Imported", "RefusedFile", "Sources", "read", "reads_pictures"]

LEAST_FRACTION, MOST_FRACTION = 0.01, 0.9
SNIFFED = 1 << 16  # bytes looked at to know what a file is

Reader = Callable[[Collection, Progress], None]


def read(
    path: Path,
    *,
    size: int = 0,
    fit: Fit = "pad",
    colour: Colour = "auto",
    test_fraction: float = 0.2,
    seed: int = 0,
    given: Mapping[str, str] | None = None,
    likeliest: bool = False,
    scratch: Path,
    progress: Progress = silent,
) -> Imported:
    """The pictures of a folder or zip of class folders, a .npz, a CSV of pixels, or IDX files.

    size           pixels a side, 8 to 128; 0 keeps a common size up to 64, and makes 64 of different ones
    colour         "auto" is grey where all of a sample are grey
    test_fraction  of each class, cut from the training images by `seed` where no test images came along
    given          answers to what the files do not say, such as {"level": "2"}
    likeliest      what a person would have to say is answered by the likeliest
    scratch        a folder for temporary files; an error, or a `progress` that raises, leaves nothing there

    Raises SettingError, DataError, StorageError; Undecided where a person has to say something first.
    """
    understanding = Understanding(given, likeliest=likeliest)
    wanted = _checked(size, fit, colour, test_fraction, seed)
    paced = Paced(progress)
    with _working_folder(scratch) as folder:
        with Collection(folder / "pictures.raw", wanted, understanding) as collection:
            _recognised(path)(collection, paced)
        for copy in folder.glob("*.array"):
            with contextlib.suppress(OSError):  # Windows keeps what is still mapped; the scratch folder goes later
                copy.unlink()
        return put_in_order(path, collection, test_fraction, seed, paced)


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
def _working_folder(scratch: Path) -> Iterator[Path]:
    """A new folder within, removed again where the import does not succeed."""
    with writing_to(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="import-", dir=scratch))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


# What a path is


def reads_pictures(path: Path) -> bool:
    """Whether it is a folder or zip of picture files, and no arrays or table."""
    if path.is_dir():
        return not _pairs_in(path)
    return path.is_file() and _is_zip(path) and not _is_npz(path)


def _recognised(path: Path) -> Reader:
    """The reader for what the path turns out to be, whatever it is called; raises DataError."""
    if path.is_dir():
        pairs = _pairs_in(path)
        return (lambda into, progress: read_idx_pairs(pairs, into, progress)) if pairs else _reader(read_folders, path)
    if not path.exists():
        raise DataError("There is no file or folder {path}. Give the path of your pictures.", path=path)
    if not path.is_file():  # a pipe would be waited for
        raise _unknown(path)
    with opened(path) as stream:
        head = _beginning(stream.read, path)
    if is_idx(head):
        return _reader_of_pair(path, head)
    if _is_zip(path):
        return _reader(read_npz if _is_npz(path) else read_folders, path)
    if _is_text(head) and path.name.lower().endswith((".csv", ".csv.gz", ".tsv", ".txt")):
        return _reader(read_csv, path)
    raise _unknown(path)


def _reader(read_path: Callable[[Path, Collection, Progress], None], path: Path) -> Reader:
    return lambda into, progress: read_path(path, into, progress)


def _pairs_in(folder: Path) -> list[Pair]:
    try:
        return pairs_in(folder)
    except OSError as error:
        raise DataError(
            "The folder {folder} cannot be read ({reason}). Allow reading it, or copy it elsewhere.",
            folder=folder,
            reason=error.strerror or error,
        ) from error


def _reader_of_pair(images: Path, head: bytes) -> Reader:
    if head[3] == 1:
        raise DataError(
            "{file} holds labels, no pictures. Choose the file with the pictures, which is read together with it.",
            file=images,
        )
    pair = Pair(None, images, labels_beside(images))
    return lambda into, progress: read_idx_pairs([pair], into, progress)


def _beginning(read: Callable[[int], bytes], path: Path) -> bytes:
    """The first bytes of a file, unpacked; none where gzip cannot unpack it."""
    try:
        return read(SNIFFED)
    except (OSError, EOFError, ValueError) as error:
        raise _unknown(path) from error


def _is_zip(path: Path) -> bool:
    """Also one that is cut short, so that it is told from a file of another kind."""
    with open(path, "rb") as file:
        return file.read(4) in (b"PK\3\4", b"PK\5\6") or zipfile.is_zipfile(file)


def _is_npz(path: Path) -> bool:
    return path.suffix.lower() == ".npz" or _only_arrays(path)


def _only_arrays(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # a broken zip: its reader says what is wrong with it
        return False
    return bool(names) and all(name.lower().endswith(".npy") for name in names)


def _is_text(head: bytes) -> bool:
    """Whether a file may be a table: hardly a control character in its first lines."""
    odd = sum(head.count(code) for code in range(32) if code not in b"\t\n\r\f")
    return bool(head.strip()) and odd <= len(head) // 20


def _unknown(path: Path) -> DataError:
    return DataError(
        "{path} is nothing that can be imported; expected a folder or zip with a folder for each class "
        "({pictures}), a .npz with x_train and y_train, a .csv of pixels, or IDX files. "
        "Put the pictures of each class into a folder of its own, and give the folder around them.",
        path=path,
        pictures=", ".join(FORMATS),
    )
