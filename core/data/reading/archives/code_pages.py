"""The names in a zip that does not say how it writes them: the code page is guessed from all of them, and shown."""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from core.data.reading.understanding import Choice, Understanding
from core.errors import N_

# The pages of DOS and Windows in which zips are found, the likelier first where two fit equally well.
PAGES = ("utf-8", "cp850", "cp866", "gbk", "cp932", "cp949", "big5", "cp1251", "cp1252", "cp437")
OFFERED = 5
SHOWN = 3  # names that are shown in each
SAMPLED = 2000  # names that are looked at

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075  # Info-ZIP's extra field with the name in UTF-8
_EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC"}


class Names:
    """The name of each entry; asks `encoding` where names are written in a page that is not said."""

    def __init__(self, entries: Sequence[zipfile.ZipInfo], understanding: Understanding):
        unsaid = [_raw(entry) for entry in entries if _said(entry) is None]
        self._page = _ask(list(dict.fromkeys(unsaid))[:SAMPLED], understanding) if unsaid else "utf-8"

    def name(self, entry: zipfile.ZipInfo) -> str:
        """With forward slashes; bytes that the page does not know become question marks."""
        name = _said(entry)
        return (_raw(entry).decode(self._page, "replace") if name is None else name).replace("\\", "/")


def _said(entry: zipfile.ZipInfo) -> str | None:
    """The name, where the zip says how it is written."""
    if entry.flag_bits & _UTF8_FLAG or entry.orig_filename.isascii():
        return _unicode_path(entry) or entry.orig_filename
    return _unicode_path(entry)


def _raw(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("cp437")  # as which `zipfile` reads what is not said to be UTF-8


def _unicode_path(entry: zipfile.ZipInfo) -> str | None:
    """The name in the extra field, where that belongs to the entry's own name; it may hold only question marks."""
    if entry.flag_bits & _UTF8_FLAG:
        return None
    for kind, content in _extra_fields(entry.extra):
        if kind == _UNICODE_PATH and len(content) > 5 and content[0] == 1:
            (checksum,) = struct.unpack_from("<L", content, 1)
            if checksum == zlib.crc32(_raw(entry)):
                return content[5:].decode("utf-8", "replace")
    return None


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        yield kind, extra[place + 4 : place + 4 + size]
        place += 4 + size


def _ask(names: Sequence[bytes], understanding: Understanding) -> str:
    pages = sorted((page for page in PAGES if _decoded(names, page) is not None), key=lambda page: -clean(names, page))
    choices = [Choice(page, N_("{names}"), {"names": _shown(names, page)}) for page in pages[:OFFERED]]
    question = N_("How are the names in this zip written?")
    return understanding.ask("encoding", question, choices, open=pages[0] != "utf-8", fits=lambda page: page in PAGES)


def clean(names: Sequence[bytes], page: str) -> float:
    """The share of words, of those with letters beyond ASCII, that are letters of one script."""
    words = {word for name in _decoded(names, page) or () for word in re.split(r"[\W\d_]+", name) if not word.isascii()}
    strange = {
        char for name in _decoded(names, page) or () for char in name if not char.isascii() and not char.isalnum()
    }
    return sum(map(_is_of_one_script, words)) / (len(words) + len(strange)) if words else 0.0


def _is_of_one_script(word: str) -> bool:
    scripts = {_script(char) for char in word}
    small_after = all(not char.isupper() for char in word[1:]) or word.isupper()
    return len(scripts) == 1 and small_after and "HALFWIDTH" not in scripts


def _script(char: str) -> str:
    first = unicodedata.name(char, "?").split()[0]
    return "EAST" if first in _EAST_ASIAN else first


def _decoded(names: Sequence[bytes], page: str) -> list[str] | None:
    try:
        return [name.decode(page) for name in names]
    except UnicodeDecodeError:
        return None


def _shown(names: Sequence[bytes], page: str) -> str:
    parts = dict.fromkeys(
        part for name in _decoded(names, page) or () for part in name.split("/") if not part.isascii()
    )
    return ", ".join(list(parts)[:SHOWN])
