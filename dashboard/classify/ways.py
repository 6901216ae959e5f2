"""Where a picture to classify comes from: a file, the pad, the camera, or a whole folder at once."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.data.reading.decode import ENDINGS, Refused
from core.runs.run import Run
from dashboard import looking
from dashboard.charts import pictures
from dashboard.classify import answer, batch, camera, last_picture, samples
from dashboard.classify.options import Asking
from dashboard.upstream import stream
from dashboard.widgets import pad
from dashboard.widgets.paste import paste
from dashboard.words import _, after_colon, percent, say

MOST = 60  # pictures on a wall; more are a matter of the batch


def choose() -> Callable[[Run, Asking], None]:
    """The way that is wanted: a function that draws its controls and the answers."""
    ways: dict[str, tuple[str, Callable[[Run, Asking], None]]] = {
        "upload": (_("A picture"), _uploaded),
        "draw": (_("Draw one"), _drawn),
        "camera": (_("Camera"), camera.show),
        "examples": (_("Examples"), _sampled),
        "batch": (_("Many at once"), batch.show),
    }
    way = st.segmented_control(
        _("From where"),
        list(ways),
        key="classify_way",
        default=last_picture.way(),
        required=True,
        format_func=lambda one: ways[one][0],
        help=_("It stays on this server and is not kept."),
    )
    last_picture.keep_way(way)
    if way != "camera":
        stream.leave()
    return ways[way][1]


def _uploaded(run: Run, options: Asking) -> None:
    """One file or several, or what is in the clipboard."""
    given = st.file_uploader(
        _("Pictures"),
        list(ENDINGS),
        accept_multiple_files=True,
        key="classify_upload",
        help=_("One or several; drag them here, choose them, or take a photo with a phone."),
    )
    pasted = paste("classify_paste")
    files = [(file.name, file.getvalue()) for file in given]
    if pasted:
        files.append((_("pasted picture"), pasted))
    if not files:
        st.caption(
            _("JPEG, PNG, WebP, TIFF, BMP, GIF or HEIC. It is made as small as the pictures the network learnt from.")
        )
    elif len(files) == 1:
        answer.show(run, *files[0], options)
    else:
        _several(run, files, options)


def _several(run: Run, files: list[tuple[str, bytes]], options: Asking) -> None:
    """All of them at a glance; one of them in full."""
    classifier = looking.classifier(run, options.epoch)
    opened, names, contents = [], [], []
    for name, content in files[:MOST]:
        try:
            opened.append(answer.opened(classifier, content, options))
            names.append(name)
            contents.append(content)
        except Refused as error:
            st.error(after_colon(name, say(error)), icon=":material/broken_image:")
    if len(files) > MOST:
        st.caption(_("The first {n} are shown; “Many at once” takes them all.", n=MOST))
    if not opened:
        return
    if not options.faces:  # of a picture with faces each face has its own answer
        answers = classifier.answers(opened, options.switches)
        words = [
            f"{place}: {answer.said(classifier, chances, options)} {percent(float(chances.max()), 0)}"
            for place, chances in enumerate((one.probabilities for one in answers), start=1)
        ]
        st.html(pictures.wall(np.stack([one.seen.pixels for one in answers]), words, names))
    place = st.number_input(
        _("One of them in full, by its number"),
        1,
        len(names),
        key="classify_number",
        help=_("The number under each picture."),
    )
    answer.show(run, names[place - 1], contents[place - 1], options)


@st.fragment
def _drawn(run: Run, options: Asking) -> None:
    """The pad and, beside it, what the network says while one draws."""
    left, right = st.columns([1, 2])
    with left:
        colour = ""
        if looking.classifier(run, options.epoch).preprocessing.channels == 3:
            colour = st.color_picker(_("Pen"), "#C0504D", key="classify_pen", help=_("The colour of the pen."))
        content = pad.pad(run.config, "classify_draw", colour)
    with right:
        if content is None:
            st.caption(_("Draw in the field; the answer follows while you draw."))
        else:
            answer.show(run, _("drawing"), content, options, live=True, whole=True)


def _sampled(run: Run, options: Asking) -> None:
    """A picture of the test set, or one that shows none of the classes."""
    chosen = samples.choose(run)
    if chosen is None:
        st.caption(_("Press one of the pictures."))
        return
    name, content = chosen
    st.markdown(f"**{name}**")
    answer.show(run, name, content, options, whole=True)
