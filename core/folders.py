"""Where things lie on this machine: the code, the folders of data, the folder of runs."""

import contextlib
import os
from pathlib import Path

from core.errors import StorageError

PROJECT = Path(__file__).resolve().parent.parent  # holds core/ and dashboard/; child processes are started here
DATA, RUNS = "FITSCOPE_DATA", "FITSCOPE_RUNS"


def is_checkout() -> bool:
    """Whether this is the source, with everything in one folder, or a package among those of a Python."""
    return (PROJECT / "pyproject.toml").exists()


COMMAND = "python -m core" if is_checkout() else "fitscope"  # what is typed before the name of a command


def data_folders() -> list[Path]:
    """Where data files are looked for, in this order; the first is also where everything is written.

    `FITSCOPE_DATA` names one folder, or several with `:` between them (`;` on Windows). Raises StorageError.
    """
    named = [part for part in os.environ.get(DATA, "").split(os.pathsep) if part]
    return [_named(DATA, part) for part in named] or [_home() / "data"]


def data_folder() -> Path:
    """Where downloads, caches and imported images are written."""
    return data_folders()[0]


def runs_folder() -> Path:
    """The folder of runs: `FITSCOPE_RUNS`, or `runs/` beside the data; raises StorageError."""
    named = os.environ.get(RUNS)
    return _named(RUNS, named) if named else _home() / "runs"


def settle(data: str | None = None, runs: str | None = None) -> None:
    """Names the folders for this process and for those it starts, in full: they are started in another folder."""
    for name, folder in ((DATA, data), (RUNS, runs)):
        if folder:
            os.environ[name] = folder
    if os.environ.get(DATA):
        os.environ[DATA] = os.pathsep.join(map(str, data_folders()))
    if os.environ.get(RUNS):
        os.environ[RUNS] = str(runs_folder())


def _home() -> Path:
    """The checkout, or this person's folder for the data of programs: a package is no place to write to."""
    if is_checkout():
        return PROJECT
    from platformdirs import user_data_path  # not needed in a checkout

    return user_data_path("fitscope", appauthor=False)


def _named(name: str, value: str) -> Path:
    try:
        path = Path(value).expanduser().resolve()
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # told when it is used
            path.stat()  # a link to itself: Python 3.13 resolves it without a word
    except (RuntimeError, OSError) as error:  # ~somebody who does not exist, a link to itself
        raise StorageError(
            "{name}={value} names no folder ({reason}). Give it the path of a folder.",
            name=name,
            value=value,
            reason=error,
        ) from error
    return path
