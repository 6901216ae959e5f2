"""A zip within a zip, or in a folder, is read as a folder of its name: browser tools pack each class alone."""

import contextlib
import errno
import io
import tempfile
from dataclasses import replace
from pathlib import Path

from core.data.reading.archives.found_files import MOST_FILES, Budget, Files, Found, damaged, is_zip, refusing, too_many
from core.data.reading.archives.zip_archive import ZIP_ERRORS, files_in_zip
from core.data.reading.decode import Refused
from core.data.reading.folders.one_class import of_class
from core.data.reading.understanding import Understanding
from core.errors import N_, DataError
from core.progress import Progress

MOST = 200  # of them, each of which is an open file
PIECE = 2**20  # bytes copied at a time


def unpacked(path: Path, files: Files, progress: Progress, understanding: Understanding) -> Files:
    """The same files, with those of each zip among them in its place; raises DataError where they are too many.

    path  what they lie in, for messages
    """
    if not any(map(_is_zip, files)):
        return files
    stack = contextlib.ExitStack()
    stack.callback(files.close)
    try:
        found, folders = _all(path, files, stack, progress, understanding)
    except BaseException:
        stack.close()
        raise
    return Files(found, folders, stack.close)


def _all(
    path: Path, files: Files, stack: contextlib.ExitStack, progress: Progress, understanding: Understanding
) -> tuple[list[Found], list[str]]:
    """The files and folders; `stack` closes the zips that were opened."""
    found: list[Found] = []
    folders, opened = list(files.folders), 0
    copies, contents = Budget(), Budget()
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
            copy = stack.enter_context(_copied(file, copies, progress))
            inner = stack.enter_context(files_in_zip(Path(file.name), progress, understanding, copy, contents))
        except (Refused, DataError) as error:
            found.append(_refused(file, error))
            continue
        folder = _folder(file.name)
        understanding.note(N_("The zip {file} is read as the folder {folder}."), file=file.name, folder=folder)
        found += [_within(folder, one) for one in inner]
        folders += [f"{folder}/{name}" for name in inner.folders]
        if len(found) > MOST_FILES:
            raise too_many(path)
    return found, folders


def _is_zip(file: Found) -> bool:
    return file.refusal is None and is_zip(file.name)


def _copied(file: Found, budget: Budget, progress: Progress) -> io.RawIOBase:
    """A zip out of what it lies in, on the disk: to be read in any order, it has to be a file. Raises Refused."""
    assert file.stream is not None
    copy = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  closed with the files
    try:
        with file.stream() as packed:
            while piece := packed.read(PIECE):
                progress("Looking through the files", min(1.0, copy.tell() / max(1, file.size)))
                copy.write(budget.take(piece))
    except ZIP_ERRORS as error:
        copy.close()
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise Refused(
                "there is no room on the disk to open it; make some, or unpack it and import it apart"
            ) from error
        raise damaged() from error
    except BaseException:
        copy.close()
        raise
    return copy


def _folder(name: str) -> str:
    stem = name[: -len(".zip")]
    folder, slash, base = stem.rpartition("/")
    return f"{folder}{slash}{of_class(base) or base}"


def _within(folder: str, file: Found) -> Found:
    if _is_zip(file):
        return _refused(replace(file, name=f"{folder}/{file.name}"), _too_deep())
    return replace(file, name=f"{folder}/{file.name}")


def _too_deep() -> Refused:
    return Refused("it is a zip within a zip within a zip; unpack the outer ones, and choose the folder")


def _refused(file: Found, error: Refused | DataError) -> Found:
    refusal = error if isinstance(error, Refused) else Refused(error.template, **error.values)
    return replace(file, read=refusing(refusal), refusal=refusal)
