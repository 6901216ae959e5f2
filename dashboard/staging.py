"""The draft of a dataset that a viewer is putting together: on the disk, so that a reload or another tab finds it."""

import secrets
from pathlib import Path

import streamlit as st

from core.data import drafts
from core.data.drafts import Draft
from core.errors import DataError

PARAMETER = "draft"  # of the address, by which a reload finds it again


def draft() -> Draft:
    """This viewer's draft; a new one has nothing on the disk yet."""
    if "_draft" not in st.session_state:
        kept = drafts.get(st.query_params.get(PARAMETER, ""))
        st.session_state["_draft"] = (kept or drafts.new()).id
    name = st.session_state["_draft"]
    return drafts.get(name) or Draft(drafts.home() / name)


def lost() -> list[DataError]:
    """What is said where the address names a draft that there is not; to be called before `draft`."""
    name = st.query_params.get(PARAMETER, "")
    if not name or "_draft" in st.session_state or drafts.get(name):
        return []
    return [
        DataError(
            "The pictures that this link names are not here any more: they were imported, deleted, or not touched "
            "for a week. Look below for them, or bring them again."
        )
    ]


def address() -> dict[str, str]:
    """The parameter that names the draft, once it holds something."""
    held = draft()
    return {} if held.is_empty else {PARAMETER: held.id}


def take_up(name: str) -> None:
    """Goes on with an earlier draft."""
    forget()
    st.session_state["_draft"] = name


def forget() -> None:
    """The next pictures go into a draft of their own."""
    for name in ("_draft", "_seen", "_upload", "import_name", "_suggested", "import_path", "class_names"):
        st.session_state.pop(name, None)


def add(label: str, content: bytes) -> None:
    """Puts a picture among those of a class, which is new or not."""
    held = draft()
    held.name_classes([*held.classes, label])
    held.put(label.strip()[: drafts.LONGEST_NAME], content, ".png")
    st.session_state.pop("class_names", None)  # the control shows the new name when it is drawn next


def put(name: str, file_id: str, suffix: str, content: bytes) -> None:
    """Puts a picture into the class in hand, once: a control gives the same file again at every rerun."""
    if first_time(file_id):
        draft().put(name, content, suffix)


def pictures_of(name: str) -> list[Path]:
    """The pictures of a class so far, in the order in which they came."""
    return draft().pictures(name)


def new_classes() -> list[str]:
    """The classes of the draft, so far."""
    return draft().classes


def upload() -> str:
    """A word in the keys of the controls for files, which are new ones for a new draft."""
    return st.session_state.setdefault("_upload", secrets.token_hex(4))


def first_time(file_id: str) -> bool:
    seen = st.session_state.setdefault("_seen", [])
    if file_id in seen:
        return False
    seen.append(file_id)
    return True


def suggest_name(name: str) -> None:
    """Fills in the name of a new dataset where the viewer has not; that of another file takes the place of one's."""
    if st.session_state.get("import_name") in (None, "", st.session_state.get("_suggested")):
        st.session_state["import_name"] = st.session_state["_suggested"] = name[:60]
