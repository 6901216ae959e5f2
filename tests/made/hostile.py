"""Files that are damaged or mean harm, each with a piece of the reason it is refused for; and a zip of them all."""

import functools
import io
import os
import stat
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

STORED, DEFLATED, BZIP2 = 0, 8, 12
UTF8, ENCRYPTED = 0x800, 0x1


@dataclass(frozen=True)
class Entry:
    """One file as it is written into a zip, with every lie that the format allows."""

    name: str
    content: bytes
    flags: int = UTF8
    mode: int = stat.S_IFREG | 0o644
    method: int = STORED
    crc: int | None = None
    size: int | None = None
    packed: bytes | None = None


@dataclass(frozen=True)
class Hostile:
    """What is refused: the file's name as it is shown, a piece of the reason, and the entry that makes it."""

    file: str
    reason: str
    entry: Entry


def zipped(entries: Iterable[Entry]) -> bytes:
    """A zip file, written by hand: Python's own writer would mend most of these entries."""
    body, directory, n = bytearray(), bytearray(), 0
    for entry in entries:
        name = entry.name.encode("utf-8" if entry.flags & UTF8 else "cp437")
        content = entry.packed if entry.packed is not None else _packed(entry)
        crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
        size = len(entry.content) if entry.size is None else entry.size
        common = (entry.flags, entry.method, 0, 0x5000, crc, len(content), size, len(name), 0)
        directory += struct.pack(
            "<4sBBBB4H3L5H2L", b"PK\1\2", 20, 3, 20, 0, *common, 0, 0, 0, entry.mode << 16, len(body)
        )
        directory += name
        body += struct.pack("<4sBB4H3L2H", b"PK\3\4", 20, 0, *common) + name + content
        n += 1
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, n, n, len(directory), len(body), 0)
    return bytes(body + directory + end)


def _packed(entry: Entry) -> bytes:
    if entry.method == STORED:
        return entry.content
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(entry.content) + packer.flush()


def saved(picture: Image.Image, kind: str, **settings: object) -> bytes:
    """The bytes of a picture file."""
    stream = io.BytesIO()
    picture.save(stream, kind, **settings)
    return stream.getvalue()


def picture(seed: int, side: int = 16) -> Image.Image:
    """A small picture in colours of its own."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8))


def good_pictures(classes: Iterable[str] = ("cat", "dog"), each: int = 5) -> dict[str, bytes]:
    """Path -> content of pictures that are as they should be."""
    names = [f"{label}/good{number}.png" for label in classes for number in range(each)]
    return {name: saved(picture(number), "PNG") for number, name in enumerate(names)}


def png(width: int, height: int, data: bytes = b"", bad_crc: bool = False) -> bytes:
    """A PNG with any header."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content) ^ bad_crc)
        )

    head = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bmp(width: int, height: int) -> bytes:
    """The header of a BMP, and no pixels."""
    return b"BM" + struct.pack("<LHHLLllHHLLllLL", 99, 0, 0, 54, 40, width, height, 1, 24, *[0] * 6)


def npy(array: np.ndarray | None = None, header: str = "", content: bytes = b"") -> bytes:
    """A .npy member: of an array, or with any header."""
    if array is not None:
        stream = io.BytesIO()
        np.save(stream, array, allow_pickle=True)
        return stream.getvalue()
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + content


JPEG = saved(picture(100, 48), "JPEG")
PNG = saved(picture(101, 48), "PNG")
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"
DAMAGED, NO_PICTURE, LEADS_OUT = "cut short or damaged", "not a picture", "leads out of the archive"
TIFF = saved(picture(102, 16), "TIFF")

