"""Which dataset this viewer looks at: part of the link, like a recipe."""

import streamlit as st

from core.errors import SettingError
from core.recipe.config import TrainingConfig
from dashboard import choices

FIRST = TrainingConfig().dataset  # there at once; the first by its letters is CIFAR-10, which takes 20 s to be read
_IMAGES = "_images"  # the dataset on the page, as it was last written into the address


def adopt(known: list[str]) -> list[SettingError]:
    """Takes the dataset to look at from the link; returns what is wrong with it."""
    wanted = st.query_params.get("images")
    if wanted in known and wanted != st.session_state.get(_IMAGES):
        st.session_state["images_dataset"] = wanted
        forget()
    elif st.session_state.get("images_dataset") not in known:
        st.session_state["images_dataset"] = FIRST if FIRST in known else known[0]  # never chosen, or deleted meanwhile
    return choices.unknown("images", known)


def keep(name: str) -> None:
    """Writes the dataset in view into the address bar."""
    st.session_state[_IMAGES] = name
    wanted = {**choices.frame_parameters(), "images": name}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def forget() -> None:
    """Another dataset is in view: its classes and numbers are others."""
    for key in ("images_classes", "images_page", "images_row", "images_split", "images_brightness"):
        st.session_state.pop(key, None)
