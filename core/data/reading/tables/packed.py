"""Tables and arrays in a zip, as data sites give them: unpacked into a folder of ours, in which they are read."""

import contextlib
import enum
import re
import zipfile
from pathlib import Path

from core.data.reading.archives.found_files import is_zip
from core.data.reading.archives.zip_archive import ZIP_ERRORS, open_zip
from core.data.reading.folders.layout import PICTURE
from core.data.reading.tables.from_idx import is_idx_name
from core.errors import DataError
from core.files import writing_to
from core.progress import Progress

MOST_BYTES = 16 * 2**30  # unpacked, of all tables together
MOST_TABLES = 20
COPIED = 1 << 20  # bytes at a time

_TABLE = re.compile(r".*\.(csv|csv\.gz|tsv|npz)", re.IGNORECASE)


class Packed(enum.Enum):
    """ARRAYS: the zip is an .npz, whatever it is called."""

    ARRAYS = enum.auto()


def unpack(path: Path, scratch: Path, progress: Progress) -> Path | Packed | None:
    """The folder into which the tables were unpacked; None where the zip holds pictures, or no table.

    Raises DataError where they cannot be unpacked, StorageError.
    """
    try:
        archive, close = open_zip(path)
    except DataError:
        return None  # the reader of pictures says what is wrong with it
    with contextlib.closing(archive), contextlib.ExitStack() as stack:
        stack.callback(close)
        names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
        if names and all(name.lower().endswith(".npy") for name in names):
            return Packed.ARRAYS
        tables = [entry for entry in archive.infolist() if _is_table(entry.filename)]
        if not tables or any(PICTURE.search(name) or is_zip(name) for name in names):
            return None  # of zips within it the pictures are read; a table beside them may hold their labels
        if len(tables) > MOST_TABLES or sum(entry.file_size for entry in tables) > MOST_BYTES:
            raise DataError(
                "{file} holds {n} tables, more than are read at once. Unpack it, and choose one of them.",
                file=path.name,
                n=len(tables),
            )
        folder = scratch / "unpacked"
        with writing_to(folder):
            folder.mkdir()
        for entry, name in zip(tables, _names([entry.filename for entry in tables]), strict=True):
            _copy(archive, entry, folder / name, path, progress)
        return folder


def tables_in(folder: Path) -> list[Path]:
    """The tables and arrays of a folder that holds no pictures, at its first level; empty where it holds any."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")]
    if any(path.is_dir() for path in folder.iterdir()) or any(PICTURE.search(path.name) for path in files):
        return []
    return [path for path in files if _TABLE.fullmatch(path.name)]


def _is_table(name: str) -> bool:
    base = name.rpartition("/")[2]
    system = name.startswith("__MACOSX/") or base.startswith(".")
    return not system and bool(_TABLE.fullmatch(base) or is_idx_name(base) or base.endswith("-mapping.txt"))


def _names(members: list[str]) -> list[str]:
    """A file name for each: without its folders, unless two would be one, such as train/data.csv and test/data.csv."""
    plain = [re.sub(r"[^\w.-]", "_", name.rpartition("/")[2]) for name in members]
    if len(set(plain)) == len(plain):
        return plain
    return [re.sub(r"[^\w.-]", "_", name) for name in members]


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, path: Path, progress: Progress) -> None:
    """Copies one member, no more than it claims to have."""
    progress("Unpacking the tables", 0.0)
    left = entry.file_size
    try:
        with archive.open(entry) as packed, writing_to(target), open(target, "wb") as file:
            while left > 0 and (content := packed.read(min(COPIED, left))):
                file.write(content)
                left -= len(content)
                progress("Unpacking the tables", 1 - left / max(entry.file_size, 1))
    except ZIP_ERRORS as error:
        target.unlink(missing_ok=True)
        raise DataError(
            "{file}: {member} cannot be unpacked ({reason}). Download it again.",
            file=path.name,
            member=entry.filename[:100],
            reason=error,
        ) from error
