"""Questions that many runs answer: begun together, drawn as they finish, answered in one sentence."""

import streamlit as st

from core.experiments.kind import kinds
from dashboard import choices
from dashboard.experiments import earlier, form, in_view, rate
from dashboard.navigation import page
from dashboard.people import bound
from dashboard.words import _, experiment_words, in_markdown

TITLE = "Experiments"
ICON = ":material/science:"
GROUP = "Compare"

wanted = st.query_params.get("experiment", "")
shown = in_view.chosen(wanted) if wanted else None
if shown:
    choices.keep_frame(experiment=shown.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(in_markdown(experiment_words(shown.name)), anchor=False)
        st.space("stretch")
        st.page_link(
            page("experiments"), label=_("Another question"), icon=":material/add:", query_params=choices.link()
        )
    in_view.follow(shown)
    st.markdown("*" + _("Would you bet on the same answer with another dataset?") + "*")
else:
    st.title(_("Experiments"), anchor=False)
    st.markdown(
        _(
            "One run shows what happened; an experiment shows why: many runs that differ in one thing only, and one "
            "sentence at the end that says how sure it is."
        )
    )
    choices.tell([*choices.unknown("ask", kinds()), *choices.adopt_recipe()])
    kind = form.question()
    choices.keep_frame(ask=kind.name)
    recipe = bound.within(choices.last_recipe())
    form.form(kind, recipe)
    rate.finder(recipe)
    earlier.listing()
