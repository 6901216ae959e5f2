"""Tables of numbers that a learner changes one by one, and lists of numbers that are typed."""

import numpy as np
import pandas as pd
import streamlit as st

MOST = 1e6  # beyond it nothing can be followed by eye


def edited(start: np.ndarray, key: str, alt: str) -> np.ndarray:
    """The numbers (rows, columns) of a table as they were changed; what is left empty counts as 0."""
    table = pd.DataFrame(start, columns=[str(column + 1) for column in range(start.shape[1])])
    changed = st.data_editor(table, key=key, hide_index=True, num_rows="fixed", width="content", alt=alt)
    return tidy(pd.DataFrame(changed))


def tidy(table: pd.DataFrame) -> np.ndarray:
    """The numbers of an edited table: what is none counts as 0, what is beyond all measure is cut off."""
    values = table.apply(pd.to_numeric, errors="coerce").fillna(0.0).to_numpy(float)
    return np.clip(values, -MOST, MOST)


def typed(text: str) -> np.ndarray:
    """The numbers of a text with semicolons between, also with a decimal comma; none where one of them is no number."""
    try:
        values = np.array([float(one.replace(",", ".")) for one in text.split(";") if one.strip()])
    except ValueError:
        return np.array([])
    return values if np.isfinite(values).all() else np.array([])
