"""A learning rate to begin with: tried on a network that is made for it and thrown away, drawn as a curve."""

import json

import streamlit as st

from core.errors import FitscopeError
from core.recipe.config import TrainingConfig
from dashboard import choices, resources
from dashboard.charts import experiments as figures
from dashboard.navigation import page
from dashboard.people import bound
from dashboard.runs.value_words import value_word
from dashboard.server.engine import engine
from dashboard.widgets.plot import plot
from dashboard.words import _, say

_FOUND = "_rate_found"  # what was found last, as JSON, with the recipe's link


def finder(recipe: TrainingConfig) -> None:
    """A button, and after it the curve, the suggestion and a link that trains with it."""
    with st.expander(_("A learning rate to begin with, in ten seconds"), icon=":material/speed:", key="rate_finder"):
        st.caption(
            _(
                "A new network of this recipe takes steps that grow longer and longer. Where its loss falls most "
                "steeply is a good length to begin with. The network is thrown away; no run is changed."
            )
        )
        if st.button(_("Find it"), key="find_rate", icon=":material/timer:"):
            _find(recipe)
        _show(recipe)


def _find(recipe: TrainingConfig) -> None:
    trainer = engine()
    if trainer is None:
        st.info(_("Nobody is training here. Start the dashboard again."), icon=":material/power_off:")
        return
    try:
        resources.counts(recipe)  # raises where there are too few images for what is asked
        with st.spinner(_("Trying longer and longer steps …")):
            found = trainer.sweep(recipe)
        st.session_state[_FOUND] = json.dumps({"recipe": recipe.link(), **vars(found)})
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")


def _show(recipe: TrainingConfig) -> None:
    kept = json.loads(st.session_state.get(_FOUND, "{}"))
    if kept.get("recipe") != recipe.link():
        return  # of another recipe, or none yet
    rate = kept["suggestion"]
    words = value_word("learning_rate", rate)
    title = _("The loss falls most steeply at {rate}", rate=words)
    plot(figures.rates(kept["rates"], kept["losses"], rate, title, _), key="rates")
    found = TrainingConfig.from_text({**recipe.link(), "learning_rate": str(rate)})
    refused = bound.refusal([found])
    st.page_link(
        page("train"),
        label=_("Train with {rate}", rate=words),
        icon=":material/play_circle:",
        query_params=choices.link(found),
        disabled=bool(refused),
    )
    bound.explain(refused)
