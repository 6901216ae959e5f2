"""Controls that remember their state on other pages: Streamlit forgets those that are not drawn."""

from typing import Any

import streamlit as st


def toggle(label: str, default: bool, key: str, help: str) -> bool:
    """A toggle that remembers its state on other pages: Streamlit forgets controls that are not drawn."""
    recall(key, default)
    return st.toggle(label, key=key, help=help, on_change=remember, args=(key,))


def slider(label: str, low: int, high: int, default: int, step: int, key: str, format: str, help: str) -> int:
    """The same for a slider of whole numbers."""
    recall(key, default)
    return st.slider(label, low, high, step=step, key=key, format=format, help=help, on_change=remember, args=(key,))


def recall(key: str, default: Any) -> None:
    """Puts a control's value back, as it was before another page was seen."""
    if key not in st.session_state:
        st.session_state[key] = st.session_state.get(f"_kept_{key}", default)


def remember(key: str) -> None:
    """Keeps a control's value beyond this page."""
    st.session_state[f"_kept_{key}"] = st.session_state[key]
