"""The pictures of a collection by class and person: hide, reject, show again, undo."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.classwork import giving
from core.classwork.collecting import Collection
from core.classwork.giving import Picture, State
from core.people.classroom import Classroom
from dashboard import choices
from dashboard.actions import attempt
from dashboard.classroom.giving import thumbnail
from dashboard.live import collecting as live
from dashboard.people.asking import nicknames
from dashboard.widgets.pick import pick
from dashboard.words import _, in_markdown, plural

SHOWN = 60  # newest pictures
SIDE = 84  # pixels on the screen
EVERYBODY, EVERY_CLASS = "", -1


def show(room: Classroom, collection: Collection) -> None:
    every = [one for one in giving.every(collection) if one.state != "taken"]
    if not every:
        st.info(_("No picture yet. Show the class how to give some, under Counters."), icon=":material/photo_library:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _chosen(collection, every)
        state = _state(every)
        _press_means(state)
    _undo_bar(room)
    shown = [one for one in chosen if one.state == state]
    _wall(room, collection, shown)
    person = st.session_state.get("moderate_person", EVERYBODY)
    if shown and person and state == "shown":
        _take_out_button(room, nicknames().get(person, "–"), shown)


def _take_out_button(room: Classroom, name: str, pictures: Sequence[Picture]) -> None:
    """It names whose pictures it takes, and takes those, also where another person has just been chosen."""
    st.button(
        _("Take all of {name} out", name=in_markdown(name)),
        key="moderate_all",
        icon=":material/person_remove:",
        on_click=_moderate,
        args=(room, pictures, "rejected"),
        help=_("Those that are listed here: rejects them all; it can be undone."),
    )


def _chosen(collection: Collection, every: Sequence[Picture]) -> list[Picture]:
    """Those of the class and the person that are chosen."""
    classes = {EVERY_CLASS: _("All classes"), **collection.classes}
    label = st.selectbox(
        _("Class"), list(classes), key="moderate_class", width=200, format_func=classes.__getitem__, help=_("Of these.")
    )
    known = nicknames()
    givers = sorted({one.giver for one in every}, key=lambda giver: known.get(giver, "–").casefold())
    names = {EVERYBODY: _("Everybody"), **{giver: known.get(giver, "–") for giver in givers}}
    person = st.selectbox(
        _("Person"), list(names), key="moderate_person", width=200, format_func=names.__getitem__, help=_("Of these.")
    )
    return [one for one in every if label in (EVERY_CLASS, one.label) and person in (EVERYBODY, one.giver)]


def _state(every: Sequence[Picture]) -> State:
    words: dict[State, str] = {"shown": _("Shown"), "hidden": _("Hidden"), "rejected": _("Rejected")}
    counts = {state: sum(one.state == state for one in every) for state in words}
    named = {state: f"{word} · {counts[state]}" for state, word in words.items()}
    return st.segmented_control(
        _("State"),
        list(words),
        default="shown",
        required=True,
        key="moderate_state",
        format_func=named.__getitem__,
        help=_(
            "Hidden: out of sight and of the dataset until you show it again. Rejected: its giver is told, and may "
            "give another."
        ),
    )


def _press_means(state: State) -> None:
    """What a press on a picture does; of one that is not shown, it shows it again."""
    words = {"hidden": _("hides it"), "rejected": _("rejects it")}
    if state == "shown":
        st.segmented_control(
            _("A press on a picture"),
            list(words),
            default="hidden",
            required=True,
            key="moderate_press",
            format_func=words.__getitem__,
        )
    else:
        st.caption(_("A press on a picture shows it again."))


def _wall(room: Classroom, collection: Collection, chosen: Sequence[Picture]) -> None:
    newest = list(reversed(chosen[-SHOWN:]))
    known = nicknames()
    shown: list[tuple[Picture, np.ndarray]] = []
    for one in newest:
        image = thumbnail(one)
        if image is not None:
            shown.append((one, image))
    if not shown:
        st.caption(_("None of these."))
        return
    if len(chosen) > SHOWN:
        st.caption(plural(len(chosen), "The newest of {n}.", "The newest of {n}."))
    captions = [f"{collection.classes.get(one.label, '–')} · {known.get(one.giver, '–')}" for one, _image in shown]
    wall = f"{shown[0][0].id} {len(chosen)} {choices.counted('moderated')}"
    pressed = pick([image for _one, image in shown], captions, wall, "moderate", SIDE)
    if pressed is not None:
        one = shown[pressed][0]
        to: State = st.session_state["moderate_press"] if one.state == "shown" else "shown"
        _moderate(room, [one], to)
        st.rerun()


def _moderate(room: Classroom, pictures: Sequence[Picture], state: State) -> None:
    before = [(one, one.state) for one in pictures]
    if attempt(lambda: giving.moderate(pictures, state)):
        st.session_state["_moderated"] = before
    choices.count("moderated")
    live.forget(room)


def _undo_bar(room: Classroom) -> None:
    """What was changed last, and a button that takes it back."""
    before = st.session_state.get("_moderated")
    if not before:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plural(len(before), "{n} picture was changed.", "{n} pictures were changed."))
        st.button(_("Undo"), key="undo_moderate", icon=":material/undo:", on_click=_undo, args=(room,))


def _undo(room: Classroom) -> None:
    for one, state in st.session_state.pop("_moderated"):
        attempt(lambda one=one, state=state: giving.moderate([one], state))  # type: ignore[misc]
    choices.count("moderated")
    live.forget(room)
