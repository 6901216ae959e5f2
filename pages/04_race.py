"""Two to six trainings that differ in a few settings, begun together and laid over each other as they learn."""

import streamlit as st

from core.runs.race import runs_of
from dashboard import choices, resources
from dashboard.navigation import page
from dashboard.people import bound
from dashboard.report import hand_in
from dashboard.runs import race, race_form
from dashboard.words import _, in_markdown

TITLE = "Race"
ICON = ":material/sports_score:"
GROUP = "Compare"

wanted = st.query_params.get("race", "")
shown = race.in_view(wanted) if wanted else None
if shown:
    choices.keep_frame(race=shown.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(in_markdown(shown.name), anchor=False)
        st.space("stretch")
        race.stop_button(shown, runs_of(resources.store(), shown))
        st.page_link(page("race"), label=_("A new race"), icon=":material/add:", query_params=choices.link())
    race.follow(shown)
    hand_in.race(shown)
    st.markdown("*" + _("Which difference would you still expect with another seed?") + "*")
else:
    choices.keep_frame()
    st.title(_("A race"), anchor=False)
    st.markdown(
        _(
            "Several runs from the same start: the same seed, the same images held back, the same order. They differ "
            "only in what you choose, so that what happens is due to it."
        )
    )
    recipe = bound.within(choices.last_recipe())
    race_form.shared(recipe)
    race_form.form(recipe)
    race_form.earlier()
