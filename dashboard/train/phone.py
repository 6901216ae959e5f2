"""On a phone the sidebar is closed: Train and the levers (of a lesson, or of the network) stand in the page itself."""

from functools import partial

import streamlit as st

from core.recipe.config import SETTINGS, counts, settings
from core.recipe.sent import binding
from dashboard import choices
from dashboard.people import bound
from dashboard.train import lock
from dashboard.widgets.setting import control
from dashboard.words import _

IN_THE_SIDEBAR = ("plugin", "names", "version")  # kinds whose control stands there alone
ONLY_NARROW = "<style>@media (min-width: 641px) { .st-key-phone { display: none !important } }</style>"


def pressed() -> bool:
    """Whether Train was pressed there, which is known before it is drawn anew."""
    return bool(st.session_state.get("phone_train"))


def bar(ready: bool) -> None:
    """Draws what only a narrow screen shows.

    ready  whether the recipe can be trained
    """
    architecture = st.session_state["architecture"]
    levers = settings("network", "front") + settings("baseline", "front")
    only = choices.levers()
    with st.container(key="phone", border=True):
        st.html(ONLY_NARROW)
        st.button(
            _("Train"),
            key="phone_train",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=not ready,
            help=_("The levers below and all that the sidebar has; it opens with the arrows at the top left."),
        )
        locked = binding()
        if locked:
            st.caption(bound.sentence(locked))
        lock.bring_back("phone")
        for setting in [SETTINGS[name] for name in only] or levers:
            if setting.kind not in IN_THE_SIDEBAR and counts(setting, architecture):
                key = f"phone_{setting.name}"
                st.session_state[key] = st.session_state[setting.name]  # what the sidebar says
                control(setting, key=key, on_change=partial(_hand_over, setting.name, key))


def _hand_over(name: str, key: str) -> None:
    """The sidebar's control says what was said here."""
    st.session_state[name] = st.session_state[key]
