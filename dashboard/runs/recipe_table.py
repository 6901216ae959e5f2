"""The recipe of a run, all of it: what differs from the defaults first, then the rest in the order of the form."""

import pandas as pd
import streamlit as st

from core.errors import RunError
from core.recipe.config import SETTINGS, TrainingConfig, counts
from core.recipe.differences import given
from core.runs.run import Run
from dashboard.runs.value_words import value_word
from dashboard.words import _, say


def recipe_table(run: Run) -> None:
    """Folded; read when it is opened."""
    with st.expander(_("Recipe"), icon=":material/tune:", key="recipe", on_change="rerun") as opened:
        if not opened.open:
            return
        try:
            recipe = run.config
        except RunError as error:
            st.warning(say(error), icon=":material/broken_image:")
            return
        st.dataframe(rows(recipe), key=f"recipe-{run.id}", hide_index=True, alt=_("The recipe of this run"))
        st.caption(_("A star marks what differs from the defaults."))


def rows(recipe: TrainingConfig) -> pd.DataFrame:
    """One row a setting that counts for this network."""
    changed = recipe.changes()
    known = [name for name, setting in SETTINGS.items() if counts(setting, recipe.architecture, vars(recipe))]
    order = [*(name for name in known if name in changed), *(name for name in known if name not in changed)]
    return pd.DataFrame(
        [
            {
                "★": "★" if name in changed else "",
                _("Setting"): _(SETTINGS[name].title),
                _("Value"): value_word(name, given(recipe, name)),
                _("Name on the command line"): name,
            }
            for name in order
        ]
    )
