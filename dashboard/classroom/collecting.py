"""Collecting together, for the teacher: begin, show how to give, watch it grow, look after it, make the dataset."""

from collections.abc import Callable

import streamlit as st

from core.classwork import collecting, giving
from core.classwork.collecting import MB_EACH, MOST_EACH, WAYS, Collection
from core.data.imported import LONGEST_NAME
from core.people.classroom import Classroom
from core.recipe.sent import send_page
from dashboard.actions import attempt
from dashboard.classroom import counters, making, moderating, poster
from dashboard.live import collecting as live
from dashboard.navigation import page
from dashboard.server import joining
from dashboard.words import _, in_markdown, language

SIZES = (32, 48, 64, 96, 128)


def show(room: Classroom) -> None:
    collection = collecting.current(room)
    if collection is None:
        _undo_bar(room)
        _begin(room)
        return
    _head(room, collection)
    words = {"count": _("Counters"), "pictures": _("Pictures"), "dataset": _("Dataset"), "set": _("Settings")}
    view = st.segmented_control(
        _("Show"),
        list(words),
        default="count",
        required=True,
        key="collect_view",
        format_func=words.__getitem__,
        label_visibility="collapsed",
    )
    match view:
        case "count":
            _counters(room)
        case "pictures":
            moderating.show(room, collection)
        case "dataset":
            making.show(room, collection)
        case "set":
            _settings(room, collection)


def _begin(room: Classroom) -> None:
    st.write(_("The class photographs or draws a dataset together, each on their own device, and trains on it."))
    title = st.text_input(
        _("Name of the dataset"), key="collect_title", max_chars=LONGEST_NAME, placeholder=_("Cups and pens")
    )
    names = st.text_input(
        _("Names of the classes"),
        key="collect_classes",
        placeholder=_("cup, pen"),
        help=_("Two at least, with commas between; you can rename and add some later."),
    )
    with st.container(horizontal=True):
        size = st.selectbox(
            _("Size of the pictures"),
            SIZES,
            SIZES.index(64),
            key="collect_size",
            width=200,
            format_func=lambda side: f"{side}×{side}",
            help=_("In pixels. Larger ones show more, and train longer."),
        )
        words = {"rgb": _("in colour"), "grey": _("grey")}
        colour = st.segmented_control(
            _("Colour"),
            list(words),
            default="rgb",
            required=True,
            key="collect_colour",
            format_func=words.__getitem__,
            help=_("Drawings do well in grey."),
        )
    ways = _ways(WAYS)
    if st.button(_("Begin to collect"), key="collect_begin", type="primary", icon=":material/play_arrow:"):
        _changed(room, lambda: collecting.begin(room, title, names.split(","), size, colour, ways), draw=True)


def _ways(chosen: tuple[str, ...]) -> list[str]:
    words = {"camera": _("Camera"), "files": _("Files"), "drawing": _("Draw")}
    return st.pills(
        _("How pictures come in"),
        WAYS,
        selection_mode="multi",
        default=list(chosen),
        key="collect_ways",
        format_func=words.__getitem__,
        help=_("At least one."),
    )


def _head(room: Classroom, collection: Collection) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(in_markdown(collection.title), anchor=False, width="content")
        if collection.open:
            st.badge(_("open"), icon=":material/lock_open:", color="green")
        else:
            st.badge(_("closed"), icon=":material/lock:", color="gray")
        st.space("stretch")
        st.button(
            _("Close") if collection.open else _("Open again"),
            key="collect_turn",
            icon=":material/lock:" if collection.open else ":material/lock_open:",
            on_click=lambda: _changed(room, lambda: collecting.turn(collection, not collection.open)),
            help=_("Closed, no picture comes in; what is there stays."),
        )
        st.button(
            _("Send to everybody"),
            key="send_collection",
            icon=":material/send:",
            disabled=not collection.open,
            on_click=lambda: _changed(room, lambda: send_page(room, "collect", collection.title)),
            help=_("Who has joined already gets a bar on their screen that opens the page; it replaces what was sent."),
        )
        st.page_link(
            page("collect"),
            label=_("The pupils' page"),
            icon=":material/smartphone:",
            query_params={"lang": language()},
        )


def _counters(room: Classroom) -> None:
    beside, numbers = st.columns([1, 3])
    with beside:
        address = f"{poster.chosen_address()}{joining.address('join')}"
        st.html(poster.STYLE + poster.poster(address, room.room, "collect"))
        st.caption(_("It joins, and leads to the page where pictures are given."))
    with numbers:
        counters.wall(room)


def _settings(room: Classroom, collection: Collection) -> None:
    st.session_state.setdefault("collect_names", ", ".join(collection.classes.values()))
    st.text_input(
        _("Names of the classes"),
        key="collect_names",
        on_change=_set_names,
        args=(room, collection),
        help=_("A name that you change keeps its pictures; further ones come at the end."),
    )
    with st.container(horizontal=True):
        st.number_input(
            _("Pictures of one person"),
            1,
            5000,
            collection.most_each,
            key="collect_most",
            width=240,
            on_change=_set_limits,
            args=(room, collection),
            help=_("As many as each may give; {n} unless you change it.", n=MOST_EACH),
        )
        st.number_input(
            _("MB of one person"),
            0.1,
            1000.0,
            collection.mb_each,
            1.0,
            key="collect_mb",
            width=240,
            on_change=_set_limits,
            args=(room, collection),
            help=_("What the pictures of each may keep of the disk; {n} unless you change it.", n=MB_EACH),
        )
    ways = _ways(collection.ways)
    if tuple(ways) != collection.ways and sorted(ways) != sorted(collection.ways):
        _changed(room, lambda: collecting.set_ways(collection, ways))
    st.caption(
        _("Withdrawn, it leaves all screens. Its pictures are deleted when the next one begins or the class ends.")
    )
    st.button(
        _("Withdraw"),
        key="collect_withdraw",
        icon=":material/delete:",
        on_click=lambda: _changed(room, lambda: collecting.withdraw(collection)),
        help=_("It can be brought back until then. Datasets that were made stay."),
    )


def _set_names(room: Classroom, collection: Collection) -> None:
    names = st.session_state["collect_names"].split(",")

    def work() -> None:
        filled = {one.label for one in giving.every(collection) if one.state != "rejected"}
        collecting.set_classes(collecting.again(collection), names, sorted(filled))

    if not attempt(work):
        st.session_state.pop("collect_names")
    live.forget(room)


def _set_limits(room: Classroom, collection: Collection) -> None:
    most, mb = st.session_state["collect_most"], st.session_state["collect_mb"]
    _changed(room, lambda: collecting.set_limits(collection, most, mb))


def _undo_bar(room: Classroom) -> None:
    gone = collecting.withdrawn(room)
    if gone is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("{title} was withdrawn.", title=in_markdown(gone.title)))
        st.button(
            _("Undo"),
            key="collect_back",
            icon=":material/undo:",
            on_click=lambda: _changed(room, lambda: collecting.withdraw(gone, back=True)),
        )


def _changed(room: Classroom, action: Callable[[], object], draw: bool = False) -> None:
    """Does it, or says why not; `draw` the page anew where it is drawn already."""
    done = attempt(action)
    live.forget(room)
    if done and draw:
        st.rerun()
