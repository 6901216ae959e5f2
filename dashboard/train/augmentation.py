"""Augmentation in the form: one switch, the strengths, a warning where a mirror lies, and nine changed pictures."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.data.catalogue import dataset
from core.errors import FitscopeError
from core.recipe.augmentation import PRESETS
from core.recipe.config import SETTINGS, settings
from core.recipe.setting import Setting
from dashboard import choices, resources
from dashboard.charts import pictures
from dashboard.server.engine import engine
from dashboard.words import _, as_named, say

SHOWN = 9


def controls(control: Callable[[Setting], None]) -> None:
    """The switch and, when it is on, the strengths with a preview.

    control  draws the control of one setting
    """
    control(SETTINGS["augmentation"])
    if not st.session_state["augmentation"]:
        return
    _preview()
    with st.container(horizontal=True):
        for name, label in (("gentle", _("Gentle")), ("fer2013", _("As for FER2013"))):
            st.button(label, key=f"augment_{name}", on_click=_preset, args=(name,), help=_("Sets all strengths."))
    for strength in settings(place="strengths"):
        control(strength)
    _mirror_warning()


def _preset(name: str) -> None:
    for strength in settings(place="strengths"):
        st.session_state[strength.name] = PRESETS[name].get(strength.name, strength.default)


def _mirror_warning() -> None:
    chosen, spec = st.session_state["flip"], dataset(st.session_state["dataset"])
    wanted = {"none": set(), "both": {"horizontal", "vertical"}}.get(chosen, {chosen})
    if wanted - set(spec.flips):
        st.warning(
            _(
                "Mirrored this way, pictures of {dataset} show something else or nothing: the network would learn what "
                "is not true.",
                dataset=as_named(spec.name, spec.title),
            ),
            icon=":material/flip:",
        )


@st.fragment
def _preview() -> None:
    """Nine of the dataset's own images, changed anew at each press."""
    trainer = engine()
    if trainer is None:
        return
    try:
        config = choices.recipe()
        n = sum((resources.counts(config) or {}).get("train", []))
    except FitscopeError:  # said above the results already
        return
    if not n:
        st.caption(_("The preview comes once the images are on this machine."))
        return
    st.button(_("Nine others"), key="nine_others", icon=":material/refresh:", on_click=choices.count, args=("nine",))
    again = choices.counted("nine")
    rows = np.random.default_rng([config.seed, again]).integers(0, n, SHOWN).tolist()
    try:
        shown = trainer.augmented(config.pinned(), rows, seed=again)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return
    st.html(pictures.strip(shown, [_("changed image")] * SHOWN, side=64, columns=3))
