"""Asking the class: a question on every device, the answers on the projector, the right one at a press."""

import html
from collections.abc import Callable

import streamlit as st

from core.classwork import drawn
from core.classwork import question as questions
from core.classwork.question import Draft, Question
from core.errors import DataError, SettingError
from core.lessons.lesson import lessons
from core.people.classroom import Classroom
from dashboard import choices, resources
from dashboard.actions import attempt
from dashboard.classroom import asked
from dashboard.navigation import page
from dashboard.people.answering import in_words
from dashboard.words import _, plural, say

EXAMPLE = "? What does dropout do while the network learns?\n- It deletes images.\n+ It silences some of its units.\n"


def show(room: Classroom) -> None:
    question = questions.asked(room)
    if question is None:
        _choose(room)
        return
    asked.show(room, question)


def _choose(room: Classroom) -> None:
    """Where the next question comes from: a lesson, what the teacher wrote, or the curve of a recipe."""
    words = {"lesson": _("The question of a lesson"), "own": _("My own"), "curve": _("A curve to draw")}
    kind = st.segmented_control(
        _("Question"), list(words), default="lesson", required=True, key="ask_kind", format_func=words.__getitem__
    )
    {"lesson": _of_a_lesson, "own": _own, "curve": _curve}[kind](room)


def _of_a_lesson(room: Classroom) -> None:
    known = [name for name, lesson in lessons().items() if lesson.question]
    titles = {name: _(lessons()[name].title) for name in known}
    name = st.selectbox(
        _("Lesson"), known, key="ask_lesson", format_func=titles.__getitem__, help=_("Each asks before it trains.")
    )
    _preview(_of_lesson(name), name)
    _ask_button(lambda: _ask_lesson(room))


def _of_lesson(name: str) -> Draft:
    lesson = lessons()[name]
    return Draft(lesson.question, lesson.choices, lesson.right)


def _ask_lesson(room: Classroom) -> None:
    name = st.session_state["ask_lesson"]
    questions.ask(room, _of_lesson(name), name)


def _own(room: Classroom) -> None:
    given = st.file_uploader(
        _("A quiz from a text file"),
        ["txt", "md"],
        key="quiz_file",
        help=_("The same lines as below, as many questions as you like; they are asked one by one."),
    )
    if given is None:
        st.text_area(
            _("Question and choices"),
            key="quiz_text",
            placeholder=EXAMPLE,
            height=150,
            help=_("A line with ? and the question, lines with - for wrong and + for right choices."),
        )

    def ask() -> None:
        questions.ask(room, _chosen(questions.quiz(_written())))

    if not _written().strip():
        st.caption(_("Write a question above, or choose a file."))
        _ask_button(ask)  # one that is typed last is asked at once
        return
    try:
        drafts = questions.quiz(_written())
    except DataError as error:
        st.warning(say(error), icon=":material/edit_note:")
        return
    if len(drafts) > 1:
        following = min(st.session_state.get("_quiz_next", 1), len(drafts))
        help = _("The questions of a quiz are asked in any order.")
        st.number_input(_("Question number"), 1, len(drafts), following, key="quiz_number", width=160, help=help)
    _preview(_chosen(drafts))
    _ask_button(ask)


def _written() -> str:
    """What stands in the file or the field now: at a press the last words may not have been drawn yet."""
    given = st.session_state.get("quiz_file")
    return questions.written(given.getvalue()) if given else st.session_state.get("quiz_text", "")


def _chosen(drafts: list[Draft]) -> Draft:
    place = min(st.session_state.get("quiz_number", 1), len(drafts)) - 1 if len(drafts) > 1 else 0
    st.session_state["_quiz_place"] = place
    return drafts[place]


def _curve(room: Classroom) -> None:
    """The validation accuracy of the recipe that the Train page has."""
    try:
        recipe = choices.last_recipe()
        title = resources.run_name(recipe)
    except SettingError:  # its dataset is gone
        st.info(_("Choose a recipe on the Train page first."), icon=":material/tune:")
        return
    text, _none = in_words(Question(0, title, (), epochs=recipe.epochs))
    st.html(asked.heading(text))
    st.caption(
        plural(
            recipe.epochs,
            "Everybody draws it over {n} epoch; then it is trained before their eyes.",
            "Everybody draws it over {n} epochs; then it is trained before their eyes.",
        )
    )
    st.page_link(
        page("train"), label=_("Change it on the Train page"), icon=":material/tune:", query_params=choices.link(recipe)
    )
    _ask_button(lambda: drawn.ask(room, recipe, title))


def _preview(draft: Draft, lesson: str = "") -> None:
    text, choices = in_words(Question(0, draft.text, draft.choices, lesson=lesson))
    st.html(asked.heading(text, "".join(f"<li><span>{html.escape(choice)}</span></li>" for choice in choices)))


def _ask_button(ask: Callable[[], object]) -> None:
    st.button(
        _("Ask everybody"),
        key="ask",
        type="primary",
        icon=":material/campaign:",
        on_click=_attempted,
        args=(ask,),
        help=_("It appears on every screen within two seconds."),
    )


def _attempted(ask: Callable[[], object]) -> None:
    attempt(ask)
