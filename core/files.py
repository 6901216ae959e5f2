"""Writing so that a kill or a full disk never leaves half a file, and reading without trust."""

import contextlib
import errno
import json
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote

import numpy as np
from filelock import FileLock, Timeout

from core.errors import DataError, FitscopeError, StorageError

FRESH_SECONDS = 0.05  # a time on the disk that is younger may stand for two changes: file systems count in steps
_QUOTATION_MARKS = ('""', "''", "“”", "‘’", "«»", "„“", "<>", "``")


def write_whole(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Lets `write` fill a file beside `path`, brings it to the disk, and renames it. Raises StorageError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    with writing_to(path):
        try:
            with open(beside, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Writes a JSON file whole; raises StorageError."""
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    write_whole(path, lambda file: file.write(text.encode("utf-8", "replace")))


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes a .npz file whole; raises StorageError."""
    write_whole(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]  # a name may be any word


def append_json(path: Path, value: Any, durable: bool = False) -> None:
    """Appends one JSON line whole, after ending a line that a kill left half; raises StorageError.

    durable  waits until the line is on the disk
    """
    with writing_to(path):
        line = (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")
        with open(path, "ab+", buffering=0) as file:
            if file.tell() and _last_byte(file) != b"\n":
                line = b"\n" + line
            while line:  # a disk that is nearly full takes a part, and refuses the rest
                line = line[file.write(line) :]
            if durable:
                os.fsync(file.fileno())


def read_json_lines(path: Path) -> list[dict]:
    """The objects in a JSON-lines file, in order; a half or damaged line is passed over, no file means none."""
    try:
        return list(json_lines(path.read_bytes()))
    except OSError:
        return []


def read_json(path: Path) -> dict:
    """The object in a JSON file; {} when there is none or it is damaged."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays in a .npz file; None when there is none or it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile):  # RuntimeError: "encrypted"
        return None


def json_lines(content: bytes) -> Iterator[dict]:
    """The objects in JSON lines; what is not one is passed over (the line a kill cut short)."""
    for line in content.split(b"\n"):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def says(value: Mapping[str, Any], kinds: Mapping[str, Any]) -> bool:
    """Whether a JSON object has all those names, each with a value of that type (or one of those types)."""
    return all(name in value and isinstance(value[name], kind) for name, kind in kinds.items())


def is_settled(time_ns: int) -> bool:
    """Whether a time on the disk is old enough to stand for one change only."""
    return time.time_ns() - time_ns > FRESH_SECONDS * 1e9


@contextmanager
def locked(path: Path, wait: float, refusal: FitscopeError) -> Iterator[None]:
    """Holds a lock file, so that no other process does the same; raises `refusal` when one does, StorageError.

    wait  seconds
    """
    lock = FileLock(path)
    with writing_to(path.parent):
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise refusal from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Turns the system's refusal to write into a StorageError that says what to do."""
    try:
        yield
    except OSError as error:
        raise storage_error(path, error) from error


def storage_error(path: Path, error: OSError) -> StorageError:
    """The StorageError for what the system answered when `path` was to be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageError("The disk is full: {path} could not be written. Free some space, then go on.", path=path)
    return StorageError(
        "{path} could not be written ({reason}). Allow writing there, or name another folder "
        "with FITSCOPE_RUNS for runs and FITSCOPE_DATA for images.",
        path=path,
        reason=error.strerror or error,
    )


def _last_byte(file: Any) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read(1)


def must_exist(path: Path) -> None:
    """Raises DataError where somebody named a file or folder that is not there."""
    if not path.exists():
        raise DataError("There is no file or folder {path}. Give the path of your pictures.", path=path)


def pasted_path(text: str) -> Path:
    """The path that somebody means who pasted it: between quotation marks, as a file:// address, or with ~ for home.

    What exists as it stands is meant as it stands. An empty text is the current folder.
    """
    text = text.strip()
    if Path(text).exists():
        return Path(text)
    if len(text) > 1 and text[0] + text[-1] in _QUOTATION_MARKS:
        text = text[1:-1].strip()
    if text.lower().startswith("file:"):
        text = _path_of_address(text)
    with contextlib.suppress(RuntimeError):  # ~nobody
        return Path(text).expanduser()
    return Path(text)


def _path_of_address(address: str) -> str:
    """file:///folder/a%20b and file://localhost/folder/a%20b; file://server/share is a folder of another computer."""
    rest = address[len("file:") :].replace("\\", "/")
    host, path = "", rest
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        path = slash + path
    path = unquote(path)
    if os.name == "nt" and path[2:3] == ":":  # /C:/folder
        path = path[1:]
    return path if host.lower() in ("", "localhost") else f"//{host}{path}"
