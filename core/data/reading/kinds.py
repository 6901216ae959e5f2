"""What a path is, whatever it is called: pictures in folders or a zip, arrays, tables, or nothing that can be read."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.data.reading.archives.found_files import unreadable_folder
from core.data.reading.collection import Collection
from core.data.reading.decode import FORMATS
from core.data.reading.folders import label_studio
from core.data.reading.folders.from_folders import read_folders
from core.data.reading.folders.loose import MOST_TABLE
from core.data.reading.tables.csv_rows import without_pictures
from core.data.reading.tables.from_csv import read_csv, read_tables
from core.data.reading.tables.from_idx import Pair, is_idx, labels_beside, opened, pairs_in, read_idx_pairs
from core.data.reading.tables.from_npz import read_npz
from core.data.reading.tables.packed import Packed, tables_in, unpack
from core.data.reading.understanding import Understanding
from core.errors import N_, DataError
from core.files import must_exist
from core.progress import Progress

SNIFFED = 1 << 16  # bytes looked at to know what a file is
TABLES = (".csv", ".csv.gz", ".tsv", ".txt")

# How archives that are not read, and what is no archive at all, begin.
OTHERS = {
    b"Rar!\x1a\x07": N_("a rar archive"),
    b"7z\xbc\xaf\x27\x1c": N_("a 7z archive"),
    b"\xfd7zXZ\x00": N_("an xz archive"),
    b"BZh": N_("a bzip2 archive"),
    b"%PDF": N_("a PDF document"),
}
_TAR = (257, b"ustar")  # where a tar says what it is, unpacked
_PAGES = (b"<!doctype html", b"<html", b"<?xml")

Read = Callable[[Collection, Progress], None]


@dataclass(frozen=True)
class Kind:
    """pictures: they are files of their own, so that where they belong is known before one is opened."""

    pictures: bool
    read: Read


def kind_of(path: Path, scratch: Path, understanding: Understanding, progress: Progress) -> Kind:
    """Raises DataError for what cannot be read; tables in a zip are unpacked into `scratch`."""
    if path.is_dir():
        return _of_folder(path, path, understanding)
    must_exist(path)
    if not path.is_file():  # a pipe would be waited for
        raise _unknown(path)
    if _is_zip(path):
        return _of_zip(path, scratch, understanding, progress)
    with opened(path) as stream:
        head = _beginning(stream.read, path)
    if is_idx(head):
        return _of_pair(path, head)
    if _is_text(head) and path.name.lower().endswith(TABLES) and not _is_page(head):
        return _numbers(lambda into, progress: read_csv(path, into, progress))
    raise _other(path, head) or _unknown(path)


def _numbers(read: Read) -> Kind:
    return Kind(False, read)


def _of_folder(folder: Path, path: Path, understanding: Understanding) -> Kind:
    """path: what a person chose; the folder may be what was unpacked from it."""
    pairs = _pairs_in(folder, understanding)
    if pairs:
        return _numbers(lambda into, progress: read_idx_pairs(pairs, into, progress))
    tables = tables_in(folder)
    if not tables:
        return Kind(True, lambda into, progress: read_folders(path, into, progress))
    arrays = [file for file in tables if file.suffix == ".npz"]
    if len(arrays) == 1:
        return _numbers(lambda into, progress: read_npz(arrays[0], into, progress))
    if arrays:
        raise DataError(
            "{path} holds several files of arrays: {files}. Choose one of them.",
            path=path.name,
            files=", ".join(file.name for file in arrays[:10]),
        )
    return _numbers(lambda into, progress: read_tables(tables, into, progress))


def _of_zip(path: Path, scratch: Path, understanding: Understanding, progress: Progress) -> Kind:
    if path.suffix.lower() == ".npz":
        return _numbers(lambda into, progress: read_npz(path, into, progress))
    packed = unpack(path, scratch, progress)
    if packed is Packed.ARRAYS:
        return _numbers(lambda into, progress: read_npz(path, into, progress))
    if isinstance(packed, Path):
        return _of_folder(packed, path, understanding)
    return Kind(True, lambda into, progress: read_folders(path, into, progress))


def _pairs_in(folder: Path, understanding: Understanding) -> list[Pair]:
    try:
        return pairs_in(folder, understanding)
    except OSError as error:
        raise unreadable_folder(folder, error) from error


def _of_pair(images: Path, head: bytes) -> Kind:
    if head[3] == 1:
        raise DataError(
            "{file} holds labels, no pictures. Choose the file with the pictures, which is read together with it.",
            file=images.name,
        )
    pair = Pair(None, images, labels_beside(images))
    return _numbers(lambda into, progress: read_idx_pairs([pair], into, progress))


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


def _is_text(head: bytes) -> bool:
    """Whether a file may be a table: hardly a control character in its first lines."""
    odd = sum(head.count(code) for code in range(32) if code not in b"\t\n\r\f")
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or (bool(head.strip()) and odd <= len(head) // 20)


def _is_page(head: bytes) -> bool:
    return head.lstrip()[:20].lower().startswith(_PAGES)


def _other(path: Path, head: bytes) -> DataError | None:
    """What is said of a file that is known, and not read."""
    kind = next((kind for beginning, kind in OTHERS.items() if head.startswith(beginning)), None)
    if head[_TAR[0] :].startswith(_TAR[1]):
        kind = N_("a tar archive")
    if kind:
        return DataError(
            "{file} is {kind}, which is not read here. Unpack it, and choose the folder, or pack that folder as a zip.",
            file=path.name,
            kind=kind,
        )
    if path.suffix.lower() == ".json" and path.stat().st_size <= MOST_TABLE and label_studio.rows_of(path.read_bytes()):
        return without_pictures(path)
    if _is_page(head):
        return DataError(
            "{file} is a web page, not what was to be downloaded: often a page that asks one to sign in. "
            "Download it again in the browser.",
            file=path.name,
        )
    return None


def _unknown(path: Path) -> DataError:
    return DataError(
        "{path} is nothing that can be imported; expected a folder or zip with a folder for each class "
        "({pictures}), a .npz with x_train and y_train, a .csv of pixels, or IDX files. "
        "Put the pictures of each class into a folder of its own, and give the folder around them.",
        path=path.name,
        pictures=", ".join(FORMATS),
    )
