"""Looking inside a network: which run, which epoch, which picture; asks the explainer and shows what it found."""

import numpy as np
import streamlit as st

from core.data.reading.decode import ENDINGS, Refused
from core.evaluation import worst
from core.evaluation.evaluation import Evaluation
from core.inside import weights
from core.inside.explanation import Explanation, explanations
from core.network.classifier import Classifier
from core.runs import checkpoints
from core.runs.run import Run
from dashboard import looking, resources
from dashboard.charts import answers as answer_charts
from dashboard.charts import pictures
from dashboard.inside import controls, views
from dashboard.widgets import layers, pad, run_picker
from dashboard.widgets.plot import plot
from dashboard.words import _, as_named, class_words, number, percent, say

SAMPLED = 500  # pictures for explanations that look at many


def choose() -> tuple[Run, int] | None:
    """The run and the epoch to look into; None before there is one."""
    run = run_picker.pick(
        _("Run"),
        _("Runs whose epochs were kept."),
        lambda run: resources.was_tested(run) and bool(checkpoints.epochs(run.checkpoints)),
    )
    if run is None:
        return None
    epochs = checkpoints.epochs(run.checkpoints)
    if len(epochs) == 1:
        return run, epochs[0]
    epoch = st.select_slider(
        _("Epoch"),
        epochs,
        weights.shown_epoch(run),
        key=f"inside_epoch_{run.id}",
        help=_("The network after this epoch; 0 is before the first step."),
    )
    return run, epoch


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


def choose_picture(run: Run) -> np.ndarray | None:
    """One picture as the network receives it, (height, width, channels) uint8: of the test set, or the viewer's own."""
    where = st.segmented_control(
        _("Picture"),
        ["test", "draw", "upload", "camera"],
        key="inside_source",
        default="test",
        required=True,
        wrap=True,
        format_func={
            "test": _("of the test set"),
            "draw": _("drawn"),
            "upload": _("my own"),
            "camera": _("camera"),
        }.__getitem__,
        help=_("It stays on this server and is not kept."),
    )
    if where == "test":
        return _test_picture(run, resources.evaluation(run, "test"))
    if where == "draw":
        return _as_seen(run, _("drawing"), pad.pad(run.config, "inside_draw"))
    given = (
        st.file_uploader(_("Picture"), list(ENDINGS), key="inside_upload", label_visibility="collapsed")
        if where == "upload"
        else st.camera_input(_("Snapshot"), key="inside_camera", label_visibility="collapsed", width=480)
    )
    return _as_seen(run, given.name, given.getvalue()) if given else None


def show(run: Run, epoch: int, name: str, explanation: Explanation, picture: np.ndarray | None) -> None:
    """Asks, and shows it in the way made for this explanation, or all of its arrays where there is none."""
    images, rows = (picture[None] if picture is not None else None), None
    if explanation.kind == "images":
        images, rows = _some_pictures(run, min(SAMPLED, explanation.most))
    convolutions = looking.convolutions(run, epoch) if explanation.asks_for("layer") else ()
    look = views.Look(run, resources.evaluation(run, "test"), picture, images, rows)
    options = controls.options(explanation, class_words(look.evaluation.dataset, look.evaluation.classes), convolutions)
    explained = looking.explained(run, epoch, name, images if explanation.kind != "network" else None, options)
    if explained is not None:
        views.show(explanation.view, explained, look)


def answer(run: Run, epoch: int, picture: np.ndarray) -> None:
    """What the network of that epoch says of the picture."""
    classifier: Classifier = resources.classifier(run)
    shares = _shares(run, epoch, picture, classifier)
    if shares is None:
        return
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


def _shares(run: Run, epoch: int, picture: np.ndarray, classifier: Classifier) -> np.ndarray | None:
    """The kept network answers here; that of another epoch through the last of its feature maps."""
    if epoch == weights.shown_epoch(run):
        return classifier.network.probabilities(picture[None])[0]
    maps = looking.explained(run, epoch, "feature_maps", picture[None], {})
    return None if maps is None else maps.arrays[maps.facts["layers"][-1]["name"]].astype(np.float32)


def _as_seen(run: Run, name: str, content: bytes | None) -> np.ndarray | None:
    """A picture file as the network receives it; None, with the reason on the page, where it cannot be read."""
    if content is None:
        return None
    try:
        classifier = resources.classifier(run)
        picture = classifier.see(classifier.opened(content)).pixels
    except Refused as reason:
        st.error(f"{name}: {say(reason)}", icon=":material/broken_image:")
        return None
    st.html(pictures.wall(picture[None], [_("as the network sees it")], [name], side=140))
    return picture


def _test_picture(run: Run, evaluation: Evaluation) -> np.ndarray:
    wrong = worst.most_confident_mistakes(evaluation, 1)
    start = int(wrong.positions[0]) if len(wrong) else 0
    place = st.number_input(
        _("Test image, by its number"),
        0,
        evaluation.n - 1,
        start,
        key=f"inside_image_{run.id}",
        help=_("It begins with the surest mistake."),
    )
    picture = resources.stored_pictures(run.config, evaluation.rows[place : place + 1])[0]
    label = _("is: {label}", label=as_named(evaluation.dataset, evaluation.classes[evaluation.labels[place]]))
    st.html(pictures.wall(picture[None], [label], [label], side=140))
    return picture


def _some_pictures(run: Run, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Some test pictures, spread over the whole set, and their positions in it."""
    evaluation = resources.evaluation(run, "test")
    positions = np.unique(np.linspace(0, evaluation.n - 1, min(n, evaluation.n)).round().astype(int))
    return resources.stored_pictures(run.config, evaluation.rows[positions]), positions
