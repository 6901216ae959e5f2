"""All trainings: their curves, states and figures; tick two or more to lay their curves over each other."""

import streamlit as st

from dashboard import resources
from dashboard.actions import undo_bar
from dashboard.carry import along, arriving
from dashboard.navigation import page
from dashboard.runs import compare, filters, room, table
from dashboard.words import _

TITLE = "Runs"
ICON = ":material/list:"

st.title(_("Runs"), anchor=False)
undo_bar()
runs = resources.store().all()
if not runs:
    st.info(_("No run yet. Train a network, and it appears here with its curve."), icon=":material/play_circle:")
    st.page_link(page("train"), label=_("Train"), icon=":material/play_circle:")
    arriving.offer(opened=True)
    st.stop()

left = filters.filtered(runs)
if not left:
    st.info(_("No run is left by this filter; take something out of it."), icon=":material/filter_list_off:")
ticked = table.table(left) if left else []
if len(ticked) == 1:
    table.details(ticked[0])
elif ticked:
    compare.compare([run for run in ticked if not run.damage])
    table.act_on_many(ticked)
    st.markdown("*" + _("Which setting made the difference? The table shows only the settings that differ.") + "*")
if len(ticked) != 1:
    room.offer(runs)
along.offer(ticked, runs)
arriving.offer()
