"""What a search may vary, as controls: which settings, and for each the range or the values that are tried."""

import streamlit as st

from core.experiments.space import by_itself, searched, written
from core.recipe.config import TrainingConfig
from core.recipe.setting import Setting
from dashboard.people import bound
from dashboard.words import _

BESIDE = 3  # ranges in a row


def control(option: Setting, recipe: TrainingConfig, key: str) -> tuple[str, ...]:
    """Draws them; returns what they say, as `core/experiments/space.py` reads it."""
    known = bound.movable(searched(recipe)) or searched(recipe)
    own = [name for name in by_itself(recipe) if name in known] or list(known)[:1]
    st.session_state[key] = [name for name in st.session_state.get(key, own) if name in known] or own
    names = st.multiselect(
        _(option.title), list(known), key=key, format_func=lambda name: _(known[name]), placeholder=_("automatic")
    )
    told = []
    for first in range(0, len(names), BESIDE):
        for column, name in zip(st.columns(BESIDE), names[first : first + BESIDE], strict=False):
            with column:
                text = st.text_input(
                    _("Tried for: {setting}", setting=_(known[name])),
                    key=f"{key}_{name}",
                    placeholder=written(recipe, name),
                    help=_(
                        "From the lowest to the highest with two dots between, or several values with | between; left "
                        "empty, what stands there in grey."
                    ),
                )
                told.append(f"{name}={text.strip()}" if text.strip() else name)
    return tuple(told)
