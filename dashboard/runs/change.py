"""Changing a training while it goes on, or before it goes on again: how long its steps are, when it ends."""

import streamlit as st

from core.recipe.config import SETTINGS
from core.runs import changes
from core.runs.run import Run
from dashboard import resources
from dashboard.actions import change_run
from dashboard.people import bound
from dashboard.runs.value_words import value_word
from dashboard.widgets.setting import control
from dashboard.words import _


def change(run: Run) -> None:
    """A menu with what can be changed, and what was asked for and has not been taken up yet."""
    asked, recipe = changes.asked(run), vars(run.config)
    offered = bound.movable({name: SETTINGS[name].title for name in changes.CHANGEABLE})
    if not offered:
        return
    now = {name: recipe[name] for name in changes.CHANGEABLE}
    for values in asked:
        now |= values
    with st.popover(
        _("Change this training"), icon=":material/tune:", help=_("Of this training, for the epochs to come.")
    ):
        wished = {}
        for name in offered:
            key = f"change_{name}_{run.id}_{len(asked)}"
            st.session_state.setdefault(key, now[name])
            wished[name] = control(SETTINGS[name], key=key)
        different = {name: value for name, value in wished.items() if value != now[name]}
        pressed = st.button(_("From the next epoch on"), key=f"change_{run.id}", type="primary", disabled=not different)
        if pressed and different and change_run(run, different):
            st.rerun()
        st.caption(_("A flag in the curves will say so, and the run keeps it."))
        for values in asked[len(resources.history(run).changes) :]:
            told = ", ".join(f"{_(SETTINGS[name].title)} {value_word(name, value)}" for name, value in values.items())
            st.caption(_("Asked for: {change}", change=told))
