"""Why a network errs on a picture of one's own: what it saw, what it learnt from, what throws it off."""

from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from core.data.dataset import Images
from core.data.reading.decode import Refused
from core.errors import RunError
from core.evaluation import robustness as shifting
from core.evaluation.neighbours import Neighbours, compared, neighbours
from core.network.classifier import Answer, Classifier, network_file
from core.pictures import faces
from core.pictures.preprocessing import Switches, fit_picture
from core.runs.run import Run
from dashboard import resources
from dashboard.charts import answers as answer_charts
from dashboard.charts import pictures
from dashboard.classify import answer as answers
from dashboard.classify import last_picture
from dashboard.classify.options import Asking
from dashboard.widgets.plot import plot
from dashboard.words import _, class_words, number, percent, say

ALIKE = 10  # training images that are shown
COMPARED = 300  # test images that tell how strange a picture is
ASKED = 500  # test images behind each point of a curve
SIDE = 170  # pixels on the screen
NOTHING = Switches(False, False, False)


def subject(run: Run, options: Asking) -> tuple[str, Image.Image] | None:
    """The picture that was asked about last, or a test image before there is one; None where it cannot be read."""
    classifier = resources.classifier(run)
    kept = last_picture.get()
    if kept is None:
        st.info(
            _("This is an image of the run's test set. Ask about a picture of your own on Classify, then come back."),
            icon=":material/center_focus_strong:",
        )
        images = _test(run, 1).images
        return _("test image"), Image.fromarray(images[0][..., 0] if images.shape[3] == 1 else images[0])
    name, content = kept
    try:
        picture = answers.opened(classifier, content, options)
    except Refused as error:
        st.error(f"{name}: {say(error)}", icon=":material/broken_image:")
        return None
    boxes = faces.find(picture) if options.faces and not last_picture.is_whole() else []
    return name, faces.crop(picture, boxes[0]) if boxes else picture


def what_it_saw(run: Run, name: str, picture: Image.Image, options: Asking) -> np.ndarray:
    """The picture as it came, merely made smaller, and as it was prepared; returns what the network saw."""
    classifier = resources.classifier(run)
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


def what_it_learnt(run: Run, pixels: np.ndarray) -> None:
    """The training images most like it, and whether it is stranger than test images are."""
    try:
        train, known = resources.evaluation(run, "train"), _neighbours(str(run.folder), _changed(run))
    except RunError as error:  # the training images are asked about last
        st.info(say(error), icon=":material/hourglass_top:")
        return
    usual = _usual(str(run.folder), _changed(run))
    rows, apart = known.nearest(pixels, ALIKE)
    classes = class_words(run.config.dataset, resources.classifier(run).classes)
    words = [f"{classes[train.labels[row]]} · {number(float(one), 3)}" for row, one in zip(rows, apart, strict=True)]
    st.html(pictures.wall(resources.stored_pictures(run.config, train.rows[rows]), words, words, side=84))
    nearer = float((usual < apart[0]).mean())
    sentence = _(
        "Of {n} test images, {share} lie nearer to a training image than this picture does.",
        n=len(usual),
        share=percent(nearer, 0),
    )
    verdict = (
        _("It is unlike anything the network learnt from: its answer is a guess, however sure it sounds.")
        if nearer >= 0.99
        else _("It is stranger than most test images.")
        if nearer >= 0.9
        else _("By its pixels it could be one of the test images.")
    )
    st.markdown(f"{sentence} **{verdict}**")
    st.caption(
        _(
            "Compared pixel by pixel with {n} training images; the number is the root of the mean squared difference "
            "(0: equal, 1: black against white). Pixels know nothing of meaning: a cat moved aside is far from itself.",
            n=number(len(known.rows)),
        )
    )


def what_throws_it_off(run: Run, pixels: np.ndarray, options: Asking) -> None:
    """One change of the picture by a slider, and how often the network stays right on its test set under it."""
    classifier = resources.classifier(run)
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
        points = _robustness(str(run.folder), _changed(run), kind)
        title = _("Accuracy on {n} test images under the same change", n=points[0].n)
        plot(answer_charts.robustness(points, strength, change.unit, title, _(change.title), _), key="shift-curve")
        best, there = max(point.share for point in points), min(points, key=lambda one: abs(one.strength - strength))
        st.caption(
            _(
                "At {strength} it is right on {share} of them, at best on {best}. The wider the flat top, the more the "
                "network forgives. The band is the 95 % interval.",
                strength=f"{there.strength:g} {change.unit}",
                share=percent(there.share),
                best=percent(best),
            )
        )


def _changed(run: Run) -> int:
    path = network_file(run)
    return path.stat().st_mtime_ns if path else 0


def _test(run: Run, n: int) -> Images:
    """Some of the run's test images, spread evenly."""
    evaluation = resources.evaluation(run, "test")
    places = np.unique(np.linspace(0, evaluation.n - 1, min(n, evaluation.n)).astype(int))
    return Images(resources.stored_pictures(run.config, evaluation.rows[places]), evaluation.labels[places])


@st.cache_resource(max_entries=3, show_spinner=False)
def _neighbours(folder: str, _changed: int) -> Neighbours:
    run = Run(Path(folder))
    evaluation, config = resources.evaluation(run, "train"), run.config
    rows = compared(evaluation.n, int(np.prod(resources.stored_pictures(config, evaluation.rows[:1]).shape[1:])))
    return neighbours(resources.stored_pictures(config, evaluation.rows[rows]), rows)


@st.cache_resource(max_entries=8, show_spinner=False)
def _usual(folder: str, changed: int) -> np.ndarray:
    """How far test images lie from their nearest training image."""
    return _neighbours(folder, changed).nearest_distances(_test(Run(Path(folder)), COMPARED).images)


@st.cache_resource(max_entries=40, show_spinner=False)
def _robustness(folder: str, _changed: int, kind: str) -> list[shifting.Accuracy]:
    run = Run(Path(folder))
    some = _test(run, ASKED)
    return shifting.robustness(resources.classifier(run).network, some.images, some.labels, shifting.CHANGES[kind])
