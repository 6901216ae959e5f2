"""The experiments so far, as links; one that was deleted can be brought back."""

import streamlit as st

from core.experiments import experiment as experiments
from core.experiments.experiment import Experiment
from dashboard import choices, resources
from dashboard.actions import attempt
from dashboard.navigation import page
from dashboard.words import _, experiment_words, in_markdown, plural

_DELETED = "_deleted_experiment"  # the last one that this viewer deleted
SHOWN = 20


def listing() -> None:
    """The newest first."""
    deleted = st.session_state.get(_DELETED)
    if deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("Deleted with its runs: {name}", name=in_markdown(experiment_words(deleted.name))))
            st.button(_("Undo"), key="undo_experiment", icon=":material/undo:", on_click=_bring_back, args=(deleted,))
    known = experiments.experiments(resources.store())
    st.subheader(_("Earlier experiments"), anchor=False)
    if not known:
        st.caption(_("None yet. Choose a question above and start it; it appears here."))
    for one in known[:SHOWN]:
        _line(one)


def _line(one: Experiment) -> None:
    runs = experiments.runs_of(resources.store(), one)
    at_work = experiments.goes_on(resources.store(), one)
    with st.container(horizontal=True, vertical_alignment="center"):
        link = {"experiment": one.id, **choices.link()}
        st.page_link(
            page("experiments"),
            label=in_markdown(experiment_words(one.name)),
            icon=":material/science:",
            query_params=link,
        )
        st.caption(plural(len(runs), "{n} run", "{n} runs"))
        st.button(
            _("Delete"),
            key=f"delete-{one.id}",
            icon=":material/delete:",
            type="tertiary",
            disabled=at_work,
            on_click=_delete,
            args=(one,),
            help=_("It is at work: open it and pause it first.")
            if at_work
            else _("Deletes the experiment and its runs; it can be undone."),
        )


def _delete(one: Experiment) -> None:
    gone: list[Experiment] = []
    if attempt(lambda: gone.append(experiments.remove(resources.store(), one))):
        st.session_state[_DELETED] = gone[0]


def _bring_back(one: Experiment) -> None:
    if attempt(lambda: experiments.restore(resources.store(), one)):
        st.session_state[_DELETED] = None
