"""Sending a recipe or a lesson to everybody: it opens at one press on each screen."""

import streamlit as st

from core.errors import SettingError
from core.lessons.lesson import lessons
from core.people.classroom import Classroom
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.sent import Sent, send_lesson, send_recipe, sent, take_back
from dashboard import choices, resources
from dashboard.actions import attempt
from dashboard.navigation import page
from dashboard.words import _, in_markdown

KINDS = ("recipe", "lesson")


def show(room: Classroom) -> None:
    given = sent(room)
    if given:
        _now(room, given)
    words = {"recipe": _("The recipe of the Train page"), "lesson": _("A lesson")}
    kind = st.segmented_control(
        _("What is sent"), list(words), default="recipe", required=True, key="send_kind", format_func=words.__getitem__
    )
    _recipe(room) if kind == "recipe" else _lesson(room)


def _now(room: Classroom, given: Sent) -> None:
    """What everybody was sent last, with a way to take it back."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        locked = _("locked to {levers}", levers=_titles(given.only)) if given.locked else ""
        st.markdown(
            " · ".join([_("Sent: {title}", title=f"**{in_markdown(given.title)}**"), *([locked] if locked else [])])
        )
        st.space("stretch")
        st.button(
            _("Take back"),
            key="take_back",
            icon=":material/undo:",
            on_click=lambda: _attempted(lambda: take_back(room)),
            help=_("Its bar leaves the screens, and all settings are open again."),
        )


def _recipe(room: Classroom) -> None:
    try:
        recipe = choices.last_recipe()
        title = resources.run_name(recipe)
    except SettingError:  # its dataset is gone
        st.info(_("Choose a recipe on the Train page first."), icon=":material/tune:")
        return
    st.markdown(f"**{in_markdown(title)}**")
    st.page_link(
        page("train"), label=_("Change it on the Train page"), icon=":material/tune:", query_params=choices.link(recipe)
    )
    only = st.multiselect(
        _("Settings that stay open"),
        list(SETTINGS),
        ["dropout"],
        key="send_only",
        format_func=lambda name: _(SETTINGS[name].title),
        placeholder=_("All of them"),
        help=_("The form of the pupils shows these alone. None: all of them."),
    )
    st.toggle(
        _("Lock all others"),
        key="send_locked",
        disabled=not only,
        help=_("Nobody trains anything else until you take it back: the server refuses it, whatever a page shows."),
    )
    st.button(
        _("Send to everybody"),
        key="send",
        type="primary",
        icon=":material/send:",
        on_click=lambda: _attempted(lambda: _send(room, recipe, title)),
    )


def _lesson(room: Classroom) -> None:
    known = lessons()
    st.selectbox(
        _("Lesson"),
        list(known),
        key="send_lesson_name",
        format_func=lambda one: _(known[one].title),
        help=_("It opens at its first step on every screen."),
    )
    levers = known[st.session_state["send_lesson_name"]].levers
    st.toggle(
        _("Only the lesson's recipes, and only {levers} moved", levers=_titles(levers)) if levers else _("Locked"),
        key="send_lesson_locked",
        disabled=not levers,
        help=_("Nobody trains anything else until you take it back: the server refuses it, whatever a page shows."),
    )
    st.button(
        _("Send to everybody"),
        key="send",
        type="primary",
        icon=":material/send:",
        on_click=lambda: _attempted(lambda: _send_lesson(room)),
    )


def _send(room: Classroom, recipe: TrainingConfig, title: str) -> None:
    """With the levers that are chosen at the press: the last of them may not have been drawn yet."""
    only = st.session_state["send_only"]
    send_recipe(room, recipe, title, only, bool(only) and st.session_state["send_locked"])


def _send_lesson(room: Classroom) -> None:
    name = st.session_state["send_lesson_name"]
    lesson = lessons()[name]
    locked = bool(lesson.levers) and st.session_state["send_lesson_locked"]
    send_lesson(room, name, _(lesson.title), lesson.recipes, lesson.levers, locked)


def _titles(names: tuple[str, ...]) -> str:
    return ", ".join(_(SETTINGS[name].title) for name in names if name in SETTINGS)


def _attempted(action) -> None:  # type: ignore[no-untyped-def]
    if attempt(action):
        st.toast(_("Done; their screens show it within two seconds."), icon=":material/check:")
