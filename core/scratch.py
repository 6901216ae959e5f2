"""A place on the disk for what is being read or put together; emptied whatever happens."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.files import writing_to
from core.folders import data_folder

DAY = 86_400  # seconds; what a killed process or a viewer who went away left is removed after that


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of its own beside the data, removed at the end; raises StorageError."""
    home = scratch_home()
    remove_old()
    with writing_to(home):
        folder = Path(tempfile.mkdtemp(dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def scratch_home() -> Path:
    """The folder that holds them all."""
    home = data_folder() / ".scratch"
    with writing_to(home):
        home.mkdir(parents=True, exist_ok=True)
    return home


def remove_old(seconds: float = DAY) -> None:
    """Removes what has not been touched for so long."""
    for path in scratch_home().iterdir():
        with contextlib.suppress(OSError):  # another process removes it too
            if time.time() - path.stat().st_mtime > seconds:
                remove(path)


def jobs_log() -> Path:
    """What the children of a server print: looked at where one has ended unexpectedly."""
    return data_folder() / ".jobs.log"


def empty() -> None:
    """Removes everything, also what somebody is working on: copies only, which are made again; and what was printed.

    Raises StorageError.
    """
    log = jobs_log()
    with writing_to(log):
        log.unlink(missing_ok=True)
    for path in scratch_home().iterdir():
        remove(path)


def remove(path: Path) -> None:
    """Removes a file or a folder with all that is in it; a link goes, what it points to stays."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
