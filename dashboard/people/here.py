"""Oneself in the top bar: the nickname, carrying on in another browser, leaving."""

from collections.abc import Sequence

import streamlit as st

from core.classwork import handed_in
from core.classwork.handed_in import HandedIn
from core.people import acting, classroom
from core.people.classroom import CODE_SECONDS, Classroom
from core.people.person import LONGEST_NICKNAME, Person
from dashboard.actions import attempt
from dashboard.people import signing_in
from dashboard.people.signal import signal
from dashboard.server import joining
from dashboard.words import _, in_markdown

# Below the header, where the French menu needs its whole width; on a phone in it, beside the language. It comes after
# the language and lies over it: that block reaches lower than what one sees of it and would take the press.
BAR = """
.st-key-person_bar { position:fixed; top:3.15rem; right:1rem; width:fit-content!important; z-index:999990 }
.st-key-person_bar button { min-height:2rem; padding-block:.1rem; max-width:12rem }
@media (max-width:640px) {
  .st-key-person_bar { top:.6rem; right:auto; left:4.2rem }
  .st-key-person_bar button { max-width:9rem }
}
"""


def menu() -> None:
    """Nothing where there is no class."""
    signal()
    person, room = acting.acting(), classroom.current()
    if person is None or room is None or not person.id:
        return
    commented = [one for one in handed_in.of(room, person.id) if one.comment]
    _tell(commented)
    with (
        st.container(key="person_bar", width="content"),
        st.popover(in_markdown(person.name), icon=":material/person:", key="person", help=_("You, in this class")),
    ):
        st.html(f"<style>{BAR}</style>")
        st.text_input(
            _("Nickname"),
            person.name,
            key="nickname",
            max_chars=LONGEST_NICKNAME,
            on_change=_rename,
            args=(room, person),
            help=_("What the others call you; what you made stays yours."),
        )
        for one in commented:
            st.info(in_markdown(one.comment), title=in_markdown(one.title), icon=":material/forum:")
        st.button(
            _("Carry on in another browser"),
            key="carry_on",
            icon=":material/devices:",
            on_click=lambda: st.session_state.update(_code=room.code_for(person)),
            help=_("Gives you a code to type there."),
        )
        if code := st.session_state.get("_code"):
            st.markdown(f"## {code[:4]} {code[4:]}")
            minutes = int(CODE_SECONDS / 60)
            st.caption(
                _("Type it under “Carry on” where you join. It works once, for {minutes} minutes.", minutes=minutes)
            )
        if person.teacher or room.programs:
            _token(room, person)
        signing_in.offer(room, person)
        st.link_button(_("Leave the class"), joining.address("leave"), icon=":material/logout:")


def _tell(commented: Sequence[HandedIn]) -> None:
    """Each comment of the teacher's once, in a corner of whichever page is open; it stays in the menu."""
    told = st.session_state.setdefault("_comments_told", set())
    for one in commented:
        if (one.subject, one.comment) not in told:
            told.add((one.subject, one.comment))
            words = _(
                "Your teacher on “{title}”: {comment}", title=in_markdown(one.title), comment=in_markdown(one.comment)
            )
            st.toast(words, icon=":material/forum:", duration="long")


def _token(room: Classroom, person: Person) -> None:
    """For programs, in the words of a shell; shown until the page is loaded anew."""
    st.button(
        _("Token for programs"),
        key="program_token",
        icon=":material/key:",
        on_click=lambda: st.session_state.update(_token=room.token_for(person)),
        help=_("With it your own programs begin, follow and stop your runs over HTTP. Whoever has it acts as you."),
    )
    if token := st.session_state.get("_token"):
        st.code(f"Authorization: Bearer {token}", language=None, wrap_lines=True)


def _rename(room: Classroom, person: Person) -> None:
    attempt(lambda: room.rename(person, st.session_state["nickname"]))


def must_be_of_the_class() -> None:
    """Ends the page of somebody who is not of the class any more, and says how to come back."""
    person = acting.acting()
    if person is not None and not person.id:
        room = classroom.current()
        over = room is not None and not room.room
        st.title(_("The class has ended") if over else _("You are not in this class"), anchor=False)
        if over:
            st.write(_("The class has ended. The next one is started with: {command}", command="fitscope class"))
            st.stop()
        st.write(_("You left it, or were taken out. What you made is on the teacher's machine."))
        st.link_button(_("Join the class"), joining.address("join"), type="primary", icon=":material/login:")
        st.stop()
