"""Looking inside a network: which run, which epoch, which picture; asks the explainer and shows what it found."""

import numpy as np
import streamlit as st

from core.data.reading.decode import ENDINGS, Refused
from core.evaluation import worst
from core.evaluation.evaluation import Evaluation
from core.inside import weights
from core.inside.explanation import Explanation, explanations
from core.runs import checkpoints
from core.runs.run import Run
from dashboard import looking, resources
from dashboard.charts import answers as answer_charts
from dashboard.charts import pictures
from dashboard.inside import controls, following, views
from dashboard.widgets import layers, pad, run_picker
from dashboard.widgets.plot import plot
from dashboard.words import _, after_colon, as_named, class_words, number, percent, say

SAMPLED = 500  # pictures for explanations that look at many


def choose() -> tuple[Run, int, bool] | None:
    """The run and the epoch to look into, and whether that follows a training; None before there is one."""
    run = run_picker.pick(_("Run"), _("Runs whose epochs were kept, also while they train."), following.has_epochs)
    if run is None:
        return None
    follows = following.switch(run)
    kept = checkpoints.epochs(run.checkpoints)
    epochs = [epoch for epoch in kept if epoch > 0] if following.is_training(run) else kept  # of 0 nothing was scored
    help = _("The network after this epoch; 0 is before the first step.")
    start = weights.shown_epoch(run)
    epoch = following.choose_epoch(run, epochs, start, f"inside_epoch_{run.id}", help, follows)
    looking.note_questions(follows)
    return run, epoch, follows


def go_on(run: Run, epoch: int, follows: bool, has_picture: bool) -> None:
    """Follows a training: at its next kept epoch the page is drawn with it, once all answers are there."""

    def ahead(newest: int) -> None:
        if has_picture:
            looking.asked(run, newest)
        looking.ask_ahead(run, newest)

    following.go_on(run, epoch, follows, ahead)


def choose_explanation() -> tuple[str, Explanation]:
    """One of the explanations, with what it shows and what it does not."""
    known = explanations()
    name = st.selectbox(
        _("Way of looking"),
        list(known),
        key="inside_explanation",
        format_func=lambda one: _(known[one].title),
        help=_("Each is one file under core/explain."),
    )
    st.caption(_(known[name].about))
    st.caption(":material/visibility_off: " + _("What it does not show: {limits}", limits=_(known[name].limits)))
    return name, known[name]


def choose_picture(run: Run, epoch: int) -> np.ndarray | None:
    """One picture as the network receives it, (height, width, channels) uint8: of the test set, or the viewer's own."""
    of_the_run = _("of the validation set") if following.is_training(run) else _("of the test set")
    where = st.segmented_control(
        _("Picture"),
        ["test", "draw", "upload", "camera"],
        key="inside_source",
        default="test",
        required=True,
        wrap=True,
        format_func={
            "test": of_the_run,
            "draw": _("drawn"),
            "upload": _("my own"),
            "camera": _("camera"),
        }.__getitem__,
        help=_("It stays on this server and is not kept."),
    )
    if where == "test":
        return _stored_picture(run, following.asked_about(run, epoch))
    if where == "draw":
        return _as_seen(run, epoch, _("drawing"), pad.pad(run.config, "inside_draw"))
    given = (
        st.file_uploader(_("Picture"), list(ENDINGS), key="inside_upload", label_visibility="collapsed")
        if where == "upload"
        else st.camera_input(_("Snapshot"), key="inside_camera", label_visibility="collapsed", width=480)
    )
    return _as_seen(run, epoch, given.name, given.getvalue()) if given else None


def show(run: Run, epoch: int, name: str, explanation: Explanation, picture: np.ndarray | None) -> None:
    """Asks, and shows it in the way made for this explanation, or all of its arrays where there is none."""
    images, rows = (picture[None] if picture is not None else None), None
    if explanation.kind == "images":
        images, rows = _some_pictures(run, epoch, min(SAMPLED, explanation.most))
    convolutions = looking.convolutions(run, epoch) if explanation.asks_for("layer") else ()
    look = views.Look(run, following.asked_about(run, epoch), picture, images, rows)
    options = controls.options(explanation, class_words(look.evaluation.dataset, look.evaluation.classes), convolutions)
    explained = looking.explained(run, epoch, name, images if explanation.kind != "network" else None, options)
    if explained is not None:
        views.show(explanation.view, explained, look)


def answer(run: Run, epoch: int, picture: np.ndarray) -> None:
    """What the network of that epoch says of the picture."""
    classifier = looking.classifier(run, epoch)
    shares = classifier.network.probabilities(picture[None])[0]
    order = shares.argsort()[::-1][:5]
    classes = class_words(classifier.dataset, [classifier.classes[label] for label in order])
    title = _("{answer}, says the network, {sure} sure", answer=classes[0], sure=percent(float(shares[order[0]]), 0))
    plot(answer_charts.answer_bars(classes, [float(shares[label]) for label in order], title, _), key="inside-answer")


def diagram(run: Run) -> None:
    """All layers with their shapes, parameters and multiply-adds; opened on demand, an idle worker knows them."""
    with st.expander(
        _("The network, layer by layer"), icon=":material/account_tree:", key="inside_layers", on_change="rerun"
    ) as box:
        plan = layers.plan(run.config) if box.open else None
        if plan:
            st.dataframe(layers.table(plan), hide_index=True, alt=_("Layers of the network"))
            st.caption(
                _(
                    "{parameters} parameters, {work} multiply-adds for one picture.",
                    parameters=number(plan.parameters),
                    work=number(plan.multiply_adds),
                )
            )


def _as_seen(run: Run, epoch: int, name: str, content: bytes | None) -> np.ndarray | None:
    """A picture file as the network receives it; None, with the reason on the page, where it cannot be read."""
    if content is None:
        return None
    try:
        classifier = looking.classifier(run, epoch)
        picture = classifier.see(classifier.opened(content)).pixels
    except Refused as reason:
        st.error(after_colon(name, say(reason)), icon=":material/broken_image:")
        return None
    st.html(pictures.wall(picture[None], [_("as the network sees it")], [name], side=140))
    return picture


def _stored_picture(run: Run, evaluation: Evaluation) -> np.ndarray:
    training, wrong = following.is_training(run), worst.most_confident_mistakes(evaluation, 1)
    key = f"inside_validation_{run.id}" if training else f"inside_image_{run.id}"
    start = int(wrong.positions[0]) if len(wrong) else 0
    place = st.number_input(
        _("Validation image, by its number") if training else _("Test image, by its number"),
        0,
        evaluation.n - 1,
        st.session_state.get(key, start),  # while it trains its mistakes change, and the picture stays
        key=key,
        help=_("It begins with the surest mistake. Below the picture: its number on *Mistakes*, among all images."),
    )
    picture = resources.stored_pictures(run.config, evaluation.rows[place : place + 1])[0]
    label = _("is: {label}", label=as_named(evaluation.dataset, evaluation.classes[evaluation.labels[place]]))
    st.html(pictures.wall(picture[None], [f"#{evaluation.rows[place]} · {label}"], [label], side=140))
    return picture


def _some_pictures(run: Run, epoch: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Some test pictures, of validation while it trains, spread over the whole set, and their positions in it."""
    evaluation = following.asked_about(run, epoch)
    if following.is_training(run):
        st.caption(_("The pictures are of the validation set; the test set is asked at the end."))
    positions = np.unique(np.linspace(0, evaluation.n - 1, min(n, evaluation.n)).round().astype(int))
    return resources.stored_pictures(run.config, evaluation.rows[positions]), positions
