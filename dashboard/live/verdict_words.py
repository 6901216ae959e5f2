"""What the curves say, in sentences: the titles of the charts and the note below them."""

from dataclasses import dataclass
from typing import Literal

from core.evaluation.verdict import Verdict, verdict
from core.runs.history import History
from dashboard.words import _, number, percent


@dataclass(frozen=True)
class Note:
    """The verdict as it stands below the curves; `icon` is the name of one of Material's."""

    kind: Literal["info", "success", "warning"]
    title: str
    text: str
    icon: str


def finding(history: History) -> Verdict | None:
    """The verdict on the epochs so far; None before the first."""
    if not history.epochs:
        return None
    loss, val_loss = history.column("loss"), history.column("val_loss")
    accuracy, val_accuracy = history.column("accuracy"), history.column("val_accuracy")
    return verdict(loss, val_loss, accuracy, val_accuracy, history.start["n_classes"])


def loss_title(verdict: Verdict | None) -> str:
    """What the loss curves say, above their chart."""
    if verdict and verdict.finding == "overfitting":
        return _("Validation loss is lowest at epoch {epoch}", epoch=verdict.since)
    return {
        "early": _("Loss so far"),
        "learning": _("Both losses still fall"),
        "underfitting": _("Both losses stay high"),
        "fitting": _("Both losses fall together"),
        "not learning": _("The loss hardly moves"),
    }[verdict.finding if verdict else "early"]


def accuracy_title(verdict: Verdict | None) -> str:
    """What the accuracy curves say, above their chart."""
    return {
        "early": _("Accuracy so far"),
        "learning": _("Both accuracies still rise"),
        "underfitting": _("Even the training images are missed"),
        "fitting": _("Training and validation agree"),
        "overfitting": _("Training runs ahead of validation"),
        "not learning": _("No better than guessing"),
    }[verdict.finding if verdict else "early"]


def note(history: History) -> Note | None:
    """The verdict in words: what was seen, what it means, and what to try; None while it is too early to say."""
    verdict = finding(history)
    if verdict is None:
        return None
    first, last = history.epochs[verdict.since - 1], history.epochs[-1]
    match verdict.finding:
        case "overfitting" if verdict.since == len(history.epochs):
            text = _(
                "Training accuracy is {gap} points above validation accuracy: the network knows its training images "
                "better than images it has not seen. Try more images or more dropout.",
                gap=number(verdict.gap * 100, 1),
            )
            return Note("warning", _("Overfitting"), text, "trending_up")
        case "overfitting":
            text = _(
                "Since epoch {epoch}, validation loss went from {a} to {b} while training loss went from {c} to {d}: "
                "the network learns its training images by heart. Try more images, more dropout, or early stopping.",
                epoch=verdict.since,
                a=number(first["val_loss"], 2),
                b=number(last["val_loss"], 2),
                c=number(first["loss"], 2),
                d=number(last["loss"], 2),
            )
            return Note("warning", _("Overfitting"), text, "trending_up")
        case "underfitting":
            text = _(
                "Training accuracy has levelled off at {accuracy}: the network is too small, too restrained or too "
                "slow for these images. Try a larger network, less dropout, or a higher learning rate.",
                accuracy=percent(last["accuracy"]),
            )
            return Note("warning", _("Underfitting"), text, "trending_flat")
        case "not learning":
            text = _("Training accuracy is {accuracy}. Try another learning rate.", accuracy=percent(last["accuracy"]))
            return Note("warning", _("Not learning"), text, "trending_flat")
        case "fitting":
            text = _(
                "Training and validation accuracy are {gap} points apart, and validation loss is not rising: what the "
                "network learnt holds for images it has not seen.",
                gap=number(abs(verdict.gap) * 100, 1),
            )
            return Note("success", _("Good fit"), text, "check")
        case "learning":
            text = _("Both curves still improve: more epochs would help.")
            return Note("info", _("Still learning"), text, "trending_down")
    return None
