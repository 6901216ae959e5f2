"""Giving pictures to what the class collects, made for a phone: a class, a camera, files or a pen; what one gave."""

import functools
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.classwork import collecting, giving
from core.classwork.collecting import Collection
from core.classwork.giving import Picture
from core.data.reading.decode import ENDINGS, Refused, open_picture
from core.errors import FitscopeError
from core.people.classroom import Classroom
from core.pictures.preprocessing import fit_picture
from dashboard import choices
from dashboard.actions import attempt
from dashboard.classroom import counters
from dashboard.live import collecting as live
from dashboard.widgets import pad
from dashboard.widgets.burst import Taken, burst
from dashboard.widgets.pick import pick
from dashboard.words import _, in_markdown, plural, say

PER_SECOND = 4  # pictures of a burst: thirty phones send a hundred
THUMBNAIL = 72  # pixels a side
SHOWN = 12  # newest pictures of one's own
MB_OF_A_FILE = 20
REASONS = 3  # that are told at once


@st.fragment
def show(room: Classroom) -> None:
    """Drawn anew by itself: what is pressed here runs no more than this."""
    collection = collecting.current(room)
    if collection is None:
        st.title(_("Collect"), anchor=False)
        st.info(_("Nothing is collected now. When your teacher begins, it appears here."), icon=":material/hourglass:")
        counters.tiles(room, -1, "counters_none")
        return
    st.title(in_markdown(collection.title), anchor=False)
    if not collection.open:
        st.info(_("The collection is closed. Thank you for your pictures."), icon=":material/lock:")
    label = _class_in_hand(room, collection)
    if collection.open:
        _tool(room, collection, label)
    _gave()
    _mine(collection)


def _class_in_hand(room: Classroom, collection: Collection) -> int:
    """The class that is pressed; the first before."""
    memory = f"_give_to_{collection.folder.name}"
    chosen = st.session_state.get(memory, next(iter(collection.classes)))
    pressed = counters.tiles(room, chosen, "counters")
    if pressed in collection.classes and pressed != chosen:
        st.session_state[memory] = chosen = pressed
    return chosen if chosen in collection.classes else next(iter(collection.classes))


def _tool(room: Classroom, collection: Collection, label: int) -> None:
    words = {"camera": _("Camera"), "files": _("Files"), "drawing": _("Draw")}
    way = collection.ways[0]
    if len(collection.ways) > 1:
        way = st.segmented_control(
            _("How"),
            list(collection.ways),
            default=way,
            required=True,
            key="give_way",
            format_func=words.__getitem__,
            label_visibility="collapsed",
        )
    name = collection.classes[label]
    st.markdown(_("Now: {name}", name=f"**{in_markdown(name)}**"), help=_("Press another class above to change it."))
    if way == "camera":
        burst("give_burst", str(label), lambda taken: _give_taken(room, collection, taken), PER_SECOND)
    elif way == "files":
        key = f"give_files_{choices.counted('give_files')}"
        st.file_uploader(
            _("Pictures of {name}", name=in_markdown(name)),
            list(ENDINGS),
            accept_multiple_files=True,
            key=key,
            max_upload_size=MB_OF_A_FILE,
            on_change=_give_files,
            args=(room, collection, label, key),
            help=_("Several at once; on a phone also straight from its camera."),
        )
    else:
        _draw(room, collection, label)


def _draw(room: Classroom, collection: Collection, label: int) -> None:
    colour = "#000000"
    if collection.channels == 3:
        colour = st.color_picker(_("Pen"), colour, key="give_pen", help=_("The colour of the pen."))
    memory = "_give_sheet"
    drawn = pad.sheet(f"give_sheet_{choices.counted('give_sheet')}", False, colour, memory)
    if st.button(_("Give it"), key="give_drawn", type="primary", icon=":material/add:", disabled=drawn is None):
        _give(room, collection, label, [drawn] if drawn else [], "drawing", f"drawing {time.time_ns()}")
        st.session_state.pop(memory, None)
        choices.count("give_sheet")
        st.rerun()


def _give_taken(room: Classroom, collection: Collection, taken: list[Taken]) -> None:
    """What each press of the button took, to the class that it was pressed for."""
    for of, press in dict.fromkeys((one.of, one.press) for one in taken):
        contents = [one.jpeg for one in taken if (one.of, one.press) == (of, press)]
        _give(room, collection, int(of) if of.isdecimal() else -1, contents, "camera", press)


