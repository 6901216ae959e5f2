"""One run at any epoch that was kept: where the curves stood, what it confused, its filters, one image's answer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st

from core.backbones import branch
from core.errors import RunError
from core.evaluation import confusion
from core.evaluation import worst as mistakes
from core.evaluation.evaluation import Evaluation
from core.recipe import architectures
from core.runs import checkpoints
from core.runs.run import Run
from dashboard import choices, looking, resources
from dashboard.charts import answers as answer_charts
from dashboard.charts import curves, pictures
from dashboard.charts.matrix import matrix
from dashboard.inside import following
from dashboard.navigation import page
from dashboard.people import bound
from dashboard.widgets import run_picker
from dashboard.widgets.plot import is_dark, plot
from dashboard.words import _, class_words, number, percent

WORST = 8  # images
FILTERS = 32  # of the first convolution, shown at most


def choose() -> Run | None:
    """The run to look back on, with epochs kept; tested, or still training."""
    help = _("Runs whose epochs were kept, also while they train.")
    return run_picker.pick(_("Run"), help, lambda run: following.has_epochs(run, 2))


@st.fragment
def travel(run: Run, follows: bool) -> None:
    """The slider and everything that moves with it; best and last side by side where that is wished.

    follows  a training, whose last kept epoch it shows
    """
    if follows and following.stayed(run):
        st.rerun()  # the slider was moved: the switch, which lies outside, is turned with it
    looking.note_questions(follows)
    epochs = checkpoints.epochs(run.checkpoints)
    best = resources.history(run).best
    kept = [epoch for epoch in epochs if epoch > 0]
    key = f"time_epoch_{run.id}"
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    side_by_side = right.toggle(
        _("Best and last"), key="time_pair", help=_("Lays the best and the last kept epoch side by side.")
    )
    if side_by_side and best:
        first = checkpoints.nearest(run.checkpoints, best["epoch"]) or kept[-1]
        if first == kept[-1]:
            left.caption(_("The last epoch is the best one."))
        for column, epoch, place in zip(st.columns(2), (first, kept[-1]), ("best", "last"), strict=True):
            with column:
                _moment(run, epoch, place)
        return
    with left:
        help = _("Epochs that were kept; of long trainings not every one is.")
        epoch = following.choose_epoch(run, kept, kept[-1], key, help, follows)
    _moment(run, epoch)


def go_on(run: Run, follows: bool) -> None:
    """Follows a training: its next kept epoch is drawn when it is there."""
    newest = checkpoints.epochs(run.checkpoints)[-1]
    seen = following.shown(run) if follows else st.session_state.get(f"time_epoch_{run.id}")
    following.go_on(run, seen or newest, follows, lambda epoch: looking.ask_ahead(run, epoch))


def _moment(run: Run, epoch: int, place: str = "") -> None:
    """Everything of one epoch, on the validation images; `place` where two stand side by side."""
    history = resources.history(run)
    try:
        evaluation = following.validation(run, epoch)
    except RunError:
        st.info(_("The answers of epoch {epoch} were not kept.", epoch=epoch), icon=":material/history_toggle_off:")
        return
    low, high = evaluation.interval
    st.markdown(
        _(
            "Epoch {epoch}: **{accuracy}** of {n} validation images right (95 % interval {low} to {high}).",
            epoch=epoch,
            accuracy=percent(evaluation.accuracy, 2),
            n=number(evaluation.n),
            low=percent(low),
            high=percent(high),
        )
    )
    first, second = (st.container(), st.container()) if place else st.columns(2)
    with first:
        plot(
            curves.at_epoch(history, "loss", epoch, _("Loss, and where this epoch stands"), _),
            key=f"time-curve{place}",
        )
        _filters(run, epoch)
    with second:
        order = np.arange(len(evaluation.classes))
        values = confusion.confusion(evaluation)[np.ix_(order, order)]
        names = class_words(evaluation.dataset, evaluation.classes)
        figure = matrix(values, values, names, _("What it confused"), _, number, is_dark())
        figure["layout"]["height"] = 360
        plot(figure, key=f"time-matrix{place}")
    _worst(run, evaluation)
    if not place:
        branch_from(run, epoch)
        _one_image(run, evaluation, epoch)


def branch_from(run: Run, epoch: int) -> None:
    """The way to a new run that begins with the network of that epoch; a backbone is begun from in another way."""
    if "backbone" in architectures.get(run.config.architecture).settings:
        return
    begun = replace(run.config.spelled_out(), begin_from=branch.text(run, epoch))
    refused = bound.refusal([begun])
    st.page_link(
        page("train"),
        label=_("Branch from here"),
        icon=":material/call_split:",
        query_params=choices.link(begun),
        disabled=bool(refused),
        help=_("A new run that begins with the network of this epoch; change what you like but its layers."),
    )
    bound.explain(refused)


def _filters(run: Run, epoch: int) -> None:
    """The kernels of the first convolution, each by its own largest weight."""
    weights = checkpoints.read(run.checkpoints, epoch)
    kernels = next((one for one in weights if one.ndim == 4), None)
    if kernels is None:
        return
    shown = np.moveaxis(kernels, 3, 0)[:FILTERS]  # (k, k, c_in, c_out) -> (c_out, k, k, c_in)
    shown = shown if shown.shape[3] in (1, 3) else shown[..., :1]
    most = np.abs(shown).max(axis=(1, 2, 3), keepdims=True)
    grey = np.round(127.5 + 127.5 * shown / np.maximum(most, 1e-9)).astype(np.uint8)
    st.markdown("**" + _("Filters of the first convolution") + "**")
    st.html(pictures.strip(grey, [_("filter")] * len(grey), side=36, columns=min(len(grey), 8)))
    st.caption(_("Grey is 0, bright adds, dark takes away."))


def _worst(run: Run, evaluation: Evaluation) -> None:
    shown = mistakes.most_confident_mistakes(evaluation, WORST)
    st.markdown("**" + _("Its surest mistakes") + "**")
    if not len(shown):
        st.caption(_("None at this epoch."))
        return
    classes = class_words(evaluation.dataset, evaluation.classes)
    images = resources.stored_pictures(run.config, shown.rows)
    answers, alts = [], []
    facts = (shown.true, shown.predicted, shown.predicted_probability, shown.positions)
    for true, predicted, sure, position in zip(*facts, strict=True):
        truth = _("is: {label}", label=classes[true])
        answers.append((False, classes[predicted], percent(float(sure), 0), f"{truth} · {position}"))
        alts.append(_("shows {label}, predicted {predicted}", label=classes[true], predicted=classes[predicted]))
    st.html(pictures.answered_wall(images, answers, alts))


def _one_image(run: Run, evaluation: Evaluation, epoch: int) -> None:
    """One validation image: its answer now, and the probability of its true class at every kept epoch."""
    worst = mistakes.most_confident_mistakes(evaluation, 1)
    start = int(worst.positions[0]) if len(worst) else 0
    position = st.number_input(
        _("One validation image, by its number"),
        0,
        evaluation.n - 1,
        st.session_state.get(f"time_image_{run.id}", start),
        key=f"time_image_{run.id}",
        help=_("The number below the images above."),
    )
    classes = class_words(evaluation.dataset, evaluation.classes)
    left, middle, right = st.columns([1, 2, 2])
    with left:
        image = resources.stored_pictures(run.config, evaluation.rows[position : position + 1])
        label = _("is: {label}", label=classes[evaluation.labels[position]])
        st.html(pictures.wall(image, [label], [label], side=140))
    with middle:
        order = evaluation.probabilities[position].argsort()[::-1][:5]
        shares = [float(evaluation.probabilities[position, one]) for one in order]
        title = _("What it said at epoch {epoch}", epoch=epoch)
        plot(answer_charts.answer_bars([classes[one] for one in order], shares, title, _), key="time-answer")
    with right:
        shows = int(evaluation.labels[position])
        track = _track(str(run.folder), int(position), shows, tuple(checkpoints.epochs(run.checkpoints)))
        title = _("Probability of the right class, epoch by epoch")
        plot(curves.track(*track, epoch, title, _), key="time-track")
    if st.toggle(_("Its feature maps"), key="time_maps", help=_("Of the first convolution, after this epoch.")):
        _maps(run, epoch, image)


def _maps(run: Run, epoch: int, image: np.ndarray) -> None:
    """What the first convolution makes of the image after that epoch."""
    explained = looking.explained(run, epoch, "feature_maps", image, {})
    first = next((one for one in explained.arrays.values() if one.ndim == 3), None) if explained else None
    if first is None:
        return
    maps = pictures.as_grey(np.moveaxis(first, 2, 0)[:FILTERS].astype(np.float32), common=False)
    st.html(pictures.strip(maps, [_("feature map")] * len(maps), side=56, columns=min(len(maps), 8)))


@st.cache_data(max_entries=100, show_spinner=False)
def _track(folder: str, position: int, label: int, epochs: tuple[int, ...]) -> tuple[list[int], list[float]]:
    """(epochs, probability of the class that it shows) of one validation image."""
    run = Run(Path(folder))
    answers = {epoch: checkpoints.answers(run.checkpoints, epoch) for epoch in epochs}
    shares = {epoch: float(one[position, label]) for epoch, one in answers.items() if one is not None}
    return list(shares), list(shares.values())
