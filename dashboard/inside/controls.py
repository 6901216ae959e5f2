"""The options of an explanation as controls: declared by the explanation, filled in by the viewer."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.inside.explanation import Explanation
from core.recipe.setting import Setting
from dashboard.widgets.setting import control
from dashboard.words import _

COLUMNS = 3


def options(explanation: Explanation, classes: Sequence[str], convolutions: Sequence[str]) -> dict[str, Any]:
    """What the viewer chose: name -> value of each option.

    classes       those of the run as they are shown, for an option that names one
    convolutions  the network's, in its order, for an option that names a layer
    """
    chosen: dict[str, Any] = {}
    columns = st.columns(COLUMNS)
    for place, option in enumerate(explanation.options):
        with columns[place % COLUMNS]:
            chosen[option.name] = _control(option, classes, convolutions)
    return chosen


def _control(option: Setting, classes: Sequence[str], convolutions: Sequence[str]) -> Any:
    key, label, help = f"inside_option_{option.name}", _(option.title), _(option.help)
    if option.kind == "class":
        words: dict[int | None, str] = {None: _("what the network says"), **dict(enumerate(classes))}
        return st.selectbox(label, list(words), key=key, format_func=words.__getitem__, help=help)
    if option.kind == "position":
        return st.number_input(label, 1, int(option.high or 0) + 1, int(option.default) + 1, key=key, help=help) - 1
    if option.kind == "layer":
        if len(convolutions) < 2:
            return None
        last = len(convolutions) - 1
        return st.selectbox(label, convolutions, last, key=key, help=help)
    return control(option, key=key)
