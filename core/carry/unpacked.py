"""A `.fitscope` file from a stranger: looked at, then unpacked into a folder beside, each byte of it accounted for."""

import hashlib
import json
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.carry.manifest import MANIFEST, MOST_RATIO, MOST_TEXT, Contents, contents, is_text, refused
from core.data.reading.archives.zip_archive import ZIP_ERRORS, open_zip
from core.errors import N_, DataError, StorageError
from core.files import writing_to
from core.progress import Progress, silent

PIECE = 2**20  # bytes read at a time
SPARE = 200 * 2**20  # bytes of the disk that stay free
_ENCRYPTED = 0x1 | 0x40


def look(path: Path) -> Contents:
    """What a file says is in it, and whether it is a whole one; nothing is unpacked. Raises DataError."""
    with _opened(path) as (archive, found):
        _check(path, archive, found)
        return found


def unpack(path: Path, into: Path, progress: Progress = silent) -> Contents:
    """Unpacks all of it into an empty folder; raises DataError where it is not what it says, StorageError."""
    with _opened(path) as (archive, found):
        _check(path, archive, found)
        if shutil.disk_usage(into).free < found.size + SPARE:
            raise StorageError("The disk is full: {path} could not be written. Free some space, then go on.", path=into)
        done = 0
        for name, (size, digest) in found.files.items():
            progress("Unpacking", done / max(1, found.size))
            _write(path, archive, name, into / name, size, digest)
            done += size
        return found


def _write(path: Path, archive: zipfile.ZipFile, name: str, to: Path, size: int, digest: str) -> None:
    """One file, to its last byte and no further; raises DataError, StorageError."""
    found, left = hashlib.sha256(), size
    with writing_to(to):
        to.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(name) as source, open(to, "xb") as file:
            while block := source.read(min(PIECE, left + 1)):  # one more than promised, to notice a surplus
                left -= len(block)
                if left < 0:
                    break
                found.update(block)
                with writing_to(to):
                    file.write(block)
    except ZIP_ERRORS as error:
        raise refused(path.name, N_("a file in it is damaged"), name) from error
    if left or found.hexdigest() != digest:
        raise refused(path.name, N_("a file in it is not what its list says"), name)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Contents]]:
    try:
        archive, close = open_zip(path)
    except DataError as error:
        raise refused(path.name, N_("it is no whole file of Fitscope")) from error
    try:
        yield archive, contents(_manifest(path, archive), path.name)
    finally:
        archive.close()
        close()


def _manifest(path: Path, archive: zipfile.ZipFile) -> dict:
    try:
        with archive.open(MANIFEST) as stream:
            text = stream.read(MOST_TEXT + 1)
        told = json.loads(text) if len(text) <= MOST_TEXT else None
    except (*ZIP_ERRORS, KeyError, RecursionError) as error:
        raise refused(path.name, N_("it has no list of its contents")) from error
    if not isinstance(told, dict):
        raise refused(path.name, N_("its list of contents is not one"))
    return told


def _check(path: Path, archive: zipfile.ZipFile, found: Contents) -> None:
    """Raises DataError unless the zip holds exactly the files of its list, each an ordinary one of the size it says."""
    entries = archive.infolist()
    names = [entry.orig_filename for entry in entries]
    if len(set(names)) < len(names):
        raise refused(path.name, N_("two of its files have one name"))
    if set(names) != {MANIFEST, *found.files}:
        odd = sorted(set(names) ^ {MANIFEST, *found.files})[0]
        raise refused(path.name, N_("something is only in the file, or only in its list"), repr(odd[:60]))
    text = 0
    for entry in entries:
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise refused(path.name, N_("something in it is a link or another thing than a file"), entry.filename)
        packed = zipfile.ZIP_DEFLATED if is_text(entry.filename) else zipfile.ZIP_STORED
        if entry.compress_type not in (packed, zipfile.ZIP_STORED) or entry.flag_bits & _ENCRYPTED:
            raise refused(path.name, N_("a file in it is packed in a way that is not read"), entry.filename)
        if entry.filename != MANIFEST and entry.file_size != found.files[entry.filename][0]:
            raise refused(path.name, N_("a file in it has another size than its list says"), entry.filename)
        text += entry.file_size if is_text(entry.filename) else 0
    if sum(entry.compress_size for entry in entries) > path.stat().st_size:
        raise refused(path.name, N_("its files share their bytes"))
    if text > MOST_RATIO * path.stat().st_size:
        raise refused(path.name, N_("it unpacks to far more than it can hold"))
