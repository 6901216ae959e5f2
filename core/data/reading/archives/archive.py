"""The files in a zip or a folder, one by one, none of them opened before it is asked for."""

import os
import stat
from pathlib import Path
from typing import IO

from core.data.reading.archives.found_files import (
    MOST_BYTES,
    MOST_FILES,
    Budget,
    Files,
    Found,
    a_link,
    hidden,
    is_system,
    not_ordinary,
    other_archive,
    refusing,
    shown,
    too_large_at,
    too_many,
    unreadable_folder,
    wrong_name,
)
from core.data.reading.archives.inner_zips import unpacked
from core.data.reading.archives.zip_archive import files_in_zip
from core.data.reading.decode import Refused
from core.data.reading.understanding import Understanding
from core.progress import Progress, silent

__all__ = ["Files", "Found", "files"]


def files(path: Path, progress: Progress = silent, understanding: Understanding | None = None) -> Files:
    """What a zip or a folder holds; raises DataError where it cannot be opened as a whole. Asks `encoding`."""
    understanding = understanding or Understanding()
    found = _in_folder(path, progress) if path.is_dir() else files_in_zip(path, progress, understanding)
    return unpacked(path, found, progress, understanding)


def _in_folder(root: Path, progress: Progress) -> Files:
    budget = Budget()
    listed: list[Found] = []
    folders: list[str] = []
    waiting = [("", root)]  # a list, because folders may be nested deeper than Python's calls
    while waiting:
        progress("Looking through the files", 0.0)  # how many there will be is not known
        inside, folder = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            listed.append(_unreadable_folder(root, inside, error))
            continue
        for entry in entries:
            name = inside + entry.name
            refusal, is_folder = _wrong_in_folder(entry, name)
            if is_folder and not refusal:
                folders.append(shown(name))
                waiting.append((name + "/", Path(entry.path)))
            else:
                listed.append(_on_disk(entry, name, refusal, budget))
        if len(listed) + len(folders) > MOST_FILES:
            raise too_many(root)
    return Files(listed, folders, lambda: None)


def _wrong_in_folder(entry: os.DirEntry, name: str) -> tuple[Refused | None, bool]:
    """Why it is left out, and whether it is a folder; nothing is opened: a FIFO would wait for ever."""
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError as error:
        return _unreadable(error), False
    if stat.S_ISLNK(mode):
        return a_link(), False
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return not_ordinary(), False
    if is_system([entry.name]):
        return hidden(), stat.S_ISDIR(mode)
    is_folder = stat.S_ISDIR(mode)
    return wrong_name(name) or (None if is_folder else other_archive(name)), is_folder


def _on_disk(entry: os.DirEntry, name: str, refusal: Refused | None, budget: Budget) -> Found:
    size = 0 if refusal else entry.stat(follow_symlinks=False).st_size
    refusal = refusal or too_large_at(name, size)
    read = refusing(refusal) if refusal else lambda: budget.take(_read_ordinary(entry.path))
    return Found(shown(name), size, read, refusal, lambda: _ordinary(entry.path))


def _read_ordinary(path: str) -> bytes:
    with _ordinary(path) as stream:
        try:
            return stream.read(min(os.fstat(stream.fileno()).st_size, MOST_BYTES) + 1)
        except OSError as error:
            raise _unreadable(error) from error


def _ordinary(path: str) -> IO[bytes]:
    """Opens a file that may have become something else since it was listed."""
    flags = (getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))
    try:
        stream = open(os.open(path, os.O_RDONLY | sum(flags)), "rb")  # noqa: SIM115  closed by who reads it
    except OSError as error:
        raise _unreadable(error) from error
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise not_ordinary()
    return stream


def _unreadable_folder(root: Path, inside: str, error: OSError) -> Found:
    if not inside:
        raise unreadable_folder(root, error) from error
    refusal = _unreadable(error)
    return Found(shown(inside), 0, refusing(refusal), refusal)


def _unreadable(error: OSError) -> Refused:
    return Refused("it cannot be read ({reason}); allow reading it", reason=str(error.strerror or error))
