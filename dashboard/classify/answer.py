"""A picture beside what a network sees of it, and its answer as bars."""

from dataclasses import replace

import numpy as np
import streamlit as st
from PIL import Image

from core.data.reading.decode import Refused
from core.errors import FitscopeError
from core.network import at_epoch
from core.network.classifier import Answer, Classifier
from core.pictures import faces
from core.pictures.preprocessing import Seen
from core.runs.run import Run
from dashboard import looking, resources
from dashboard.charts import answers as answer_charts
from dashboard.charts import overlay, pictures
from dashboard.classify import last_picture
from dashboard.classify.options import LIVE, SHOWN, Asking
from dashboard.looking import where_it_looked
from dashboard.navigation import page
from dashboard.widgets import run_picker
from dashboard.widgets.plot import plot
from dashboard.words import _, after_colon, as_named, number, percent, say

SEEN, LARGE = 200, 320  # pixels on the screen: what the network sees, and the whole picture
FACES_NEED = 640  # pixels of the longer side, below which small faces are lost


def choose_run(untested: bool = False) -> Run | None:
    """The run whose network is asked: the newest that has one, unless another is chosen.

    untested  one that still trains, too, or that was cut off: of these an epoch is asked
    """
    if untested:
        help = _("Every run that was tested, or of which an epoch was kept; the newest first.")
        return run_picker.pick(_("Network"), help, at_epoch.can_be_asked, resources.has_network)
    return run_picker.pick(_("Network"), _("Every run that was tested; the newest first."), resources.has_network)


def show(run: Run, name: str, content: bytes, options: Asking, live: bool = False, whole: bool = False) -> None:
    """What the network sees of one picture and what it says, or why the picture is refused.

    live   the picture changes while one looks: the bars keep the order of the classes and only grow and shrink
    whole  it is such a picture as the network learnt from, or none with faces: these are not looked for
    """
    options = replace(options, faces=options.faces and not whole)
    try:
        classifier = looking.classifier(run, options.epoch)
        picture = opened(classifier, content, options)
        last_picture.keep(name, content, whole)
        if options.faces:
            _show_faces(classifier, picture, options)
        else:
            answer = classifier.answer(picture, options.switches)
            _show_one(classifier, answer, name, options, live)
            if not live:
                where_it_looked(run, answer.seen.pixels, options.epoch)
    except Refused as error:
        st.error(after_colon(name, say(error)), icon=":material/broken_image:")
        return
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return
    st.page_link(page("shift"), label=_("Why does it say so?"), icon=":material/help:")


def opened(classifier: Classifier, content: bytes, options: Asking) -> Image.Image:
    """A picture file in the size it is needed in; raises Refused."""
    return classifier.opened(content, FACES_NEED if options.faces else None)


def said(classifier: Classifier, probabilities: np.ndarray, options: Asking) -> str:
    """The answer in a word: the likeliest class, or "none of these"."""
    best = int(probabilities.argmax())
    return _("none of these") if probabilities[best] < options.least else _word(classifier, best)


def title(classifier: Classifier, probabilities: np.ndarray, options: Asking) -> str:
    """The answer as a sentence."""
    best = int(probabilities.argmax())
    sure = percent(float(probabilities[best]), 0)
    if probabilities[best] < options.least:
        return _("None of these: for “{answer}” it is only {sure} sure", answer=_word(classifier, best), sure=sure)
    return _("{answer}, says the network, {sure} sure", answer=_word(classifier, best), sure=sure)


def bars(classifier: Classifier, probabilities: np.ndarray, options: Asking, key: str, live: bool = False) -> None:
    """The likeliest classes as bars, the likeliest first; live ones in the order of the classes."""
    order = probabilities.argsort()[::-1][: LIVE if live else SHOWN]
    if live:
        order = np.sort(order)
    classes = [_word(classifier, label) for label in order]
    shares = [float(probabilities[label]) for label in order]
    figure = answer_charts.answer_bars(classes, shares, title(classifier, probabilities, options), _, options.least)
    plot(figure, key=key)


def _word(classifier: Classifier, label: int) -> str:
    return as_named(classifier.dataset, classifier.classes[label])


def how_seen(seen: Seen, classifier: Classifier) -> str:
    """What was done to a picture before the network saw it, in words."""
    preprocessing = classifier.preprocessing
    colour = _("grey") if preprocessing.channels == 1 else _("colour")
    done = [_("as the network sees it: {side}×{side}, {colour}", side=preprocessing.size, colour=colour)]
    if seen.turned:
        done.append(_("light and dark turned round"))
    if seen.moved:
        done.append(_("cut out and centred"))
    if seen.wider > 1:
        done.append(_("strokes {factor}× wider", factor=number(seen.wider, 1)))
    elif seen.wider < 1:
        done.append(_("strokes {factor}× thinner", factor=number(1 / seen.wider, 1)))
    return ", ".join(done)


def _show_one(classifier: Classifier, answer: Answer, name: str, options: Asking, live: bool) -> None:
    left, right = st.columns([1, 2])
    with left:
        st.html(pictures.wall(answer.seen.pixels[None], [how_seen(answer.seen, classifier)], [name], side=SEEN))
    with right:
        if answer.seen.blank:
            st.info(_("There is nothing on it that stands out from the ground. Draw or write darker."))
            return
        bars(classifier, answer.probabilities, options, "answer", live=live)
        st.caption(_("The bars add up to 100 %: the network must choose, also where none of its classes is shown."))


def _show_faces(classifier: Classifier, picture: Image.Image, options: Asking) -> None:
    """The picture with its faces framed and numbered; the crop and the bars of each."""
    boxes = faces.find(picture)
    if not boxes:
        st.html(pictures.wall(overlay.thumbnail(picture, LARGE)[None], [""], [_("the picture")], side=LARGE))
        st.info(
            _(
                "No face found. Faces are found best from the front, upright and well lit, and larger than a tenth of "
                "the picture; or switch off “Look for faces first” to ask about the whole picture."
            ),
            icon=":material/face:",
        )
        return
    answers = classifier.answers([faces.crop(picture, box) for box in boxes], options.switches)
    words = [
        f"{place + 1}: {said(classifier, one.probabilities, options)} {percent(float(one.probabilities.max()), 0)}"
        for place, one in enumerate(answers)
    ]
    framed = overlay.framed(picture, list(zip(boxes, words, strict=True)), at_least=LARGE)
    left, right = st.columns([2, 3])
    with left:
        st.html(pictures.wall(overlay.thumbnail(framed, LARGE)[None], [" · ".join(words)], [words[0]], side=LARGE))
    with right:
        for place, one in enumerate(answers):
            crop, chart = st.columns([1, 3])
            with crop:
                st.html(pictures.wall(one.seen.pixels[None], [_("face {n}", n=place + 1)], [words[place]], side=96))
            with chart:
                bars(classifier, one.probabilities, options, f"face-{place}")
    st.caption(
        _(
            "It names the expression that a face most resembles among those it learnt from. Nobody's feelings can be "
            "read off a face: people of other ages, origins and moods than in its pictures are misread more often."
        )
    )
