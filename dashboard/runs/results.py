"""The numbers of a run: of the last epoch while it goes on, of the test at the end, with ten test images."""

import streamlit as st

from core.errors import FitscopeError
from core.evaluation.intervals import wilson
from core.recipe.config import TrainingConfig
from core.runs.history import History
from core.runs.run import Run
from dashboard import resources
from dashboard.charts import pictures
from dashboard.words import _, class_words, number, percent, say


def figures(run: Run, history: History) -> None:
    """The numbers below the curves: of the last epoch, and of the test once there is one."""
    if not history.epochs:
        return
    last, best, n = history.epochs[-1], history.best, history.start["n_validation"]
    low, high = wilson(round(last["val_accuracy"] * n), n)
    cards = [
        (_("Validation accuracy"), percent(last["val_accuracy"]), _("Of the last epoch, on {n} images.", n=number(n))),
        (
            _("95 % interval"),
            f"{percent(low)} – {percent(high)}",
            _("Where the accuracy on all such images probably lies, by Wilson's formula."),
        ),
        (
            _("Training accuracy"),
            percent(last["accuracy"]),
            _("On {n} training images, always the same, dropout off.", n=number(history.start["n_scored"])),
        ),
        (
            _("Gap"),
            _("{gap} points", gap=number((last["accuracy"] - last["val_accuracy"]) * 100, 1)),
            _("Training minus validation accuracy. Wide: overfitting."),
        ),
        (
            _("Best epoch"),
            _("{best} of {last}", best=best["epoch"], last=last["epoch"]) if best else "–",
            _("The epoch with the best watched value so far."),
        ),
    ]
    with st.container(horizontal=True):
        for title, value, help in cards:
            st.metric(title, value, help=help, border=True, width=170)
    result = run.status.result if run.status else None
    if result:
        _test_result(result)
        version = history.start.get("dataset_version")
        if version:
            st.caption(_("Trained on version {version} of its images.", version=version))


def _test_result(result: dict) -> None:
    low, high = result["interval"]
    st.subheader(
        _(
            "Test: {accuracy} of {n} images right",
            accuracy=percent(result["test_accuracy"], 2),
            n=number(result["n_test"]),
        ),
        anchor=False,
    )
    st.markdown(
        _(
            "95 % interval {low} to {high} · test loss {loss} · network of epoch {kept}",
            low=percent(low, 2),
            high=percent(high, 2),
            loss=number(result["test_loss"], 4),
            kept=result["kept_epoch"],
        )
    )


def gallery(run: Run, config: TrainingConfig) -> None:
    """Ten test images, right or wrong told by sign and by words."""
    try:
        shown = resources.gallery(run, config)
    except FitscopeError as error:  # the dataset was removed, or a file is damaged; the figures above still hold
        st.warning(say(error), icon=":material/broken_image:")
        return
    if shown is None:
        return
    classes = class_words(config.dataset, resources.history(run).start["classes"])
    right = shown.predicted == shown.labels
    st.markdown(
        "**"
        + _("Ten test images: {right} right, {wrong} wrong", right=int(right.sum()), wrong=int((~right).sum()))
        + "**"
    )
    answers, alts = [], []
    for label, predicted, sure in zip(shown.labels, shown.predicted, shown.sure, strict=True):
        truth = "" if label == predicted else _("is: {label}", label=classes[label])
        answers.append((label == predicted, classes[predicted], percent(float(sure), 0), truth))
        alts.append(_("shows {label}, predicted {predicted}", label=classes[label], predicted=classes[predicted]))
    st.html(pictures.answered_wall(shown.images, answers, alts))
