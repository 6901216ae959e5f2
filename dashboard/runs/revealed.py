"""What was said before a run, answered by the run: each part in one sentence, with its error."""

from collections.abc import Callable

import streamlit as st

from core.runs import prediction as predictions
from core.runs.history import History
from core.runs.prediction import Prediction
from core.runs.run import Run
from dashboard.words import _, in_markdown, number, percent, plural, points


def reveal(run: Run, history: History) -> None:
    """Nothing where nobody said anything, or before there is something to compare it with."""
    told = sentences(run, history, in_markdown)
    if told:
        st.info("\n\n".join(told), title=_("What you said, and what happened"), icon=":material/psychology_alt:")


def sentences(run: Run, history: History, quoted: Callable[[str], str] = str) -> list[str]:
    """What was said of each part and what happened, in plain text.

    quoted  makes somebody's own words fit where they will stand
    """
    said = predictions.of(run)
    if said is None or not history.epochs:
        return []
    told = [*_curve(said, history), *_turn(said, history), *_test(said, run)]
    if said.words:
        told.append(_("In your own words: “{words}”", words=quoted(said.words)))
    return told


def _curve(said: Prediction, history: History) -> list[str]:
    epochs = [int(epoch) for epoch in history.column("epoch")]
    error = predictions.curve_error(said, epochs, history.column("val_accuracy"))
    if error is None:
        return []
    return [_("Your curve lies {error} from the true one, on average.", error=points(error))]


def _turn(said: Prediction, history: History) -> list[str]:
    if said.turns_at is None:
        return []
    losses = history.column("val_loss")
    lowest = int(history.epochs[losses.index(min(losses))]["epoch"])
    words = _(
        "You said that validation loss gets no better after epoch {said}: it was lowest after epoch {lowest} of "
        "{epochs}.",
        said=said.turns_at,
        lowest=lowest,
        epochs=len(losses),
    )
    off = abs(said.turns_at - lowest)
    apart = plural(off, "That is {n} epoch apart.", "That is {n} epochs apart.") if off else _("Exactly so.")
    return [f"{words} {apart}"]


def _test(said: Prediction, run: Run) -> list[str]:
    result = run.status.result if run.status else None
    if said.test_accuracy is None or not result:
        return []
    low, high = result["interval"]
    words = _(
        "You said {said} of the test images: it has {accuracy} right of {n}, 95 % interval {low} to {high}.",
        said=percent(said.test_accuracy, 0),
        accuracy=percent(result["test_accuracy"]),
        n=number(result["n_test"]),
        low=percent(low),
        high=percent(high),
    )
    inside = low <= said.test_accuracy <= high
    return [words + " " + (_("Your number lies in it.") if inside else _("Your number lies outside of it."))]
