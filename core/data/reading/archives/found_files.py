"""What the readers of zips and of folders share: a file that was found, the limits, and the reasons to refuse one."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from core.data.reading.decode import Refused
from core.data.reading.natural_order import natural_key
from core.errors import DataError

MOST_BYTES = 64 * 2**20  # of one file; a photo has 5 to 30 MB
MOST_TOTAL = 16 * 2**30  # of all files of one archive
MOST_FILES = 500_000  # about 500 MB for their names alone
LONGEST_PATH = 1000  # characters
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")

SYSTEM_FILES = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}


@dataclass(frozen=True)
class Found:
    """One file.

    name     forward slashes, relative to the archive; fit to be shown
    size     bytes as claimed; `read` does not rely on it
    read     gives its content, or raises Refused
    refusal  why it is left out already; `read` raises it
    stream   opens it to be read in pieces, without a limit: the way to a zip, which may be larger than a picture
    """

    name: str
    size: int
    read: Callable[[], bytes]
    refusal: Refused | None = None
    stream: Callable[[], IO[bytes]] | None = None


class Files:
    """All files of an archive in natural order of their names; can be read until it is closed, as by `with`.

    folders  the names of all folders that are there, also of empty ones
    """

    def __init__(self, files: Iterable[Found], folders: Iterable[str], close: Callable[[], object]):
        self._found = sorted(files, key=lambda file: natural_key(file.name))
        self.folders = tuple(sorted(set(folders), key=natural_key))
        self.close = close

    def __iter__(self) -> Iterator[Found]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()


class Budget:
    """Counts what was unpacked, so that many small lies do not add up to a large one."""

    def __init__(self) -> None:
        self.left = MOST_TOTAL

    def take(self, content: bytes) -> bytes:
        self.left -= len(content)
        if len(content) > MOST_BYTES:
            raise too_large()
        if self.left < 0:
            raise Refused(
                "more than {most} GB come before it, which are the most that are read at once; import the rest apart",
                most=MOST_TOTAL // 2**30,
            )
        return content


def is_zip(name: str) -> bool:
    """Whether what lies in a file of that name is looked for."""
    return name.lower().endswith(".zip")


def shown(name: str) -> str:
    """A name of which every character can be shown and stored, and not too long."""
    text = "".join("\ufffd" if _is_control(one) else one for one in name) if _has_control(name) else name
    return text if len(text) <= LONGEST_PATH else text[:100] + "…"


def is_system(parts: Iterable[str]) -> bool:
    return any(part.startswith(".") or part.lower() in SYSTEM_FILES for part in parts)


def wrong_name(name: str) -> Refused | None:
    """Why a file of that name, with the folders it lies in, is left out."""
    if _has_control(name):
        return Refused("its name has control characters; give it another name")
    if not 1 <= len(name) <= LONGEST_PATH:
        return Refused("its path has {n} characters; it may have 1 to {most}", n=len(name), most=LONGEST_PATH)
    return None


def other_archive(name: str) -> Refused | None:
    """Why a file of that name is left out where it is an archive, but no zip."""
    if name.lower().endswith(OTHER_ARCHIVES):
        return Refused("it is an archive of a kind that is not read; unpack it, or make it a zip")
    return None


def _has_control(name: str) -> bool:
    return not name.isprintable() and any(map(_is_control, name))  # the first is quick, and true of most names


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def refusing(refusal: Refused) -> Callable[[], bytes]:
    def read() -> bytes:
        raise Refused(refusal.template, **refusal.values)  # a new one: each keeps the calls that led to it

    return read


def too_large_at(name: str, size: int) -> Refused | None:
    """Refuses what is too large to be read at once; a zip is not read at once."""
    return too_large() if size > MOST_BYTES and not is_zip(name) else None


def too_large() -> Refused:
    return Refused("it has more than {most} MB, which is the most that is read; make it smaller", most=MOST_BYTES >> 20)


def damaged() -> Refused:
    return Refused("it is damaged in the zip; pack it again from the original")


def hidden() -> Refused:
    return Refused("it is a hidden or system file")


def unreadable_folder(folder: Path, error: OSError) -> DataError:
    """Why a folder that somebody chose is not read."""
    return DataError(
        "The folder {folder} cannot be read ({reason}). Allow reading it, or copy it elsewhere.",
        folder=folder.name,
        reason=error.strerror or error,
    )


def a_link() -> Refused:
    return Refused("it is a link to another place; put the picture itself there")


def not_ordinary() -> Refused:
    return Refused("it is not an ordinary file")


def too_many(path: Path) -> DataError:
    return DataError(
        "{file} holds more than {most} files. Choose fewer pictures: some thousand of each class are plenty.",
        file=path.name,
        most=MOST_FILES,
    )
