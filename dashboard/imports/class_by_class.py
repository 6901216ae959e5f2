"""A dataset put together class by class: names first, then files, the camera or the pen for the class in hand."""

from pathlib import Path

import streamlit as st

from core.data.catalogue import dataset
from core.data.drafts import Draft
from core.data.reading.decode import ENDINGS
from dashboard import choices, staging
from dashboard.actions import attempt
from dashboard.imports import collected
from dashboard.widgets import pad
from dashboard.widgets.burst import Taken, burst
from dashboard.words import _, in_markdown, number, plural

MOST_CLASSES = 20  # that are filled one by one
LEAST = 3  # pictures of a class


def filled() -> Path | None:
    """Draws the controls; the folder to import, None while a class lacks pictures."""
    held = staging.draft()
    names = _names(held)
    if len(names) < 2:
        st.caption(_("Name at least two classes; then each gets its pictures."))
        return None
    chosen = st.segmented_control(
        _("Pictures for"),
        names,
        key="class_in_hand",
        default=names[0],
        required=True,
        help=_("The pictures you add next show this."),
    )
    _add_files(chosen)
    with st.container(horizontal=True):
        filming = st.toggle(
            _("Camera"), key="camera", help=_("Takes pictures with the camera of the device you sit at.")
        )
        drawing = st.toggle(_("Draw"), key="drawing", help=_("With the mouse, a pen or a finger."))
    tool, collection = st.columns([2, 3]) if filming or drawing else (st.container(), st.container())
    with tool:
        if filming:
            burst(f"burst_{staging.upload()}", chosen, lambda taken: _take(chosen, taken))
        if drawing:
            _draw(chosen)
    with collection:
        st.markdown(" · ".join(f"{in_markdown(name)}: **{number(len(held.pictures(name)))}**" for name in names))
        collected.near_copies(chosen)
        collected.gallery(chosen)
    lacking = [name for name in names if len(held.pictures(name)) < LEAST]
    if lacking:
        st.caption(_("Each class needs at least 3 pictures; still lacking: {names}.", names=", ".join(lacking)))
        return None
    return held.folder


def _take(in_hand: str, taken: list[Taken]) -> None:
    """Each into the class that it was taken of; where that has been renamed since, into the one in hand."""
    classes = staging.draft().classes
    by_class: dict[str, list[bytes]] = {}
    for one in taken:
        by_class.setdefault(one.of if one.of in classes else in_hand, []).append(one.jpeg)
    for name, contents in by_class.items():
        attempt(lambda name=name, contents=contents: collected.add_taken(name, contents))  # type: ignore[misc]


def _names(held: Draft) -> list[str]:
    """The names of the classes as they are written, and what is set aside of former ones."""
    if st.button(
        _("The ten emotions"), key="preset_faces", icon=":material/mood:", help=_("Fills in the names of ten emotions.")
    ):
        held.name_classes(_(one) for one in dataset("faces").classes)
        st.session_state.pop("class_names", None)
    st.session_state.setdefault("class_names", ", ".join(held.classes))
    text = st.text_input(
        _("Names of the classes"),
        key="class_names",
        placeholder=_("cat, dog"),
        help=_("At least two, with commas between. A name that you change keeps its pictures."),
    )
    names = list(dict.fromkeys(name.strip()[:60] for name in text.split(",") if name.strip()))[:MOST_CLASSES]
    if names != held.classes:
        held.name_classes(names)
    with st.container():  # always there, see the page
        for name, n in held.set_aside.items():
            st.caption(
                plural(
                    n,
                    "{name} has {n} picture and is not named any more: write its name again to use it.",
                    "{name} has {n} pictures and is not named any more: write its name again to use them.",
                    name=in_markdown(name),
                )
            )
    return names


def _add_files(name: str) -> None:
    given = st.file_uploader(
        _("Pictures of {name}", name=in_markdown(name)),
        list(ENDINGS),
        accept_multiple_files=True,
        key=f"files_{staging.upload()}_{name}",
        help=_("Several at once; on a phone also straight from its camera."),
    )
    for file in given:
        staging.put(name, file.file_id, Path(file.name).suffix, file.getvalue())


@st.fragment
def _draw(name: str) -> None:
    """A sheet, and a button that puts what is on it among the pictures of the class; then the sheet is empty again."""
    with st.container(horizontal=True, vertical_alignment="center"):
        dark = st.toggle(_("Light on dark"), key="draw_dark", help=_("As MNIST's digits are; else dark on light."))
        ink = "#FFFFFF" if dark else "#000000"
        colour = st.color_picker(_("Pen"), ink, key=f"draw_pen_{dark}", help=_("The colour of the pen."))
    memory = f"_sheet_{staging.upload()}"
    drawn = pad.sheet(f"sheet_{choices.counted('sheet')}", dark, colour, memory)
    pressed = st.button(
        _("Add to {name}", name=in_markdown(name)), key="add_drawn", icon=":material/add:", disabled=drawn is None
    )
    if pressed and drawn and attempt(lambda: staging.draft().put(name, drawn, ".png")):
        st.session_state.pop(memory, None)
        choices.count("sheet")
        st.rerun()
