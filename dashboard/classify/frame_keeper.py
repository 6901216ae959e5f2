"""A frozen frame: looked at closely, and saved as a picture of a class."""

import time

import numpy as np
import streamlit as st

from core.data import imported
from core.data.dataset import Images, Splits
from core.data.imported import Sources
from core.data.reading.decode import open_picture
from core.pictures.preprocessing import fit_picture
from core.runs.run import Run
from dashboard import staging
from dashboard.actions import attempt
from dashboard.classify import answer
from dashboard.classify.options import Asking
from dashboard.navigation import page
from dashboard.words import _


def frozen(run: Run, options: Asking) -> None:
    """The frame that was frozen last, with its answer and the form that saves it; nothing where there is none."""
    content = _frozen_frame()
    if content is None:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("Frozen frame"), anchor=False)
            st.space("stretch")
            st.button(_("Discard"), key="frozen_discard", icon=":material/close:", on_click=freeze, args=(None,))
        answer.show(run, _("frozen frame"), content, options)
        _form(content, run)


def _form(content: bytes, run: Run) -> None:
    """Into a class of an imported dataset, the run's own first, or among the pictures that become a new one."""
    have = imported.datasets()
    places = [*have, ""]
    theirs = run.config.dataset
    first, second, third = st.columns([2, 2, 1], vertical_alignment="bottom")
    where = first.selectbox(
        _("Save it in"),
        places,
        index=places.index(theirs if theirs in have else ""),
        key="keep_dataset",
        format_func=lambda one: have[one].title if one else _("a new dataset"),
        help=_("Imported datasets of this machine; a new one is put together on the page Your images."),
    )
    label = second.selectbox(
        _("as a picture of"),
        list(have[where].classes) if where else staging.new_classes(),
        key=f"keep_class_{where}",
        index=None,
        accept_new_options=True,
        placeholder=_("name of a class"),
        help=_("Choose a class or write a new one."),
    )
    pressed = third.button(
        _("Save"),
        key="keep_save",
        icon=":material/save:",
        disabled=not label,
        help=_("The picture becomes a training image; runs from before keep what they were trained on."),
    )
    if pressed and label:
        _save(content, where, label)
    sentence = _told_kept()
    if sentence:
        st.success(sentence, icon=":material/check:")
        st.page_link(page("your_images"), label=_("Your images"), icon=":material/add_photo_alternate:")


def _save(content: bytes, where: str, label: str) -> None:
    label = label.strip()[:60]
    if not where:
        if attempt(lambda: staging.add(label, content)):
            _tell_kept(_("Kept for a new dataset, as “{label}”. Name and import it there.", label=label))
        return
    if attempt(lambda: add_picture(where, label, content)):
        _tell_kept(_("Saved as a training image of “{label}”.", label=label))


def add_picture(name: str, label: str, content: bytes) -> None:
    """Adds one picture to the training images of an imported dataset; raises DataError, Refused, StorageError."""
    spec = imported.dataset(name)
    assert spec
    height, width, channels = spec.shape
    picture = open_picture(content, white=spec.white)
    pixels = fit_picture(picture, max(height, width), channels, spec.fit)
    one = Images(pixels[None], np.zeros(1, np.int64))
    none = Images(pixels[None][:0], np.zeros(0, np.int64))
    named = Sources((time.strftime("camera-%Y%m%d-%H%M%S.png"),), np.array([picture.size], np.int32))
    imported.extend(name, Splits(one, none), (label,), {"train": named})


def freeze(content: bytes | None) -> None:
    """Keeps a frame of the camera as PNG, or lets go of it."""
    st.session_state["_frozen"] = content
    st.session_state.pop("_kept", None)


def _frozen_frame() -> bytes | None:
    return st.session_state.get("_frozen")


def _tell_kept(sentence: str) -> None:
    """What became of the frozen frame: said until there is another, as this page is drawn anew at any time."""
    st.session_state["_kept"] = sentence


def _told_kept() -> str | None:
    return st.session_state.get("_kept")
