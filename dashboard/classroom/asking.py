"""Asking the class: a question on every device, the answers on the projector, the right one at a press."""

import html

import streamlit as st

from core.classwork import question as questions
from core.classwork.question import Draft, Question
from core.errors import DataError
from core.lessons.lesson import lessons
from core.people.classroom import Classroom
from dashboard.actions import attempt
from dashboard.charts.parts import VALIDATION
from dashboard.navigation import page
from dashboard.people.answering import in_words
from dashboard.words import _, language, number, percent, plural, say

LOOK_SECONDS = 1.0
EXAMPLE = "? What does dropout do while the network learns?\n- It deletes images.\n+ It silences some of its units.\n"
STYLE = f"""
<style>
.asked h2 {{ font-size:2rem; line-height:1.25; margin:.4rem 0 1rem }}
.asked ol {{ list-style:none; margin:0; padding:0 }}
.asked li {{ display:grid; grid-template-columns:minmax(12rem, 2fr) 3fr 7rem; gap:1rem; align-items:center;
  margin:.5rem 0!important; font-size:1.35rem }}
.asked .bar {{ height:1.5rem; border-radius:.3rem; background:{VALIDATION} }}
.asked .right {{ font-weight:700 }} .asked .right .bar {{ background:#2E9E6B }}
.asked .n {{ font-variant-numeric:tabular-nums }}
@media (max-width:640px) {{ .asked li {{ grid-template-columns:1fr 4rem }} .asked .track {{ grid-column:1 / -1 }} }}
</style>
"""


def show(room: Classroom) -> None:
    question = questions.asked(room)
    if question is None:
        _choose(room)
        return
    _in_view(room, question)
    _buttons(room, question)


def _choose(room: Classroom) -> None:
    """Where the next question comes from: a lesson, or what the teacher wrote."""
    words = {"lesson": _("The question of a lesson"), "own": _("My own")}
    kind = st.segmented_control(
        _("Question"), list(words), default="lesson", required=True, key="ask_kind", format_func=words.__getitem__
    )
    if kind == "lesson":
        _of_a_lesson(room)
    else:
        _own(room)


def _of_a_lesson(room: Classroom) -> None:
    known = {name: lesson for name, lesson in lessons().items() if lesson.question}
    titles = {name: _(lesson.title) for name, lesson in known.items()}
    name = st.selectbox(
        _("Lesson"),
        list(known),
        key="ask_lesson",
        format_func=titles.__getitem__,
        help=_("Each asks before it trains."),
    )
    lesson = known[name]
    draft = Draft(lesson.question, lesson.choices, lesson.right)
    _preview(draft, lesson.name)
    _ask_button(room, draft, lesson.name)


def _own(room: Classroom) -> None:
    given = st.file_uploader(
        _("A quiz from a text file"),
        ["txt", "md"],
        key="quiz_file",
        help=_("The same lines as below, as many questions as you like; they are asked one by one."),
    )
    text = given.getvalue().decode("utf-8", "replace") if given else None
    if text is None:
        text = st.text_area(
            _("Question and choices"),
            key="quiz_text",
            placeholder=EXAMPLE,
            height=150,
            help=_("A line with ? and the question, lines with - for wrong and + for right choices."),
        )
    if not text.strip():
        return
    try:
        drafts = questions.quiz(text)
    except DataError as error:
        st.warning(say(error), icon=":material/edit_note:")
        return
    place = 0
    if len(drafts) > 1:
        following = min(st.session_state.get("_quiz_next", 1), len(drafts))
        help = _("The questions of a quiz are asked in any order.")
        place = (
            st.number_input(_("Question number"), 1, len(drafts), following, key="quiz_number", width=160, help=help)
            - 1
        )
    st.session_state["_quiz_place"] = place
    _preview(drafts[place])
    _ask_button(room, drafts[place])


def _preview(draft: Draft, lesson: str = "") -> None:
    text, choices = in_words(Question(0, draft.text, draft.choices, lesson=lesson))
    lines = "".join(f"<li><span>{html.escape(choice)}</span></li>" for choice in choices)
    st.html(f"{STYLE}<div class=asked><h2>{html.escape(text)}</h2><ol>{lines}</ol></div>")


def _ask_button(room: Classroom, draft: Draft, lesson: str = "") -> None:
    st.button(
        _("Ask everybody"),
        key="ask",
        type="primary",
        icon=":material/campaign:",
        on_click=lambda: _attempted(lambda: questions.ask(room, draft, lesson)),
        help=_("It appears on every screen within two seconds."),
    )


@st.fragment(run_every=LOOK_SECONDS)
def _in_view(room: Classroom, question: Question) -> None:
    """The question as large as a projector wants it; how many have answered, and what, once it is closed."""
    given = questions.answers(room, question)
    pupils = sum(not person.teacher for person in room.people())
    text, choices = in_words(question)
    counts = questions.tally(question, given)
    rows = []
    for place, choice in enumerate(choices):
        bar = count = mark = ""
        if question.state != "open":
            share = counts[place] / max(1, len(given))
            bar = f'<div class=bar style="width:{100 * share:.1f}%"></div>'
            count = f"{number(counts[place])} · {percent(share, 0)}"
        if question.state == "revealed" and place == question.right:
            mark = "✓ "
        css = ' class="right"' if mark else ""
        rows.append(
            f"<li{css}><span>{mark}{html.escape(choice)}</span>"
            f"<span class=track>{bar}</span><span class=n>{count}</span></li>"
        )
    st.html(f"{STYLE}<div class=asked><h2>{html.escape(text)}</h2><ol>{''.join(rows)}</ol></div>")
    st.markdown(
        f"**{plural(len(given), '{n} of {all} has answered', '{n} of {all} have answered', all=number(pupils))}**"
    )
    if question.state == "revealed" and question.right is not None and given:
        right = counts[question.right]
        st.markdown(plural(right, "{n} was right, of {all}.", "{n} were right, of {all}.", all=number(len(given))))


def _buttons(room: Classroom, question: Question) -> None:
    with st.container(horizontal=True):
        if question.state == "open":
            _turn(room, "closed", _("Close and show the answers"), "bar_chart", primary=True)
        if question.state == "closed":
            if question.right is not None:
                _turn(room, "revealed", _("Reveal"), "lightbulb", primary=True)
            _turn(room, "open", _("Open again"), "undo")
        st.button(
            _("Next question"),
            key="ask_end",
            icon=":material/skip_next:",
            on_click=lambda: _attempted(lambda: questions.end(room), forward=not question.lesson),
            help=_("Takes this one from all screens."),
        )
    if question.lesson and question.state != "open":
        st.page_link(
            page("lessons"),
            label=_("Let the lesson answer"),
            icon=":material/play_arrow:",
            query_params={"lesson": question.lesson, "lang": language()},
        )


def _turn(room: Classroom, state: questions.State, label: str, icon: str, primary: bool = False) -> None:
    st.button(
        label,
        key=f"ask_{state}",
        type="primary" if primary else "secondary",
        icon=f":material/{icon}:",
        on_click=lambda: _attempted(lambda: questions.turn(room, state)),
    )


def _attempted(action, forward: bool = False) -> None:  # type: ignore[no-untyped-def]
    if attempt(action) and forward:
        st.session_state["_quiz_next"] = st.session_state.get("_quiz_place", 0) + 2
