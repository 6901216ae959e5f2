"""A zip within a zip, or in a folder, is read as a folder of its name: browser tools pack each class alone."""

import contextlib
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from core.data.reading.archives.found_files import Files, Found, refusing
from core.data.reading.archives.zip_archive import files_in_zip
from core.data.reading.decode import Refused
from core.data.reading.understanding import Understanding
from core.errors import N_, DataError
from core.progress import Progress

MOST = 200  # of them, each of which is an open file
_ADDED = re.compile(r"(.+?)[-_ ]samples", re.IGNORECASE)  # a browser tool's download of one class


def unpacked(files: Files, progress: Progress, understanding: Understanding) -> Files:
    """The same files, with those of each zip among them in its place."""
    if not any(map(_is_zip, files)):
        return files
    stack = contextlib.ExitStack()
    stack.callback(files.close)
    found: list[Found] = []
    opened = 0
    folders = list(files.folders)
    for number, file in enumerate(files):
        progress("Looking through the files", number / len(files))
        if not _is_zip(file):
            found.append(file)
            continue
        if opened == MOST:
            found.append(_refused(file, Refused("{most} zips within it are read; unpack it for the others", most=MOST)))
            continue
        opened += 1
        try:
            inner = stack.enter_context(_opened(file, progress, understanding))
        except (Refused, DataError) as error:
            found.append(_refused(file, error))
            continue
        folder = _folder(file.name)
        understanding.note(N_("The zip {file} is read as the folder {folder}."), file=file.name, folder=folder)
        found += [_within(folder, one) for one in inner]
        folders += [f"{folder}/{name}" for name in inner.folders]
    return Files(found, folders, stack.close)


def _is_zip(file: Found) -> bool:
    return file.refusal is None and file.name.lower().endswith(".zip")


def _opened(file: Found, progress: Progress, understanding: Understanding) -> Files:
    copy = tempfile.TemporaryFile()  # noqa: SIM115  closed with the files
    try:
        copy.write(file.read())
        copy.flush()
        inner = files_in_zip(Path(file.name), progress, understanding, stream=copy.raw)
    except BaseException:
        copy.close()
        raise
    close = inner.close

    def close_both() -> None:
        close()
        copy.close()

    inner.close = close_both
    return inner


def _folder(name: str) -> str:
    stem = name[: -len(".zip")]
    folder, _slash, base = stem.rpartition("/")
    added = _ADDED.fullmatch(base)
    return f"{folder}/{added[1]}".lstrip("/") if added else stem


def _within(folder: str, file: Found) -> Found:
    if _is_zip(file):
        return _refused(replace(file, name=f"{folder}/{file.name}"), _too_deep())
    return replace(file, name=f"{folder}/{file.name}")


def _too_deep() -> Refused:
    return Refused("it is a zip within a zip within a zip; unpack the outer ones, and choose the folder")


def _refused(file: Found, error: Refused | DataError) -> Found:
    refusal = error if isinstance(error, Refused) else Refused(error.template, **error.values)
    return replace(file, read=refusing(refusal), refusal=refusal)
