"""The files in a zip: nothing is unpacked to the disk, and no name, size or flag in it is believed."""

import io
import re
import stat
import struct
import unicodedata
import weakref
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.data.reading.archives.code_pages import Names
from core.data.reading.archives.found_files import (
    MOST_BYTES,
    MOST_FILES,
    Budget,
    Files,
    Found,
    a_link,
    damaged,
    hidden,
    is_system,
    not_ordinary,
    other_archive,
    refusing,
    shown,
    too_large_at,
    too_many,
    wrong_name,
)
from core.data.reading.decode import Refused
from core.data.reading.understanding import Understanding
from core.errors import DataError
from core.progress import Progress, silent

MOST_DIRECTORY = 256 * 2**20  # bytes of the table of contents, which is read at once

_ENCRYPTED = 0x1 | 0x40  # flags of a zip's entry
# Of the packings that Python knows, only these can be read a bounded number of bytes at a time.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, OverflowError, RuntimeError)
_ENTRY_HEADER = 30  # bytes, without the name


def files_in_zip(
    path: Path,
    progress: Progress = silent,
    understanding: Understanding | None = None,
    stream: io.RawIOBase | None = None,
    budget: Budget | None = None,
) -> Files:
    """Raises DataError where it is no whole zip; the Files can be read until they are closed or forgotten.

    stream  the zip itself, where it lies in another; `path` only names it then
    budget  what may be unpacked of it and of others together
    """
    archive, close = open_zip(path, stream)
    entries = archive.infolist()
    overlapping, names = _overlapping(entries), Names(entries, understanding or Understanding())
    budget, seen = budget or Budget(), set[str]()
    files, folders = [], []
    for number, entry in enumerate(entries):
        progress("Looking through the files", number / len(entries))
        name = names.name(entry)
        refusal = _wrong_path(name) or _wrong_entry(entry, id(entry) in overlapping)
        if name.endswith("/"):
            folders += [] if refusal else [shown(_tidy(name))]
            continue
        refusal = refusal or _twin(_tidy(name), seen)
        read = refusing(refusal) if refusal else _reader(archive, entry, budget)
        shown_name = shown(name if refusal else _tidy(name))
        files.append(Found(shown_name, entry.file_size, read, refusal, partial(archive.open, entry)))
    return Files(files, folders, close)


def open_zip(path: Path, raw: io.RawIOBase | None = None) -> tuple[zipfile.ZipFile, Callable[[], object]]:
    """The zip, and what closes it; a reader that is left over closes it when it is forgotten."""
    try:
        stream = _Guarded(raw or io.FileIO(path))
    except OSError as error:
        raise DataError(
            "{file} cannot be opened ({reason}). Allow reading it, or copy it elsewhere.",
            file=path.name,
            reason=error.strerror or error,
        ) from error
    try:
        archive = zipfile.ZipFile(stream)
    except (*ZIP_ERRORS, MemoryError) as error:
        stream.close()
        raise DataError(
            "{file} is not a whole zip file ({reason}). Copy it again, or pack the pictures anew; "
            "other archives (rar, 7z, tar) have to be unpacked into a folder first.",
            file=path.name,
            reason=error,
        ) from error
    stream.opened = True
    if len(archive.filelist) > MOST_FILES:
        stream.close()
        raise too_many(path)
    return archive, weakref.finalize(archive, stream.close)


class _Guarded(io.BufferedReader):
    """A file that does not let `zipfile` read a table of contents that would fill the memory."""

    opened = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self.opened:
            return super().read(size)
        if size is not None and size > MOST_DIRECTORY:
            raise zipfile.BadZipFile("its table of contents is too large")
        content = super().read(size)
        if content.count(b"PK\1\2") > 2 * MOST_FILES:  # before an object is made of each entry
            raise zipfile.BadZipFile("its table of contents is too long")
        return content


def _tidy(name: str) -> str:
    return "/".join(_parts(name))


def _parts(name: str) -> list[str]:
    return [part for part in name.split("/") if part not in ("", ".")]


def _wrong_path(name: str) -> Refused | None:
    parts = _parts(name)
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in parts:
        return Refused("its path leads out of the archive; pack the folder of pictures again")
    if is_system(parts):
        return hidden()
    return wrong_name(name if parts else "") or other_archive(name)  # a folder's name ends with a slash


def _wrong_entry(entry: zipfile.ZipInfo, overlaps: bool) -> Refused | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)  # 0 where it was packed on Windows
    if kind == stat.S_IFLNK:
        return a_link()
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return not_ordinary()
    if entry.flag_bits & _ENCRYPTED:
        return Refused("it is locked with a password; pack it again without one")
    if entry.compress_type not in _PACKINGS:
        return Refused("it is packed in a way that is not read here; pack it again as an ordinary zip")
    if overlaps:
        return Refused("it shares its bytes with another file of the zip; pack it again")
    return too_large_at(entry.filename, entry.file_size)


def _overlapping(entries: list[zipfile.ZipInfo]) -> set[int]:
    """The ids of entries that begin before the one before them has ended: a few bytes that unpack to terabytes."""
    ordered = sorted((entry for entry in entries if entry.compress_size), key=lambda entry: entry.header_offset)
    overlapping, end = set(), -1
    for entry in ordered:
        if entry.header_offset < end:
            overlapping.add(id(entry))
        name = len(entry.orig_filename)  # at least that many bytes
        end = max(end, entry.header_offset + _ENTRY_HEADER + name + entry.compress_size)
    return overlapping


def _twin(name: str, seen: set[str]) -> Refused | None:
    """Refuses the second of two files of one name, however that writes its accents; A.png and a.png are two."""
    key = unicodedata.normalize("NFC", name)
    if key in seen:
        return Refused("a file of the same name came before; give it another name")
    seen.add(key)
    return None


def _reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(entry) as stream:
                content = stream.read(MOST_BYTES + 1)
        except ZIP_ERRORS as error:
            raise damaged() from error
        if len(content) != entry.file_size:
            raise Refused("its size is not what the zip says; pack it again from the original")
        return budget.take(content)

    return read
