"""Controls that remember their state on other pages: Streamlit forgets those that are not drawn.

What is remembered is given as a control's own value, never put into the session state: a browser would first take the
control for what it is without one (off, the lowest) and correct itself a moment later. Whoever presses something else
in between, on a slow machine, would send the wrong value along, and it would stay.
"""

from typing import Any

import streamlit as st


def toggle(label: str, default: bool, key: str, help: str) -> bool:
    """A toggle that remembers its state on other pages."""
    return st.toggle(label, _recalled(key, default), key=key, help=help, on_change=_remember, args=(key,))


def slider(label: str, low: int, high: int, default: int, step: int, key: str, format: str, help: str) -> int:
    """The same for a slider of whole numbers."""
    value = _recalled(key, default)
    return st.slider(label, low, high, value, step, key=key, format=format, help=help, on_change=_remember, args=(key,))


def _recalled(key: str, default: Any) -> Any:
    """As it was before another page was seen."""
    return st.session_state.get(f"_kept_{key}", default)


def _remember(key: str) -> None:
    """Keeps a control's value beyond this page."""
    st.session_state[f"_kept_{key}"] = st.session_state[key]
