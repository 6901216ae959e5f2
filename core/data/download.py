"""Downloads the published files of a dataset, and keeps none that differs from what was published."""

import contextlib
import hashlib
import http.client
import os
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from core.data.dataset import PublishedFile
from core.errors import DataError, OfflineError, StorageError
from core.progress import Progress, silent

SILENCE = 15  # seconds without a single byte before the next mirror is tried
DEADLINE = 900  # seconds for one file from one mirror; 26 MB need 30 kB/s
BLOCK = 1 << 18  # bytes; some hundred progress reports for the largest file

Report = Callable[[int], None]  # bytes of the present file so far


class _Unreachable(Exception):
    """A mirror did not give the whole file."""


def download(files: Sequence[PublishedFile], folder: Path, progress: Progress = silent) -> None:
    """Fetches each file to `folder / file.path`; one process at a time per folder (the caller holds a lock).

    Raises OfflineError when no mirror answers, DataError when what came is not what was published,
    StorageError when it cannot be written. Files that came whole before the error stay.
    """
    total = sum(file.size for file in files)
    done = 0
    for position, file in enumerate(files):

        def report(received: int, done: int = done) -> None:
            progress("Downloading the files", min((done + received) / total, 1.0))

        try:
            _from_any_mirror(file, folder / file.path, report)
        except _Unreachable as reason:
            raise _offline(files[position:], folder, str(reason)) from reason
        except OSError as error:
            raise StorageError(
                "{folder} cannot be written ({reason}). Free some space there, or set FITSCOPE_DATA to another folder.",
                folder=folder,
                reason=error,
            ) from error
        done += file.size


def _from_any_mirror(file: PublishedFile, target: Path, report: Report) -> None:
    """Tries the mirrors in turn; a wrong file is worth telling more than a silent mirror."""
    if not file.urls:
        raise DataError(
            "{file} is needed and is not offered for download. Get a copy and save it as {target}.",
            file=file.path,
            target=target,
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    wrong: DataError | None = None
    silent_mirrors = []
    for url in file.urls:
        try:
            return _from_mirror(file, url, target, report)
        except DataError as error:
            wrong = wrong or error
        except _Unreachable as error:
            silent_mirrors.append(f"{urllib.parse.urlsplit(url).netloc}: {error}")
    raise wrong or _Unreachable("; ".join(silent_mirrors))


def _from_mirror(file: PublishedFile, url: str, target: Path, report: Report) -> None:
    """Writes beside the target and renames, so that a file under its own name is always a whole one."""
    part = target.with_name(target.name + ".part")
    try:
        size, checksum = _write(part, url, file, report)
        if size != file.size:
            raise _wrong(file, url, f"{size} bytes", f"{file.size} bytes")
        if checksum != file.hash:
            raise _wrong(file, url, checksum, file.hash)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _write(part: Path, url: str, file: PublishedFile, report: Report) -> tuple[int, str]:
    """Writes what the mirror sends; returns its size in bytes and its hash, in the form of `PublishedFile.hash`."""
    algorithm = file.hash.partition(":")[0]
    digest = hashlib.new(algorithm, usedforsecurity=False)  # against accidents: MD5 is what was published
    size = 0
    with open(part, "wb") as stream, contextlib.closing(_blocks(url)) as blocks:
        for block in blocks:
            stream.write(block)
            digest.update(block)
            size += len(block)
            report(min(size, file.size))
            if size > file.size:  # a login page, or a stream without an end
                break
        stream.flush()
        os.fsync(stream.fileno())
    return size, f"{algorithm}:{digest.hexdigest()}"


def _blocks(url: str) -> Generator[bytes, None, None]:
    """The bytes behind a URL as they arrive; every failure of the network becomes `_Unreachable`."""
    deadline = time.monotonic() + DEADLINE
    try:
        with urllib.request.urlopen(url, timeout=SILENCE) as answer:
            while block := answer.read1(BLOCK):
                yield block
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not done after {DEADLINE} s")
    except (OSError, http.client.HTTPException) as error:  # URLError, HTTPError and time-outs are OSErrors
        raise _Unreachable(str(getattr(error, "reason", "") or error or type(error).__name__)) from error


def _wrong(file: PublishedFile, url: str, received: str, expected: str) -> DataError:
    return DataError(
        "{url} did not give the published {file}: found {found}, expected {expected}; it was thrown away. "
        "Try again; behind a login page, log in first, or download it elsewhere and copy it into the data folder.",
        url=url,
        file=file.path,
        found=received,
        expected=expected,
    )


def _offline(files: Sequence[PublishedFile], folder: Path, reason: str) -> OfflineError:
    return OfflineError(
        "These files are needed and could not be downloaded ({reason}): {files}. "
        "Connect to the internet and try again, or get them elsewhere ({places}) and copy them into {folder}, "
        "keeping these names.",
        reason=reason,
        files=", ".join(file.path for file in files),
        places=", ".join(dict.fromkeys(url.rpartition("/")[0] + "/" for file in files for url in file.urls)),
        folder=folder,
    )
