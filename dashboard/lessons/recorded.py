"""The recording that a lesson brings along: it looks as a training that goes on, and is always called a recording."""

import time

import streamlit as st

from core.lessons import recording as recordings
from core.lessons.lesson import Lesson
from dashboard.lessons import trained
from dashboard.lessons.trained import Trained
from dashboard.live import replay_route
from dashboard.runs import live, race
from dashboard.words import _, language


def offer(lesson: Lesson) -> None:
    """The button that shows it, where the lesson has one."""
    if not (recordings.HOME / f"{lesson.name}.json.gz").exists():
        return
    st.button(
        _("Show the recording"),
        key="lesson_recording",
        icon=":material/smart_display:",
        on_click=trained.show_recording,
        help=_("A real training of these recipes that came with Fitscope: at any speed, without waiting or images."),
    )


def play(lesson: Lesson, shown: Trained) -> None:
    """The recording with its bar; what it is stands above it."""
    say(shown)
    address = replay_route.address(f"lessons/{lesson.name}", language(), st.get_option("server.baseUrlPath"))
    if len(shown.runs) == 1:
        live.replay(shown.runs[0], address)
    else:
        names = dict(zip(shown.by_letter, trained.run_names(lesson), strict=True))
        race.replay(shown.by_letter, names, address)


def say(shown: Trained) -> None:
    """That it was not trained now, and not here: when, on what and with which seed; and the way out of it."""
    found = shown.recording
    if found is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(_("Recording"), icon=":material/smart_display:", color="violet")
        st.caption(
            _(
                "Not trained now: made on {date} on {device} ({machine}), seed {seed}, with Fitscope {release}.",
                date=time.strftime("%Y-%m-%d", time.gmtime(found.made)),
                device=found.device,
                machine=found.machine,
                seed=found.seed,
                release=found.release,
            ),
            width="content",
        )
        st.button(
            _("Put the recording away"),
            key="recording_away",
            type="tertiary",
            icon=":material/close:",
            on_click=trained.put_recording_away,
            help=_("Back to training the lesson on this computer."),
        )
