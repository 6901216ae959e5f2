"""Arrays from a stranger: looked at before numpy is let near them, so that none takes more memory than it has bytes."""

import math
import re
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from core.data.reading.archives.zip_archive import ZIP_ERRORS, open_zip
from core.errors import DataError

MOST_MEMBERS = 20_000  # arrays of one file; a network has some hundreds
KINDS = "biufU"  # bool, numbers, text: nothing that is an object
_MEMBER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}\.npy")


def check_npz(path: Path) -> None:
    """Raises ValueError unless every array in a .npz file is of a plain kind and exactly as large as it claims."""
    try:
        archive, close = open_zip(path)
    except DataError as error:
        raise ValueError("it is damaged") from error
    try:
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(members) > MOST_MEMBERS or len(set(names)) < len(names) or not all(map(_MEMBER.fullmatch, names)):
            raise ValueError("its arrays have names that no run writes")
        if any(member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1 for member in members):
            raise ValueError("its arrays are packed in a way that no run writes")
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise ValueError("its arrays are larger than the file")
        for member in members:
            with archive.open(member) as stream:
                if header_size(stream) != member.file_size:
                    raise ValueError(f"{member.filename} is not as large as it claims")
    except ZIP_ERRORS as error:
        raise ValueError(str(error)) from error
    finally:
        archive.close()
        close()


def header_size(stream: IO[bytes]) -> int:
    """The bytes that a .npy file has by its header; raises ValueError where it holds objects."""
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError("its version is not read")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _fortran, dtype = read(stream)
    if dtype.hasobject or dtype.kind not in KINDS or any(side < 0 for side in shape):
        raise ValueError("it holds something else than numbers")
    return stream.tell() + math.prod(shape) * dtype.itemsize
