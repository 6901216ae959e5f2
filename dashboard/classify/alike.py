"""What a network learnt from: the training images most like a picture, by their pixels or by the network's features."""

from pathlib import Path
from typing import Literal

import numpy as np
import streamlit as st

from core.data.dataset import Images
from core.errors import RunError
from core.evaluation.neighbours import Features, Neighbours, by_features, compared, neighbours
from core.inside import features, weights
from core.network.classifier import is_baseline, network_file
from core.runs import checkpoints
from core.runs.run import Run
from dashboard import looking, resources
from dashboard.charts import pictures
from dashboard.words import _, class_words, number, percent, say

By = Literal["pixels", "features"]
ALIKE = 10  # training images that are shown
COMPARED = 300  # test images that tell how strange a picture is
MOST = 1000  # training images whose features are asked for
VALUES_AT_ONCE = 500_000  # features of one question, 2 MB


def what_it_learnt(run: Run, pixels: np.ndarray, epoch: int | None) -> None:
    """The training images most like a picture, and whether it is stranger than test images are.

    pixels  (height, width, channels) uint8, as the network saw it
    epoch   whose network is asked for features; None: that which the run keeps
    """
    by = _choice()
    try:
        train = resources.evaluation(run, "train")
        if by == "pixels":
            _by_pixels(run, pixels, train.rows, train.labels)
        elif not (reason := _no_features(run)):
            _by_features(run, epoch, pixels, train.rows, train.labels)
        else:
            st.info(reason, icon=":material/visibility_off:")
    except RunError as error:  # the training images are asked about last
        st.info(say(error), icon=":material/hourglass_top:")


def _choice() -> By:
    words: dict[By, str] = {"pixels": _("their pixels"), "features": _("the network's features")}
    return st.segmented_control(
        _("Alike by"),
        list(words),
        key="alike_by",
        default="pixels",
        required=True,
        format_func=words.__getitem__,
        help=_(
            "Features are the numbers that go into the last layer: what the network makes of a picture before it "
            "answers. The first time they take some seconds."
        ),
    )


def _no_features(run: Run) -> str:
    """Why a network has none, or ""."""
    if is_baseline(run):
        return _("A baseline has no layers, so it has no features: it answers from the pixels themselves.")
    if not checkpoints.epochs(run.checkpoints):
        return _("The epochs of this run were not kept, so it cannot be looked into.")
    return ""


def _by_pixels(run: Run, pixels: np.ndarray, rows: np.ndarray, labels: np.ndarray) -> None:
    known, usual = _neighbours(str(run.folder), changed(run)), _usual(str(run.folder), changed(run))
    places, apart = known.nearest(pixels, ALIKE)
    _wall(run, rows[places], labels[places], apart)
    _strange(
        usual,
        apart[0],
        _("Of {n} test images, {share} lie nearer to a training image than this picture does."),
        _("By its pixels it could be one of the test images."),
    )
    st.caption(
        _(
            "Compared pixel by pixel with {n} training images; the number is the root of the mean squared difference "
            "(0: equal, 1: black against white). Pixels know nothing of meaning: a cat moved aside is far from itself.",
            n=number(len(known.rows)),
        )
    )


def _by_features(run: Run, epoch: int | None, pixels: np.ndarray, rows: np.ndarray, labels: np.ndarray) -> None:
    epoch, at = weights.shown_epoch(run) if epoch is None else epoch, changed(run)
    with st.spinner(_("Looking inside …"), show_time=True):
        own, hidden = _asked(str(run.folder), epoch, pixels[None])
    units = own.shape[1]
    chosen = compared(len(rows), units, MOST)
    known = by_features(_features(run, epoch, at, rows[chosen], units, _("the training images")), chosen)
    test = resources.evaluation(run, "test").rows
    test = test[compared(len(test), units, COMPARED)]
    usual = known.nearest_distances(_features(run, epoch, at, test, units, _("the test images")))
    places, apart = known.nearest(own[0], ALIKE)
    _wall(run, rows[places], labels[places], apart)
    _strange(
        usual,
        apart[0],
        _("To the network, {share} of {n} test images are nearer to a training image than this picture is."),
        _("By its features it could be one of the test images."),
    )
    _how_compared(known, len(rows), units, hidden)


