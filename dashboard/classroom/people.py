"""Everybody of a class: what they have made, a code for another browser, and taking somebody out."""

from collections import Counter

import streamlit as st

from core.classwork import clock
from core.people.classroom import PASSCODE_LETTERS, Classroom
from core.people.person import Person
from core.runs.run import ACTIVE, Run
from dashboard import resources
from dashboard.actions import attempt, stop
from dashboard.words import _, in_markdown, plural

EXTRA_MINUTES = 5


def show(room: Classroom) -> None:
    _undo_bar(room)
    pupils = [person for person in room.people() if not person.teacher]
    if not pupils:
        st.info(_("Nobody has joined yet. Show the class how, under Join."), icon=":material/group_add:")
        return
    made, at_work = _runs_of_each()
    for person in pupils:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f"**{in_markdown(person.name)}**", width=260)
            st.caption(plural(made[person.id], "{n} run", "{n} runs"), width=120)
            st.space("stretch")
            _menu(room, person, at_work[person.id])
    with st.container(horizontal=True):
        _limits(room)
    _passcode(room)


def _limits(room: Classroom) -> None:
    st.number_input(
        _("Runs of one person that may wait"),
        1,
        500,
        room.waiting_each,
        key="waiting_each",
        width=280,
        on_change=_set_limit,
        args=(room, "waiting_each"),
        help=_("People take turns, whoever queues most; this keeps the list and the disk from filling up."),
    )
    st.number_input(
        _("GB that the runs of one person may keep"),
        0.1,
        1000.0,
        room.disk_each,
        0.5,
        key="disk_each",
        width=280,
        on_change=_set_limit,
        args=(room, "disk_each"),
        help=_("Whoever has more deletes some before the next training."),
    )


def _passcode(room: Classroom) -> None:
    with st.expander(_("The teacher’s passcode"), icon=":material/key:", key="passcode"):
        st.text_input(
            _("New passcode"),
            key="new_passcode",
            type="password",
            width=320,
            help=_("{n} letters or digits at least. Browsers in which you teach already go on.", n=PASSCODE_LETTERS),
        )
        st.button(
            _("Change the passcode"), key="set_passcode", icon=":material/check:", on_click=_set_passcode, args=(room,)
        )


def _set_passcode(room: Classroom) -> None:
    if attempt(lambda: room.set_passcode(st.session_state["new_passcode"])):
        st.session_state["new_passcode"] = ""
        st.toast(_("The next browser needs the new one."), icon=":material/check:")


def _menu(room: Classroom, person: Person, at_work: int) -> None:
    code = st.session_state.get("_code_for", {}).get(person.id)
    if code:
        st.markdown(f"**{code[:4]} {code[4:]}**")
    st.button(
        _("Code for another browser"),
        key=f"code_{person.id}",
        icon=":material/devices:",
        on_click=_give_code,
        args=(room, person),
        help=_("For somebody whose device is lost or changed: they type it under “Carry on” where they join."),
    )
    if clock.ends_at(room) is not None:
        more = clock.extra(room, person.id)
        st.button(
            _("+ 5 minutes"),
            key=f"extra_{person.id}",
            icon=":material/more_time:",
            on_click=_give_time,
            args=(room, person),
            help=plural(int(more), "For this person alone; {n} so far.", "For this person alone; {n} so far."),
        )
    if at_work:
        st.button(
            _("Stop"),
            key=f"stop_{person.id}",
            icon=":material/stop:",
            on_click=_stop,
            args=(person,),
            help=_("Stops what they train, and takes what waits out of the queue. They can resume it."),
        )
    st.button(
        _("Take out"),
        key=f"out_{person.id}",
        icon=":material/person_remove:",
        on_click=_take_out,
        args=(room, person),
        help=_("Their browser is asked to join again; what they made stays."),
    )


def _give_code(room: Classroom, person: Person) -> None:
    codes = st.session_state.setdefault("_code_for", {})
    attempt(lambda: codes.update({person.id: room.code_for(person)}))


def _take_out(room: Classroom, person: Person) -> None:
    facts = room.facts_of(person)
    if attempt(lambda: room.remove(person)):
        st.session_state["_taken_out"] = (person, facts)


def _undo_bar(room: Classroom) -> None:
    """Who was taken out last, and a button that brings them back."""
    if "_taken_out" not in st.session_state:
        return
    person, _facts = st.session_state["_taken_out"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("{name} is not in the class any more.", name=in_markdown(person.name)))
        st.button(_("Undo"), key="undo_out", icon=":material/undo:", on_click=_put_back, args=(room,))


def _put_back(room: Classroom) -> None:
    person, facts = st.session_state.pop("_taken_out")
    attempt(lambda: room.put_back(person, facts))


def _set_limit(room: Classroom, name: str) -> None:
    attempt(lambda: room.change(**{name: st.session_state[name]}))


def _give_time(room: Classroom, person: Person) -> None:
    attempt(lambda: clock.add_for(room, person, EXTRA_MINUTES))


def _stop(person: Person) -> None:
    for row in resources.rows().values():
        if row.owner == person.id and row.state in ACTIVE:
            stop(Run(resources.store().folder / row.id))


def _runs_of_each() -> tuple[Counter[str], Counter[str]]:
    """Owner -> how many runs, and how many of these wait or train."""
    rows = resources.rows().values()
    return Counter(row.owner for row in rows), Counter(row.owner for row in rows if row.state in ACTIVE)
