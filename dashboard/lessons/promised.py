"""What a lesson promised, with the numbers of the runs in view: kept, or not this time."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import FitscopeError
from core.lessons.lesson import Lesson, lessons
from core.lessons.promise import Answer
from core.runs.run import EVALUATION, Run
from dashboard import resources
from dashboard.lessons.trained import Trained
from dashboard.live.verdict_words import word
from dashboard.words import _, number, percent, say


def show(lesson: Lesson, shown: Trained) -> None:
    """A line for each promise."""
    try:
        answers = (
            list(shown.recording.answers)
            if shown.recording
            else _asked(lesson.name, tuple((str(run.folder), _changed(run)) for run in shown.runs))
        )
    except FitscopeError as error:  # a run that was stopped before it was tested, a dataset that is gone
        st.caption(say(error))
        return
    lines = [f"{':material/check:' if one.kept else ':material/close:'} {_in_words(one)}" for one in answers]
    st.markdown("\n\n".join(lines))
    if not all(one.kept for one in answers):
        st.caption(
            _("Not everything came as this lesson expects: a training that was stopped, or luck. Train it once more.")
        )


@st.cache_data(max_entries=50, show_spinner=False)
def _asked(name: str, written: tuple[tuple[str, int], ...]) -> list[Answer]:
    runs = [Run(Path(folder)) for folder, _changed in written]
    return [promise.ask(runs) for promise in lessons()[name].promised]


def _changed(run: Run) -> int:
    """When its answers were written: a run that was stopped and went on has others."""
    return (run.folder / EVALUATION).stat().st_mtime_ns if resources.was_tested(run) else 0


def _in_words(answer: Answer) -> str:
    return _(answer.template, **{name: _value(name, value) for name, value in answer.values.items()})


def _value(name: str, value: Any) -> str:
    if name == "finding":
        return word(value) if value else _("too early to say")
    if name.endswith("loss"):
        return number(value, 3)
    if isinstance(value, float):
        return percent(value)
    return number(value) if isinstance(value, int) else str(value)
