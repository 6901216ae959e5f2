"""A picture beside what a network sees of it, and its answer as bars."""

from pathlib import Path

import streamlit as st

from core.classify import Answer, Classifier, classifier
from core.errors import FitscopeError, RunError
from core.reading.decode import Refused, open_picture
from core.runs import Run
from dashboard import charts, draw, pictures, run_picker
from dashboard.plot import plot
from dashboard.words import _, percent, say

TFLITE = "network.tflite"
SHOWN = 10  # classes, the likeliest first


def choose_run() -> Run | None:
    """The run whose network is asked: the newest that has one, unless another is chosen."""
    return run_picker.pick(
        _("Network"), _("Every run that was tested; the newest first."), lambda run: (run.folder / TFLITE).exists()
    )


def load(run: Run) -> Classifier:
    """The network of a run, loaded once for all viewers and anew when it was trained on; raises RunError."""
    path = run.folder / TFLITE
    return _load(str(run.folder), path.stat().st_mtime_ns if path.exists() else 0)


@st.cache_resource(max_entries=16, show_spinner=False)
def _load(folder: str, _changed: int) -> Classifier:
    return classifier(Run(Path(folder)))


def uploaded(run: Run) -> None:
    """A picture file and what the network says of it."""
    given = st.file_uploader(
        _("Picture"),
        ["jpg", "jpeg", "png", "webp", "bmp", "gif", "heic", "heif"],
        key="classify_upload",
        help=_("It stays on this server and is not kept."),
    )
    if given:
        show(run, given.name, given.getvalue())
    else:
        st.caption(_("JPEG, PNG, WebP, BMP, GIF or HEIC. It is made as small as the pictures the network learnt from."))


@st.fragment
def drawn(run: Run) -> None:
    """The pad and, beside it, what the network says whenever the pen is lifted."""
    left, right = st.columns([1, 2])
    with left:
        try:
            content = draw.pad(run.config, "classify_draw")
        except FitscopeError as error:  # the polarity is asked of the dataset, which may be gone
            st.error(say(error), icon=":material/error:")
            return
    with right:
        if content is None:
            st.caption(_("Draw in the field, large and in the middle; the answer comes when you lift the pen."))
        else:
            show(run, _("drawing"), content)


def show(run: Run, name: str, content: bytes) -> None:
    """What the network sees of one picture and what it says, or why the picture is refused."""
    try:
        asked = load(run)
        answer = asked.answer(open_picture(content, asked.preprocessing.useful))
    except RunError as error:
        st.error(say(error), icon=":material/error:")
        return
    except Refused as error:
        st.error(f"{name}: {say(error)}", icon=":material/broken_image:")
        return
    left, right = st.columns([1, 2])
    with left:
        caption = _("as the network sees it: {side}×{side}", side=asked.preprocessing.size)
        st.html(pictures.wall(answer.seen.pixels[None], [caption], [name], side=200))
    with right:
        _bars(asked, answer)


def _bars(asked: Classifier, answer: Answer) -> None:
    order = answer.probabilities.argsort()[::-1][:SHOWN]
    classes = [_(asked.classes[label]) for label in order]
    shares = [float(answer.probabilities[label]) for label in order]
    title = _("{answer}, says the network, {sure} sure", answer=classes[0], sure=percent(shares[0], 0))
    plot(charts.answer_bars(classes, shares, title, _), key="answer")
    st.caption(_("The bars add up to 100 %: the network must choose, also where none of its classes is shown."))
