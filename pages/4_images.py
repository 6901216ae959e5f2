"""What the network gets to see: how many images of each class, and the images themselves."""

import streamlit as st

from core import data, registry
from core.config import SETTINGS
from dashboard import charts, gallery, resources
from dashboard.plot import plot
from dashboard.words import _, number, say

TITLE = "Images"
ICON = ":material/image:"

known = registry.datasets()
with st.sidebar:
    name = st.selectbox(
        _(SETTINGS["dataset"].title),
        list(known),
        key="images_dataset",
        help=_(SETTINGS["dataset"].help),
        format_func=lambda one: _(known[one].title),
    )
    split = gallery.split_control()
dataset = known[name]

st.title(_(dataset.title), anchor=False)
st.markdown(_(dataset.about))
if not data.available(name):
    gallery.download_offer(name)
    st.stop()
problem = resources.problem(name)
if problem:
    st.error(say(problem), icon=":material/broken_image:")
    st.stop()

counts = gallery.counts(name)
total = sum(sum(values) for values in counts.values())
plot(
    charts.class_bars(
        [_(one) for one in dataset.classes],
        counts,
        _("{n} images in {classes} classes", n=number(total), classes=len(dataset.classes)),
        _,
    ),
    key="class-bars",
)
st.caption(_("Each bar: how many images of a class a split has. Equal bars: always guessing one class gains nothing."))
gallery.wall(name, split)
if dataset.licence:
    st.caption(_(dataset.licence))
st.markdown("*" + _("Which two classes would you mix up yourself?") + "*")
