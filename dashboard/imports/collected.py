"""What was collected for a class: pictures taken come in, near copies are left out and told, each can be taken out."""

import functools
from pathlib import Path

import numpy as np
import streamlit as st

from core.data.near_copies import new_beside
from core.data.reading.decode import Refused, open_picture
from core.pictures.preprocessing import fit_picture
from dashboard import choices, staging
from dashboard.actions import attempt
from dashboard.widgets.pick import pick
from dashboard.words import _, plural

THUMBNAIL = 64  # pixels a side
SHOWN = 24  # newest pictures of the class in hand
BESIDE = 60  # newest pictures with which those taken are compared


def add_taken(name: str, taken: list[bytes]) -> None:
    """Puts JPEG files into a class; near copies of what it has, as a camera that stands still makes, are kept aside."""
    held = staging.draft()
    small = [(content, _small(content)) for content in taken]
    usable = [(content, image) for content, image in small if image is not None]
    before = [image for path in held.pictures(name)[-BESIDE:] if (image := _thumbnail(path)) is not None]
    none = np.empty((0, THUMBNAIL, THUMBNAIL, 3), np.uint8)
    new = new_beside(
        np.stack(before) if before else none, np.stack([image for _c, image in usable]) if usable else none
    )
    for (content, _image), is_new in zip(usable, new, strict=True):
        (held.put if is_new else held.leave_out)(name, content, ".jpg")


def near_copies(name: str) -> None:
    """How many near copies were left out of a class, and what may become of them."""
    held = staging.draft()
    n = len(held.near(name))
    if not n:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            plural(
                n,
                "{n} picture was left out: it is nearly the same as another, and would teach nothing new.",
                "{n} pictures were left out: they are nearly the same as others, and would teach nothing new.",
            )
        )
        st.button(
            _("Keep them all the same"),
            key="keep_near",
            icon=":material/filter_none:",
            on_click=_keep_near,
            args=(name,),
        )
        st.button(_("Let them go"), key="forget_near", icon=":material/close:", on_click=lambda: held.forget_near(name))


def gallery(name: str) -> None:
    """The newest pictures of a class, each of which goes out at a press; what went last can be put back."""
    held = staging.draft()
    there = held.pictures(name)
    if there:
        _wall(name, there)
    with st.container(horizontal=True, vertical_alignment="center"):
        if there:
            st.button(
                _("Remove the last"),
                key="remove_last",
                icon=":material/backspace:",
                on_click=_remove,
                args=(there[-1:],),
            )
        if there and len(there) > 1:
            st.button(
                _("Remove all of them"),
                key="remove_all",
                icon=":material/delete_sweep:",
                on_click=_remove,
                args=(there,),
            )
        n = held.removed
        if n:
            st.button(
                plural(n, "Put {n} picture back", "Put {n} pictures back"),
                key="put_back",
                icon=":material/undo:",
                on_click=_put_back,
            )


def _wall(name: str, there: list[Path]) -> None:
    all_of_them = len(there) > SHOWN and st.toggle(
        plural(len(there), "Show the {n} picture", "Show all {n} pictures"), key="show_all"
    )
    newest = there if all_of_them else there[-SHOWN:]
    shown = [(path, image) for path in newest if (image := _thumbnail(path)) is not None]
    if not shown:
        return
    # With a number that no later wall has: put back, the same pictures would be taken out by the same press again
    wall = f"{name} {len(there)} {there[-1].name} {all_of_them} {choices.counted('taken_out')}"
    words = [str(there.index(path) + 1) for path, _image in shown]
    pressed = pick([image for _path, image in shown], words, wall, f"collected_{staging.upload()}", THUMBNAIL)
    st.caption(_("Press a picture to take it out."))
    if pressed is not None and attempt(lambda: staging.draft().remove([shown[pressed][0]])):
        choices.count("taken_out")
        st.rerun()


def _keep_near(name: str) -> None:
    attempt(lambda: staging.draft().keep_near(name))


def _remove(paths: list[Path]) -> None:
    attempt(lambda: staging.draft().remove(paths))


def _put_back() -> None:
    attempt(lambda: staging.draft().put_back())


@functools.lru_cache(2000)
def _thumbnail(path: Path) -> np.ndarray | None:
    """(64, 64, 3) uint8 of a file whose name holds a mark of its content; None where it is no picture.

    That is told at the import.
    """
    try:
        return _small(path.read_bytes())
    except OSError:  # taken out meanwhile, in another tab
        return None


def _small(content: bytes) -> np.ndarray | None:
    try:
        return fit_picture(open_picture(content, at_least=THUMBNAIL), THUMBNAIL, 3, "pad")
    except Refused:
        return None
