"""The pictures of a dataset that a viewer is putting together, before they are imported."""

import re
import secrets
from pathlib import Path

import streamlit as st

from core.files import writing_to
from core.scratch import scratch_home
from dashboard.widgets import kept


def add(label: str, content: bytes) -> None:
    """Puts a picture among those of a class of the dataset this viewer is putting together."""
    add_class(label)
    put(label, secrets.token_hex(8), ".png", content)


def put(name: str, file_id: str, suffix: str, content: bytes) -> None:
    """Puts a picture into the class in hand, once, also when it was taken out again or the class was changed since."""
    if not first_time(file_id):
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
    home = scratch_home() / upload()
    with writing_to(home):
        home.mkdir(parents=True, exist_ok=True)
    return home


def _class_folder(name: str) -> Path:
    """A class may be called anything; what would leave the folder or hide becomes an underscore."""
    return folder() / (re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(". ") or "_")


def upload() -> str:
    """The name of the folder in which this viewer puts pictures together."""
    return st.session_state.setdefault("_upload", secrets.token_hex(8))


def new_upload() -> None:
    """The next pictures go into a folder of their own."""
    for name in ("_upload", "_seen"):
        st.session_state.pop(name, None)
    for name in ("import_name", "import_path", "class_names", "_kept_class_names"):
        st.session_state[name] = ""


def first_time(file_id: str) -> bool:
    """Is this uploaded file new? A control gives the same file again at every rerun."""
    seen = st.session_state.setdefault("_seen", [])
    if file_id in seen:
        return False
    seen.append(file_id)
    return True


def suggest_name(name: str) -> None:
    """Fills in the name of a new dataset where the viewer has not."""
    if not st.session_state.get("import_name"):
        st.session_state["import_name"] = name[:60]


def recall_classes() -> None:
    """Puts the names of the new classes into their control, as they were before another page was seen."""
    kept.recall("class_names", "")


def keep_classes() -> None:
    kept.remember("class_names")


def new_classes() -> list[str]:
    """The classes of a dataset this viewer is putting together, so far."""
    text = st.session_state.get("class_names", st.session_state.get("_kept_class_names", ""))
    return [name.strip() for name in text.split(",") if name.strip()]


def add_class(name: str) -> None:
    """One more class of the dataset being put together."""
    known = new_classes()
    if name not in known:
        st.session_state["_kept_class_names"] = ", ".join([*known, name])
        st.session_state.pop("class_names", None)
