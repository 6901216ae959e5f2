"""The lessons by topic, and one of them on one screen: a question, a training, the answer."""

import streamlit as st

from core.errors import SettingError
from core.lessons.lesson import lessons
from core.plugins import pick
from dashboard import choices
from dashboard.lessons import listing, screen, trained
from dashboard.report import hand_in
from dashboard.words import _, say

TITLE = "Lessons"
ICON = ":material/school:"
KEPT = ("lesson", "step", "race", "present", "recording")  # of the address: a link opens the lesson as it is in view

wanted, lesson = st.query_params.get("lesson", ""), None
if wanted:
    try:
        lesson = pick("lesson", wanted, lessons())
    except SettingError as error:
        st.warning(say(error), icon=":material/link:")
if lesson:
    choices.tell([*choices.unknown("step", screen.STEPS), *trained.faults()])
    choices.keep_frame(**{name: value for name in KEPT if (value := st.query_params.get(name))})
    answered = screen.show(lesson)
    if answered and not answered.recording:
        said = screen.sentences(lesson, answered)
        hand_in.lesson(lesson.name, _(lesson.title), said, answered.by_letter, answered.race)
else:
    choices.keep_frame()
    st.title(_("Lessons"), anchor=False)
    st.markdown(
        _(
            "Each asks a question, trains networks on this computer, and answers with what was seen. Say what you "
            "expect before you watch."
        )
    )
    listing.listing()