def _give_files(room: Classroom, collection: Collection, label: int, key: str) -> None:
    """All that were chosen at once are one burst, as the photos of one walk round a thing are."""
    contents = [file.getvalue() for file in st.session_state[key]]
    if contents:
        _give(room, collection, label, contents, "files", f"files {time.time_ns()}")
        choices.count("give_files")


def _give(room: Classroom, collection: Collection, label: int, contents: Sequence[bytes], way: str, of: str) -> None:
    def work() -> None:
        given = giving.give(room, collection, label, contents, way, of)
        st.session_state["_gave"] = (collection.classes.get(label, "–"), given)
        live.forget(room)

    attempt(work)


def _gave() -> None:
    """What became of the last pictures that were given here."""
    if "_gave" not in st.session_state:
        return
    name, given = st.session_state["_gave"]
    if given.kept:
        words = plural(given.kept, "{n} picture came in for {name}.", "{n} pictures came in for {name}.", name=name)
        st.caption(f":material/check: {in_markdown(words)}")
    if given.same:
        st.caption(plural(given.same, "{n} was there already.", "{n} were there already."))
    reasons = Counter(_reason(error) for _place, error in given.refused)
    for reason, n in reasons.most_common(REASONS):
        st.warning(f"{n}× {reason}" if n > 1 else reason, icon=":material/block:")


def _reason(error: FitscopeError) -> str:
    return _("Left out: {reason}", reason=say(error)) if isinstance(error, Refused) else say(error)


def _mine(collection: Collection) -> None:
    """What I gave, each of which I can take back; of what was rejected that it was."""
    every = giving.mine(collection)
    mine = [one for one in every if one.state == "shown"]
    taken = [one for one in every if one.state == "taken"]
    rejected = sum(one.state == "rejected" for one in every)
    st.subheader(plural(len(mine), "{n} picture of mine", "{n} pictures of mine"), anchor=False)
    if rejected:
        words = ("Your teacher rejected {n} of them. Give another.", "Your teacher rejected {n} of them. Give others.")
        st.caption(plural(rejected, *words))
    if mine:
        _wall(collection, mine)
    with st.container(horizontal=True):
        if mine:
            last = [one for one in mine if one.burst == mine[-1].burst]
            st.button(
                plural(len(last), "Take the last one back", "Take the last {n} back"),
                key="take_last",
                icon=":material/backspace:",
                on_click=_take_back,
                args=(last,),
                help=_("All that were taken in one go."),
            )
        if taken:
            st.button(
                plural(len(taken), "Put {n} picture back", "Put {n} pictures back"),
                key="give_again",
                icon=":material/undo:",
                on_click=_put_back,
                args=(collection,),
            )


def _wall(collection: Collection, mine: list[Picture]) -> None:
    all_of_them = len(mine) > SHOWN and st.toggle(
        plural(len(mine), "Show the {n} picture", "Show all {n} pictures"), key="show_all_mine"
    )
    newest = list(reversed(mine if all_of_them else mine[-SHOWN:]))
    shown = [(one, image) for one in newest if (image := thumbnail(one)) is not None]
    if not shown:
        return
    captions = [collection.classes.get(one.label, "–") for one, _image in shown]
    wall = f"{shown[0][0].id} {len(mine)} {choices.counted('taken_back')}"
    pressed = pick([image for _one, image in shown], captions, wall, "mine", THUMBNAIL)
    st.caption(_("Press a picture to take it back."))
    if pressed is not None:
        _take_back([shown[pressed][0]])
        st.rerun()


def _take_back(pictures: Sequence[Picture]) -> None:
    st.session_state.pop("_gave", None)
    attempt(lambda: giving.take_back(pictures))
    choices.count("taken_back")


def _put_back(collection: Collection) -> None:
    st.session_state.pop("_gave", None)
    attempt(lambda: giving.put_back(collection))
    choices.count("taken_back")


def thumbnail(picture: Picture) -> np.ndarray | None:
    """(72, 72, 3) uint8 of what whoever asks may see; None where it is gone or theirs no more."""
    try:
        return _small(picture.id, giving.content(picture))
    except (FitscopeError, Refused):
        return None


@functools.lru_cache(1000)
def _small(_id: str, content: bytes) -> np.ndarray:
    return fit_picture(open_picture(content, at_least=THUMBNAIL), THUMBNAIL, 3, "pad")
