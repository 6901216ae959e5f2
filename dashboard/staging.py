"""The pictures of a dataset that a viewer is putting together, before they are imported."""

import re
import secrets
from pathlib import Path

from core.files import writing_to
from core.scratch import scratch_home
from dashboard import choices


def add(label: str, content: bytes) -> None:
    """Puts a picture among those of a class of the dataset this viewer is putting together."""
    choices.add_class(label)
    put(label, secrets.token_hex(8), ".png", content)


def put(name: str, file_id: str, suffix: str, content: bytes) -> None:
    """Puts a picture into the class in hand, once, also when it was taken out again or the class was changed since."""
    if not choices.first_time(file_id):
        return
    home = _class_folder(name)
    with writing_to(home):
        home.mkdir(parents=True, exist_ok=True)
        place = len(list(home.iterdir()))
        (home / f"{place:05d}-{file_id[-8:]}{suffix.lower()[:8]}").write_bytes(content)


def pictures_of(name: str) -> list[Path]:
    """The pictures of a class so far, in the order in which they came."""
    home = _class_folder(name)
    return sorted(home.iterdir()) if home.is_dir() else []


def folder() -> Path:
    """The folder of this viewer, one folder for each class in it."""
    home = scratch_home() / choices.upload()
    with writing_to(home):
        home.mkdir(parents=True, exist_ok=True)
    return home


def _class_folder(name: str) -> Path:
    """A class may be called anything; what would leave the folder or hide becomes an underscore."""
    return folder() / (re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(". ") or "_")