def _how_compared(known: Features, n: int, units: int, hidden: bool) -> None:
    words = _(
        "Compared by the {units} numbers that go into the last layer, with {n} of {all} training images; the number is "
        "the cosine distance (0: the same direction, 1: nothing in common). Alike to the network is not alike to you: "
        "where it answers wrongly, see which class it takes the picture for.",
        units=number(units),
        n=number(len(known.rows)),
        all=number(n),
    )
    if not hidden:
        words += " " + _("This network has no hidden layer: these numbers are the pixels themselves.")
    st.caption(words)


def _wall(run: Run, rows: np.ndarray, labels: np.ndarray, apart: np.ndarray) -> None:
    classes = class_words(run.config.dataset, resources.classifier(run).classes)
    words = [f"{classes[label]} · {number(float(one), 3)}" for label, one in zip(labels, apart, strict=True)]
    st.html(pictures.wall(resources.stored_pictures(run.config, rows), words, words, side=84))


def _strange(usual: np.ndarray, apart: float, sentence: str, as_usual: str) -> None:
    """Whether the picture is stranger than test images are, to which those distances belong."""
    nearer = float((usual < apart).mean())
    verdict = (
        _("It is unlike anything the network learnt from: its answer is a guess, however sure it sounds.")
        if nearer >= 0.99
        else _("It is stranger than most test images.")
        if nearer >= 0.9
        else as_usual
    )
    st.markdown(f"{sentence.format(n=len(usual), share=percent(nearer, 0))} **{verdict}**")


def changed(run: Run) -> int:
    """When the network of a run was written; 0 before."""
    path = network_file(run)
    return path.stat().st_mtime_ns if path else 0


def test_images(run: Run, n: int) -> Images:
    """Some of the run's test images, spread evenly."""
    evaluation = resources.evaluation(run, "test")
    places = _spread(evaluation.n, n)
    return Images(resources.stored_pictures(run.config, evaluation.rows[places]), evaluation.labels[places])


def _spread(n: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, n - 1, min(most, n)).astype(int))


@st.cache_resource(max_entries=3, show_spinner=False)
def _neighbours(folder: str, _changed: int) -> Neighbours:
    run = Run(Path(folder))
    evaluation, config = resources.evaluation(run, "train"), run.config
    rows = compared(evaluation.n, int(np.prod(resources.stored_pictures(config, evaluation.rows[:1]).shape[1:])))
    return neighbours(resources.stored_pictures(config, evaluation.rows[rows]), rows)


@st.cache_resource(max_entries=8, show_spinner=False)
def _usual(folder: str, changed: int) -> np.ndarray:
    """How far test images lie from their nearest training image."""
    return _neighbours(folder, changed).nearest_distances(test_images(Run(Path(folder)), COMPARED).images)


def _features(run: Run, epoch: int, at: int, rows: np.ndarray, units: int, what: str) -> np.ndarray:
    """(n, units) float32 of images by their row, some at a time, with a bar while they are asked for.

    Whoever leaves the page or presses something meanwhile ends it; what is known by then is kept.
    """
    size = max(1, min(features.AT_ONCE, VALUES_AT_ONCE // units))
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    words, found = _("The network looks at {what} …", what=what), []
    bar = st.empty()
    for place, part in enumerate(parts):
        bar.progress(place / len(parts), words)
        found.append(_of_rows(str(run.folder), epoch, at, tuple(map(int, part))))
    bar.empty()
    return np.concatenate(found)


@st.cache_resource(max_entries=100, show_spinner=False)  # 25 MB of a backbone, 200 MB at most
def _of_rows(folder: str, epoch: int, _at: int, rows: tuple[int, ...]) -> np.ndarray:
    images = resources.stored_pictures(Run(Path(folder)).config, np.array(rows))
    return looking.explainer().ask(Run(Path(folder)), features.NAME, images, epoch=epoch).arrays[features.NAME]


@st.cache_resource(max_entries=60, show_spinner=False)
def _asked(folder: str, epoch: int, image: np.ndarray) -> tuple[np.ndarray, bool]:
    found = looking.explainer().ask(Run(Path(folder)), features.NAME, image, epoch=epoch)
    return found.arrays[features.NAME], found.facts["hidden"]