# Files whose content is bad wherever they lie.
CONTENTS: dict[str, tuple[str, bytes, str]] = {
    "a truncated JPEG": ("short.jpg", JPEG[: len(JPEG) // 2], DAMAGED),
    "a truncated PNG": ("short.png", PNG[: len(PNG) // 2], DAMAGED),
    "a PNG of its first bytes": ("shorter.png", PNG[:20], DAMAGED),
    "a PNG with wrong checksums": ("crc.png", png(1, 1, zlib.compress(b"\0\0"), bad_crc=True), DAMAGED),
    "a PNG that claims 100,000×100,000": ("huge.png", png(100_000, 100_000), "million"),
    "a PNG that claims 9,000×9,000": ("large.png", png(9_000, 9_000), "81 million pixels"),
    "a PNG without pixels": ("none.png", png(0, 5), DAMAGED),
    "a zip called JPEG": ("zip.jpg", zipped([Entry("a.png", PNG)]), NO_PICTURE),
    "text called PNG": ("text.png", b"Dear class, this is a picture of my cat.", NO_PICTURE),
    "an empty file": ("empty.png", b"", "it is empty"),
    "a web page called JPEG": ("page.jpg", b"<!DOCTYPE html><html><body>404</body></html>", NO_PICTURE),
    "an EPS, which is a program": ("program.eps", EPS, NO_PICTURE),
    "an EPS called PNG": ("program.png", EPS, NO_PICTURE),
    "an SVG": ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', NO_PICTURE),
    "a PSD": ("layers.psd", b"8BPS\0\1" + bytes(40), NO_PICTURE),
    "a TIFF with absurd tags": ("tags.tif", TIFF[:4] + b"\xff\xff\xff\x7f" + TIFF[8:], DAMAGED),
    "a TIFF whose tags point beyond it": ("beyond.tif", TIFF.replace(b"\x01\x01", b"\x01\xff"), DAMAGED),
    "a truncated GIF": ("short.gif", saved(picture(103, 48), "GIF")[:900], DAMAGED),
    "a BMP of negative width": ("minus.bmp", bmp(-9, 9), "million"),
    "a BMP of huge size": ("huge.bmp", bmp(2**30, 2**30), "million"),
    "WebP garbage": ("garbage.webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(range(24)), DAMAGED),
    "a PPM that promises too much": ("short.ppm", b"P6 100 100 255\n" + bytes(99), DAMAGED),
    "a HEIC that holds nothing": ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC|damaged"),
    "a pickle called PNG": ("pickle.png", b"cos\nsystem\n(S'echo bad'\ntR.", NO_PICTURE),
}

# Entries that are bad only in a zip. The names are those that are shown.
ENTRIES: dict[str, Hostile] = {
    "a path upwards": Hostile("../../evil.png", LEADS_OUT, Entry("../../evil.png", PNG)),
    "a path upwards within": Hostile("cat/../../evil.png", LEADS_OUT, Entry("cat/../../evil.png", PNG)),
    "an absolute path": Hostile("/abs.png", LEADS_OUT, Entry("/abs.png", PNG)),
    "a drive letter": Hostile("C:/x.png", LEADS_OUT, Entry("C:\\x.png", PNG)),
    "a path upwards with backslashes": Hostile("../evil.png", LEADS_OUT, Entry("..\\evil.png", PNG)),
    "a NUL in the name": Hostile("cat/nul\ufffd.png", "control characters", Entry("cat/nul\0.png", PNG)),
    "a line end in the name": Hostile("cat/line\ufffd.png", "control characters", Entry("cat/line\n.png", PNG)),
    "an endless name": Hostile("cat/" + "x" * 96 + "…", "characters", Entry("cat/" + "x" * 5000 + ".png", PNG)),
    "a symbolic link": Hostile(
        "cat/link.png", "link", Entry("cat/link.png", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)
    ),
    "a FIFO": Hostile("cat/fifo.png", "ordinary", Entry("cat/fifo.png", b"", mode=stat.S_IFIFO | 0o644)),
    "an encrypted file": Hostile("cat/locked.png", "password", Entry("cat/locked.png", PNG, flags=UTF8 | ENCRYPTED)),
    "a packing nobody knows": Hostile("cat/packed.png", "packed in a way", Entry("cat/packed.png", PNG, method=BZIP2)),
    "a wrong checksum": Hostile("cat/sum.png", "damaged in the zip", Entry("cat/sum.png", PNG, crc=1)),
    "a size that is too small": Hostile(
        "cat/less.png", "damaged in the zip", Entry("cat/less.png", PNG, size=9, method=DEFLATED)
    ),
    "a size that is too large": Hostile(
        "cat/more.png",
        "size is not what|damaged in the zip",
        Entry("cat/more.png", PNG, size=len(PNG) + 9, method=DEFLATED),
    ),
    "bytes that do not unpack": Hostile(
        "cat/bytes.png", "damaged in the zip", Entry("cat/bytes.png", PNG, method=DEFLATED, packed=b"\xff" * 99)
    ),
    "a second file of one name": Hostile("cat/good0.png", "same name", Entry("cat/good0.png", PNG)),
    ".DS_Store": Hostile("cat/.DS_Store", "hidden or system", Entry("cat/.DS_Store", b"\0\0\0\1Bud1")),
    "__MACOSX": Hostile("__MACOSX/cat/._x.jpg", "hidden or system", Entry("__MACOSX/cat/._x.jpg", b"\0\5\x16\7")),
    "Thumbs.db": Hostile("cat/Thumbs.db", "hidden or system", Entry("cat/Thumbs.db", b"\xd0\xcf\x11\xe0")),
    "desktop.ini": Hostile("cat/desktop.ini", "hidden or system", Entry("cat/desktop.ini", b"[.ShellClassInfo]")),
    "Icon": Hostile("cat/Icon\ufffd", "hidden or system", Entry("cat/Icon\r", b"")),
}


@functools.cache
def bomb() -> Hostile:
    """64 kB that unpack to more than 64 MB."""
    return Hostile("cat/bomb.png", "more than 64 MB", Entry("cat/bomb.png", bytes(2**26 + 1), method=DEFLATED))


def everything(folder: str = "cat") -> dict[str, Hostile]:
    """All of them; those of CONTENTS lie in `folder`, the bomb comes last."""
    contents = {
        name: Hostile(f"{folder}/{file}", reason, Entry(f"{folder}/{file}", content))
        for name, (file, content, reason) in CONTENTS.items()
    }
    return contents | ENTRIES | {"a bomb": bomb()}


def zip_of_everything(good: Mapping[str, bytes] | None = None) -> bytes:
    """One zip with good pictures of two classes, and every hostile file beside them."""
    pictures = good_pictures() if good is None else good
    entries = [Entry(name, content) for name, content in pictures.items()]
    return zipped(entries + [one.entry for one in everything().values()])


def _huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**40)  # takes no space


# What lies in a folder, and cannot be in a zip: name of the file -> what makes it, and a piece of the reason.
ON_DISK: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a FIFO": ("fifo.png", lambda path: os.mkfifo(path), "ordinary"),
    "a link to a file": ("link.png", lambda path: path.symlink_to("/etc/passwd"), "link"),
    "a link to a folder": ("outside", lambda path: path.symlink_to("/etc"), "link"),
    "a link to nothing": ("nowhere.png", lambda path: path.symlink_to("gone.png"), "link"),
    "a link round in circles": ("circle", lambda path: path.symlink_to("."), "link"),
    "a hidden file": (".hidden.png", lambda path: path.write_bytes(PNG), "hidden or system"),
    "a line end in the name": ("line\n.png", lambda path: path.write_bytes(PNG), "control characters"),
    "a huge file": ("huge.bin", _huge, "64 MB"),
}

PROMISES = "{{'descr': '|u1', 'fortran_order': False, 'shape': {}}}"
ZEROS = np.zeros((6, 8, 8), np.uint8)
SIX = np.array([0, 1] * 3)

# Files that are refused as a whole: name of the file, its content, a piece of the message.
FILES: dict[str, tuple[str, bytes, str]] = {
    "an npz with objects": (
        "pickle.npz",
        zipped([Entry("x.npy", npy(np.array([{"a": 1}], object))), Entry("y.npy", npy(SIX))]),
        "object",
    ),
    "an npz with labels that are objects": (
        "labels.npz",
        zipped([Entry("x.npy", npy(ZEROS)), Entry("y.npy", npy(np.array([None] * 6, object)))]),
        "object",
    ),
    "an npz that promises a terabyte": (
        "tera.npz",
        zipped(
            [
                Entry("x.npy", npy(header=PROMISES.format("(1000000, 1024, 1024)"))),
                Entry("y.npy", npy(SIX)),
            ]
        ),
        "promises 1000000 × 1024 × 1024",
    ),
    "an npz that promises more than it holds": (
        "more.npz",
        zipped(
            [
                Entry("x.npy", npy(header=PROMISES.format("(6, 64, 64)"), content=b"abc")),
                Entry("y.npy", npy(SIX)),
            ]
        ),
        "damaged",
    ),
    "an npz whose header is a program": (
        "program.npz",
        zipped([Entry("x.npy", npy(header="{'descr': __import__('os').getcwd()}")), Entry("y.npy", npy(SIX))]),
        "damaged",
    ),
    "an npz without labels": ("alone.npz", zipped([Entry("x_train.npy", npy(ZEROS))]), "no labels"),
    "an npz of something else": ("other.npz", zipped([Entry("weights.npy", npy(ZEROS))]), "expected x_train"),
    "an npz with fewer labels": (
        "fewer.npz",
        zipped([Entry("x.npy", npy(ZEROS)), Entry("y.npy", npy(SIX[:5]))]),
        "6 pictures, but y holds 5 labels",
    ),
    "an npz with NaN": (
        "nan.npz",
        zipped([Entry("x.npy", npy(np.full((6, 8, 8), np.nan))), Entry("y.npy", npy(SIX))]),
        "from nan to nan",
    ),
    "an npz with a wrong checksum": (
        "crc.npz",
        zipped([Entry("x.npy", npy(ZEROS), crc=1), Entry("y.npy", npy(SIX))]),
        "damaged",
    ),
    "a zip cut short": ("short.zip", zipped([Entry("cat/a.png", PNG)])[:-30], "not a whole zip"),
    "a zip of nothing": ("empty.zip", zipped([]), "is empty"),
    "a csv with NULs": (
        "nul.csv",
        b"label," + b",".join(b"p%d" % n for n in range(16)) + b"\n" + b"0," * 16 + b"\0\n",
        "line 2: it has zero bytes",
    ),
    "a csv of names": ("names.csv", b"file,label\ncat.png,cat\ndog.png,dog\n", "names pictures, and holds none"),
    "a csv of bytes": ("bytes.csv", bytes(range(256)) * 20, "nothing that can be imported"),
    "an empty csv": ("empty.csv", b"", "nothing that can be imported"),
    "a gzip file cut short": ("short.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3", "nothing that can be imported"),
    "a single picture": ("cat.png", PNG, "nothing that can be imported"),
    "an IDX file of labels": ("some-labels-idx1-ubyte", b"\0\0\x08\1\0\0\0\2\0\1", "holds labels"),
    "an IDX file alone": ("some-images-idx3-ubyte", b"\0\0\x08\3" + b"\0\0\0\1" * 3 + b"\0", "not beside it"),
}
