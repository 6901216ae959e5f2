"""Scores to probabilities to loss by hand: from scores, from probabilities that are typed, from a network's answer."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from core.by_hand.loss import cross_entropy, one_hot, softmax
from core.errors import FitscopeError
from dashboard import resources
from dashboard.by_hand.numbers import typed
from dashboard.charts import pictures
from dashboard.widgets import run_picker
from dashboard.words import _, class_words, in_markdown, number, say

MOST = 10  # classes in the table
# Of a phone too the table shows all of its columns: heads are written in several lines.
NARROW = """
.st-key-by_hand_steps :is(th, td) { white-space: normal !important; padding: .3rem .45rem !important;
  min-width: 0 !important; font-variant-numeric: tabular-nums; }
@media (max-width: 640px) { .st-key-by_hand_steps table { font-size: .8rem } }
"""
SMALL = 0.0005  # what is less has no digit among three places
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
CLOSE = 0.005  # by which the sum of what is typed may miss 1: numbers of two digits


def show() -> None:
    """The whole subject."""
    words = {
        "scores": _("Scores of the last layer"),
        "probabilities": _("Probabilities"),
        "network": _("A network's answer"),
    }
    source = st.segmented_control(
        _("Begin with"),
        list(words),
        default="scores",
        required=True,
        key="by_hand_source",
        format_func=words.__getitem__,
        help=_("Softmax makes probabilities of scores; the loss is worked out from probabilities."),
    )
    match source:
        case "probabilities":
            _from_probabilities()
        case "network":
            _from_network()
        case _scores:
            _from_scores()
    st.markdown("*" + _("How large is the loss of a network that guesses among ten classes?") + "*")


def _from_scores() -> None:
    left, right = st.columns([2, 1])
    help = _("Numbers with semicolons between.")
    values = typed(left.text_input(_("Scores of the last layer"), "2.0; 1.0; 0.1", key="by_hand_scores", help=help))
    if not 2 <= len(values) <= MOST:
        st.warning(_("Write 2 to 10 numbers with semicolons between, such as 2.0; 1.0; 0.1."), icon=":material/edit:")
        return
    truth = _truth(right, len(values))
    shares, powers = softmax(values), np.exp(values - values.max())
    steps = {_("Score z"): values, "exp(z − max)": powers}
    st.caption(_("Softmax: each exp divided by their sum, {sum}.", sum=number(float(powers.sum()), 3)))
    _table(list(range(1, len(values) + 1)), steps, shares, truth)


def _from_probabilities() -> None:
    left, right = st.columns([2, 1])
    help = _("Numbers from 0 to 1 with semicolons between; one alone is that of the true class.")
    shares = typed(left.text_input(_("Probabilities"), "0.2; 0.7; 0.1", key="by_hand_probabilities", help=help))
    if not 1 <= len(shares) <= MOST or (shares < 0).any() or (shares > 1).any():
        sentence = _("Write 1 to 10 numbers from 0 to 1 with semicolons between, such as 0.2; 0.7; 0.1.")
        st.warning(sentence, icon=":material/edit:")
        return
    truth = _truth(right, len(shares))
    total = float(shares.sum())
    if len(shares) > 1 and abs(total - 1) > CLOSE:
        sentence = _("They add up to {sum}; the probabilities of a network always add up to 1.", sum=number(total, 3))
        st.info(sentence, icon=":material/balance:")
    _table(list(range(1, len(shares) + 1)), {}, shares, truth)


def _from_network() -> None:
    run = run_picker.pick(_("Network"), _("The newest first."), resources.was_tested)
    if run is None:
        st.info(_("No network was tested yet. Train one to its end, and its answers can be taken here."))
        return
    try:
        evaluation = resources.evaluation(run, "test")
        left, right = st.columns([2, 1])
        help = _("Number of the image in the test set.")
        which = left.number_input(_("Test image"), 1, evaluation.n, 1, key="by_hand_image_number", help=help) - 1
        image = resources.stored_pictures(run.config, evaluation.rows[which : which + 1])
    except FitscopeError as error:
        st.warning(say(error), icon=":material/broken_image:")
        return
    names = class_words(evaluation.dataset, evaluation.classes)
    truth = int(evaluation.labels[which])
    with right:
        st.html(pictures.wall(image, [names[truth]], [names[truth]]))
    _table(names, {}, evaluation.probabilities[which].astype(float), truth)


def _truth(place, n: int) -> int:
    help = _("Counted from 1, as in the table.")
    return place.number_input(_("True class"), 1, n, 1, key="by_hand_truth", help=help) - 1


def _table(names: list, steps: dict[str, np.ndarray], shares: np.ndarray, truth: int) -> None:
    """The steps, each a column: the label as a network is taught it, its product with −ln p, and their sum."""
    label = one_hot(truth, len(shares))
    surprise = np.array([cross_entropy(shares, number) for number in range(len(shares))])
    numbers = {
        **steps,
        _("Probability p"): shares,
        "−ln p": surprise,
        _("Label y (one-hot)"): label,
        "−y · ln p": np.where(label > 0, surprise, 0.0),  # 0 · ∞ counts as 0: the limit of p · ln p
    }
    columns = {title: [_written(one) for one in values] for title, values in numbers.items()}
    steps_of_each = pd.DataFrame({_("Class"): [in_markdown(str(name)) for name in names], **columns})
    with st.container(key="by_hand_steps"):
        st.html(f"<style>{NARROW}</style>")
        st.table(steps_of_each, hide_index=True, width="content", alt=_("Cross-entropy step by step"))
    st.markdown(
        _(
            "Cross-entropy: −ln {p} = **{loss}**, the last column added up. Only the true class counts, because "
            "all others are 0 in the label.",
            p=_written(shares[truth]),
            loss=_written(surprise[truth]),
        )
    )
    guessing = _written(math.log(len(shares)))
    if len(shares) > 1:
        st.caption(
            _(
                "Small where the true class got a large share; whoever gives all {n} classes the same has {loss}.",
                n=len(shares),
                loss=guessing,
            )
        )


def _written(value: float) -> str:
    """A number to three places, a whole one without, one that would be 0.000 as a power of ten."""
    if math.isinf(value):
        return "∞"
    if 0 < value < SMALL:
        exponent = math.floor(math.log10(value))
        return f"{number(value / 10**exponent, 1)} · 10{str(exponent).translate(RAISED)}"
    return number(float(value), 0 if value == round(value) else 3)
