"""One button trains a network on the spot; three recipes show what underfitting, fitting and overfitting look like."""

import streamlit as st

from core.data.catalogue import dataset
from core.lessons.lesson import lessons
from core.recipe.config import TrainingConfig
from dashboard import choices, resources
from dashboard.actions import start_run
from dashboard.navigation import page
from dashboard.people import bound
from dashboard.runs import live
from dashboard.words import _, in_markdown

TITLE = "Start"
ICON = ":material/home:"
ROW = 3  # lessons side by side

st.title(_("See a network learn"), anchor=False)
st.markdown(
    _(
        "Fitscope trains image classifiers before your eyes: you choose the images and the network, press Train, and "
        "watch whether it learns what matters, learns too little, or learns by heart."
    )
)
learner, teacher, photographer = st.columns(ROW)
with learner, st.container(border=True, height="stretch"):
    st.markdown(f"**{_('To see it happen')}**")
    st.markdown(_("1,797 scans of handwritten digits and a small network: about five seconds on any computer."))
    first = TrainingConfig()
    refused = bound.refusal([first])
    label, locked = _("Train my first network"), bool(refused)
    if st.button(label, key="start", type="primary", icon=":material/play_arrow:", disabled=locked):
        start_run(first)
    bound.explain(refused)
with teacher, st.container(border=True, height="stretch"):
    st.markdown(f"**{_('To show it to a class')}**")
    st.markdown(
        _(
            "A network that learns by heart: a question first, then the training, then the answer. "
            "P fills the projector."
        )
    )
    st.page_link(
        page("lessons"),
        label=_("Open the lesson"),
        icon=":material/co_present:",
        query_params={"lesson": "overfits", **choices.link()},
    )
with photographer, st.container(border=True, height="stretch"):
    st.markdown(f"**{_('With my own photos')}**")
    st.markdown(_("Ten pictures each of two things are enough to begin: from a zip, a phone or the camera."))
    st.page_link(page("your_images"), label=_("Bring my photos"), icon=":material/add_photo_alternate:")

run = resources.chosen_run()
if run:
    st.subheader(in_markdown(run.meta.name), anchor=False)
    live.follow(run)
    st.page_link(
        page("train"),
        label=_("Change something and train again"),
        icon=":material/tune:",
        query_params=choices.link(run.config),
    )
else:
    st.caption(
        _(
            "These are the digits that the network will learn to tell apart. Training shows it each of them some "
            "twenty times; after every round it is scored on digits that were held back from it."
        )
    )
    st.html(resources.sample_strip(dataset("digits")))

st.divider()
st.subheader(_("Three things that can happen"), anchor=False)
three = [lesson for lesson in lessons().values() if lesson.topic == "fit"]
for place, lesson in enumerate(three):
    if place % ROW == 0:
        columns = st.columns(ROW)
    with columns[place % ROW], st.container(border=True, height="stretch"):
        st.markdown(f"**{_(lesson.title)}**")
        st.markdown(_(lesson.about))
        live.last_curve(lesson.recipe)
        st.page_link(
            page("lessons"),
            label=_("Open the lesson"),
            icon=":material/arrow_forward:",
            query_params={"lesson": lesson.name, **choices.link()},
        )
st.page_link(
    page("lessons"),
    label=_("All {n} lessons", n=len(lessons())),
    icon=":material/school:",
    query_params=choices.link(),
)
st.markdown("*" + _("Before you press Train: which curve will rise again first, and why?") + "*")
