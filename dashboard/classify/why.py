"""Why a network errs on a picture of one's own: what it saw, and what throws it off."""

from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from core.data.reading.decode import Refused
from core.evaluation import robustness as shifting
from core.network.classifier import Answer, Classifier
from core.pictures import faces
from core.pictures.preprocessing import Switches, fit_picture
from core.runs.run import Run
from dashboard import looking
from dashboard.charts import answers as answer_charts
from dashboard.charts import pictures
from dashboard.classify import alike, last_picture
from dashboard.classify import answer as answers
from dashboard.classify.options import Asking
from dashboard.widgets.plot import plot
from dashboard.words import _, after_colon, in_digits, percent, say

ASKED = 500  # test images behind each point of a curve
SIDE = 170  # pixels on the screen
NOTHING = Switches(False, False, False)


def subject(run: Run, options: Asking) -> tuple[str, Image.Image] | None:
    """The picture that was asked about last, or a test image before there is one; None where it cannot be read."""
    classifier = looking.classifier(run, options.epoch)
    kept = last_picture.get()
    if kept is None:
        st.info(
            _("This is an image of the run's test set. Ask about a picture of your own on Classify, then come back."),
            icon=":material/center_focus_strong:",
        )
        images = alike.test_images(run, 1).images
        return _("test image"), Image.fromarray(images[0][..., 0] if images.shape[3] == 1 else images[0])
    name, content = kept
    try:
        picture = answers.opened(classifier, content, options)
    except Refused as error:
        st.error(after_colon(name, say(error)), icon=":material/broken_image:")
        return None
    boxes = faces.find(picture) if options.faces and not last_picture.is_whole() else []
    return name, faces.crop(picture, boxes[0]) if boxes else picture


def what_it_saw(run: Run, name: str, picture: Image.Image, options: Asking) -> np.ndarray:
    """The picture as it came, merely made smaller, and as it was prepared; returns what the network saw."""
    classifier = looking.classifier(run, options.epoch)
    prepared, plain = classifier.answer(picture, options.switches), classifier.answer(picture, NOTHING)
    left, middle, right = st.columns(3)
    with left:
        whole = fit_picture(picture, min(2 * SIDE, max(picture.size)), 3 if picture.mode == "RGB" else 1, "pad")
        st.html(pictures.wall(whole[None], [name], [name], side=SIDE))
    if classifier.preprocessing.ink is None:
        with middle:
            _seen(classifier, prepared, options)
        return prepared.seen.pixels
    with middle:
        _seen(classifier, plain, options, _("only made smaller"))
    with right:
        _seen(classifier, prepared, options)
    if (
        classifier.classes[int(plain.probabilities.argmax())]
        != classifier.classes[int(prepared.probabilities.argmax())]
    ):
        st.markdown(
            _(
                "**The same picture, two answers.** The network is the same, too: what differs is how much the picture "
                "looks like those it learnt from."
            )
        )
    return prepared.seen.pixels


def _seen(classifier: Classifier, answer: Answer, options: Asking, words: str = "") -> None:
    title = answers.title(classifier, answer.probabilities, options)
    st.html(
        pictures.wall(
            answer.seen.pixels[None], [words or answers.how_seen(answer.seen, classifier)], [title], side=SIDE
        )
    )
    st.markdown(f"**{title}**")


def what_throws_it_off(run: Run, pixels: np.ndarray, options: Asking) -> None:
    """One change of the picture by a slider, and how often the network stays right on its test set under it."""
    classifier = looking.classifier(run, options.epoch)
    names = shifting.CHANGES
    kind = st.segmented_control(
        _("Change"),
        list(names),
        key="shift_kind",
        default="brightness",
        required=True,
        wrap=True,
        format_func=lambda one: _(names[one].title),
        help=_("What differs between the pictures of a dataset and those of a camera."),
    )
    change = names[kind]
    strength = st.slider(
        _(change.about),
        change.low,
        change.high,
        0,
        key=f"shift_{kind}",
        format=f"%d {change.unit.replace('%', '%%')}",
        help=_("0 is the picture as the network saw it above."),
    )
    changed = change.apply(pixels[None], strength)
    chances = classifier.network.probabilities(changed)[0]
    left, right = st.columns([1, 2])
    with left:
        words = answers.title(classifier, chances, options)
        st.html(pictures.wall(changed, [f"{_(change.title)} {strength} {change.unit}"], [words], side=SIDE))
        st.markdown(f"**{words}**")
    with right:
        points = _robustness(str(run.folder), alike.changed(run), options.epoch, kind)
        title = _("Accuracy on {n} test images under the same change", n=points[0].n)
        plot(answer_charts.robustness(points, strength, change.unit, title, _(change.title), _), key="shift-curve")
        best, there = max(point.share for point in points), min(points, key=lambda one: abs(one.strength - strength))
        st.caption(
            _(
                "At {strength} it is right on {share} of them, at best on {best}. The wider the flat top, the more the "
                "network forgives. The band is the 95 % interval.",
                strength=f"{in_digits(there.strength)} {change.unit}",
                share=percent(there.share),
                best=percent(best),
            )
        )


@st.cache_resource(max_entries=40, show_spinner=False)
def _robustness(folder: str, _changed: int, epoch: int | None, kind: str) -> list[shifting.Accuracy]:
    run = Run(Path(folder))
    some = alike.test_images(run, ASKED)
    network = looking.asked(run, epoch).network
    return shifting.robustness(network, some.images, some.labels, shifting.CHANGES[kind])
