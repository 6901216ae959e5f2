"""All lessons by topic: what each shows, how long it takes, what it needs, and whether it was done here."""

import itertools

import streamlit as st

from core.data import cache, catalogue
from core.lessons.lesson import TOPICS, Lesson, lessons
from dashboard import choices
from dashboard.lessons import trained
from dashboard.navigation import page
from dashboard.words import _, as_named, duration, plural, size

ROW = 3  # cards side by side


def listing() -> None:
    """The cards; a phone has them below each other."""
    for topic, group in itertools.groupby(lessons().values(), lambda lesson: lesson.topic):
        st.subheader(_(TOPICS[topic]), anchor=False)
        for place, lesson in enumerate(group):
            if place % ROW == 0:
                columns = st.columns(ROW)
            with columns[place % ROW], st.container(border=True, height="stretch"):
                _card(lesson)


def _card(lesson: Lesson) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_(lesson.title)}**")
        if trained.before(lesson):
            st.badge(_("done"), icon=":material/check:", color="green")
    st.markdown(_(lesson.about))
    st.caption(" · ".join([needed_time(lesson), plural(len(lesson.recipes), "{n} run", "{n} runs"), *_needs(lesson)]))
    st.page_link(
        page("lessons"),
        label=_("Open the lesson"),
        icon=":material/arrow_forward:",
        query_params={"lesson": lesson.name, **choices.link()},
    )


def needed_time(lesson: Lesson) -> str:
    """Of all its trainings."""
    return _("about {time} of training", time=duration(lesson.seconds))


def _needs(lesson: Lesson) -> list[str]:
    """What must be fetched first."""
    absent = to_fetch(lesson)
    if not absent:
        return [_("works offline")]
    return [_("fetches {dataset} first ({size})", dataset=name, size=size(volume)) for name, volume in absent]


def to_fetch(lesson: Lesson) -> list[tuple[str, int]]:
    """(title, bytes) of the datasets that are not on this machine yet."""
    wanted = {recipe.dataset: catalogue.dataset(recipe.dataset) for recipe in lesson.recipes}
    return [
        (as_named(one.name, one.title), sum(file.size for file in one.files))
        for one in wanted.values()
        if not cache.available(one)
    ]
