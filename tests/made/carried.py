"""Files of runs as a stranger may have made them: taken apart, changed anywhere, put together with any lie."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.carry.manifest import MANIFEST, is_text
from tests.made.hostile import DEFLATED, STORED, Entry, zipped

Files = dict[str, bytes]


def taken_apart(path: Path) -> Files:
    """name -> content of everything but the list."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}


def listed(content_of: Files, **changes: object) -> bytes:
    """The list of these files, whose hashes are true."""
    facts = {name: [len(content), hashlib.sha256(content).hexdigest()] for name, content in content_of.items()}
    told = {"format": 1, "release": "0.2.0", "made": 0, "runs": {}, "datasets": {}, "files": facts}
    return json.dumps(told | changes).encode()


def put_together(files: Files, manifest: bytes | None = None, more: tuple[Entry, ...] = ()) -> bytes:
    """The archive of them.  more  entries that are written as they are"""
    entries = [Entry(name, content, method=DEFLATED if is_text(name) else STORED) for name, content in files.items()]
    return zipped([*entries, Entry(MANIFEST, listed(files) if manifest is None else manifest), *more])


def changed(files: Files, end: str, change: Callable[[bytes], bytes]) -> Files:
    """The same with the file whose name ends so changed."""
    name = next(name for name in files if name.endswith(end))
    return {**files, name: change(files[name])}


def told(**changes: object) -> Callable[[bytes], bytes]:
    """Changes values of a JSON object."""
    return lambda content: json.dumps({**json.loads(content), **changes}).encode()


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()
