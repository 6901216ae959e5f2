"""Choose images and a network, press Train, and watch both curves."""

import streamlit as st

from dashboard import choices, resources
from dashboard.actions import run_menu, start_run, undo_bar
from dashboard.challenge import budget
from dashboard.live import verdict_words
from dashboard.navigation import leave_bare, page, projected, projector_button
from dashboard.people.asking import by, teaches
from dashboard.report import hand_in
from dashboard.runs import live
from dashboard.server.engine import engine
from dashboard.train import form, lock, phone, predict, preview
from dashboard.widgets import layers
from dashboard.words import _, in_markdown

TITLE = "Train"
ICON = ":material/play_circle:"

problems = choices.adopt_link()
exchanged = lock.hold()
trainer = engine()
device = trainer.device if trainer else None

notices = st.container()  # in the main area: on a phone the sidebar is closed
with st.sidebar:
    button = st.container()
    config = form.recipe_form(gpu=bool(device and device["precision"]), notices=notices)
    with notices:
        plan = layers.plan(config) if config else None
    with button:
        pressed = st.button(
            _("Train"),
            key="train",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=plan is None,
        )
        if config and plan:
            preview.cost(config, plan, device)
        if config:
            budget.say(config)

if config:
    if pressed or phone.pressed():
        if exchanged:
            notices.warning(
                _("The settings were locked just now. Look at them, then press Train."), icon=":material/lock:"
            )
        elif start_run(config, prediction=predict.said(config) if plan and plan.layers else None):
            predict.clear()
            lock.forget()
    choices.keep_link(config, bound=lock.held())
    lock.remember(config)

with notices:
    undo_bar()
    choices.tell(problems)

run = resources.chosen_run()
if run:
    leave_bare()
    with st.container(horizontal=True, vertical_alignment="center"):
        whose = by(run.meta.owner) if projected() else ""
        st.title(" · ".join(filter(None, [in_markdown(run.meta.name), whose])), anchor=False)
        st.space("stretch")
        projector_button(_("Nothing but this run, large."))
        if projected() and teaches():
            st.page_link(page("class"), label=_("Board"), icon=":material/grid_view:", query_params={"view": "board"})
        else:
            run_menu(run)
    live.follow(run)
    if projected():
        st.stop()
    hand_in.run(run)
    said = verdict_words.said(run, run.state, resources.history(run))
    st.markdown(f"*{verdict_words.question(said)}*")
else:
    st.title(_("A new training"), anchor=False)
    if config and plan and plan.layers:
        predict.form(config)
    st.markdown(_("Choose images and a network in the sidebar, then press Train. This network will be trained:"))
phone.bar(plan is not None)  # below the curves, which a phone shows first
if config and plan:
    if run and plan.layers:
        predict.form(config)
    preview.show(config, plan, folded=run is not None)
