"""What this viewer asked about last, and where it came from; other pages go on from there."""

import streamlit as st


def get() -> tuple[str, bytes] | None:
    """The name and the bytes of the picture this viewer asked about last, for the page that asks why."""
    return st.session_state.get("_picture")


def is_whole() -> bool:
    """No face is to be looked for in it: it is a test image, or drawn."""
    return st.session_state.get("_picture_whole", False)


def keep(name: str, content: bytes, whole: bool) -> None:
    st.session_state["_picture"] = (name, content)
    st.session_state["_picture_whole"] = whole


def way() -> str:
    """Where this viewer's last picture to classify came from: a file, the pad, the camera."""
    return st.session_state.get("_way", "upload")


def keep_way(name: str) -> None:
    st.session_state["_way"] = name
