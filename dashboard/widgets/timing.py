"""How long something will take here, in words; and where that is not known, the button that tries it out."""

from collections.abc import Sequence

import streamlit as st

from core.errors import FitscopeError, RunError, SettingError
from core.experiments.expected import OFF, calibrate
from core.experiments.kind import Cell
from dashboard import resources
from dashboard.server.engine import engine
from dashboard.words import _, duration, percent, say


def words(seconds: float, at_most: bool) -> str:
    """Such as "about 3 min"; `at_most` where it may end early."""
    return (_("at most {time}") if at_most else _("about {time}")).format(time=duration(seconds))


def doubt(predicted: bool) -> str:
    """What an estimate goes by; `predicted` where such a network was never trained here."""
    if predicted:
        return _("going by the size of the networks; may be off by {share}", share=percent(OFF, 0))
    return _("going by earlier runs on this machine")


def offer_a_try(cells: Sequence[Cell]) -> None:
    """Where such networks were never trained here: their speed can be tried out. Of one it is a line of text."""
    one = len(cells) == 1
    trainer = engine()
    if trainer is None:
        return
    pressed = st.button(
        _("Try how long it takes"),
        key="calibrate",
        icon=":material/timer:",
        type="tertiary" if one else "secondary",
        help=_("Trains this network for a few seconds, on made-up images.")
        if one
        else _("Trains the smallest and the largest of these networks for a few seconds, on made-up images."),
    )
    if not pressed:
        return
    try:
        with st.spinner(
            _("Trying the network, about five seconds …")
            if one
            else _("Trying the smallest and the largest network, up to twenty seconds …")
        ):
            calibrate(resources.store(), cells, trainer.executor.ask)
        st.rerun()
    except (RunError, SettingError) as error:
        st.error(say(error), icon=":material/error:")
    except FitscopeError as error:  # the folder cannot be written: the estimate is lost, nothing else
        st.warning(say(error), icon=":material/error:")
