"""The figures below the curves, of the last epoch."""

from dataclasses import dataclass

from core.evaluation.intervals import wilson
from core.runs.history import History
from dashboard.words import _, number, percent, points


@dataclass(frozen=True)
class Card:
    """One figure, in words and digits of the viewer's language."""

    title: str
    value: str
    help: str


def cards(history: History) -> list[Card]:
    """The figures of the last epoch; none before the first."""
    if not history.epochs:
        return []
    last, n = history.epochs[-1], history.start["n_validation"]
    low, high = wilson(round(last["val_accuracy"] * n), n)
    at_once = history.start.get("at_once")  # a baseline has no epochs
    return [
        Card(
            _("Validation accuracy") if at_once else _("Validation, last epoch"),
            percent(last["val_accuracy"]),
            _("On {n} images.", n=number(n)),
        ),
        Card(
            _("95 % interval"),
            f"{percent(low)} – {percent(high)}",
            _("Where the accuracy on all such images probably lies, by Wilson's formula."),
        ),
        Card(
            _("Training accuracy"),
            percent(last["accuracy"]),
            _("On {n} training images, always the same, dropout off.", n=number(history.start["n_scored"])),
        ),
        Card(
            _("Gap"),
            points(last["accuracy"] - last["val_accuracy"]),
            _("Training minus validation accuracy. Wide: overfitting."),
        ),
        *([] if at_once else [_best(history)]),
    ]


def _best(history: History) -> Card:
    last, best = history.epochs[-1], history.best
    return Card(
        _("Best epoch"),
        _("{best} of {last}", best=best["epoch"], last=last["epoch"]) if best else "–",
        _(
            "The one with the best watched value so far; its validation accuracy: {share}.",
            share=percent(best["val_accuracy"]),
        )
        if best
        else "",
    )
