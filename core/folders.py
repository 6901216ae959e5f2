"""Where data lies on this machine: the folder that is written, and the others that are only read."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def data_folders() -> list[Path]:
    """Where data files are looked for, in this order; the first is also where everything is written."""
    own = Path(os.environ.get("FITSCOPE_DATA") or PROJECT / "data").expanduser().absolute()
    shared = PROJECT.parent / "shared" / "data"
    return [own, shared] if shared.is_dir() and shared != own else [own]


def data_folder() -> Path:
    """Where downloads, caches and imported images are written."""
    return data_folders()[0]
