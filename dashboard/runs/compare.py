"""Several runs beside each other: what differs among their recipes, their curves, and two of them image by image."""

import io
import itertools
import string
from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import FitscopeError
from core.evaluation.evaluation import Evaluation
from core.evaluation.paired import Paired, paired
from core.recipe.config import SETTINGS
from core.recipe.differences import differing, given
from core.runs.run import Run
from dashboard import resources
from dashboard.charts import curves, pictures
from dashboard.runs import noise_floor
from dashboard.runs.table import accuracy
from dashboard.runs.value_words import value_word
from dashboard.widgets.plot import plot
from dashboard.words import _, class_words, number, percent, points, say

LETTERS = string.ascii_uppercase
PILLS = 15  # pairs; more are a list
PICTURES = 12  # of the images that one run alone has right


def compare(runs: list[Run]) -> None:
    """The ticked runs, which can be read; at most as many as there are letters."""
    shown = dict(zip(LETTERS, runs, strict=False))
    if len(runs) > len(shown):
        st.caption(_("The first {n} of the ticked runs are compared.", n=len(shown)))
    table(shown)
    histories = [(letter, resources.history(run)) for letter, run in shown.items()]
    titles = {"loss": _("Loss of the ticked runs"), "accuracy": _("Accuracy of the ticked runs")}
    for column, (name, title) in zip(st.columns(2), titles.items(), strict=True):
        with column:
            plot(curves.overlay(histories, name, title, _), key=f"compare-{name}")
    st.caption(_("Solid with marks: validation. Thin and dashed: training. Letters as in the table."))
    pair(shown)


def frame(shown: Mapping[str, Run]) -> pd.DataFrame:
    """The settings that differ among these runs, then what became of them."""
    recipes = {letter: resources.recipe(run) for letter, run in shown.items()}
    names = differing([recipe for recipe in recipes.values() if recipe])
    rows = []
    for letter, run in shown.items():
        recipe = recipes[letter]
        settings = {_(SETTINGS[name].title): value_word(name, given(recipe, name)) if recipe else "" for name in names}
        rows.append({"": letter, _("Name"): run.meta.name, **settings, **_figures(run)})
    return pd.DataFrame(rows)


def _figures(run: Run) -> dict[str, str]:
    history, row = resources.history(run), resources.row(run)
    best = history.best or {}
    seconds = sum(epoch["seconds"] for epoch in history.epochs)
    return {
        _("Parameters"): number(history.start["parameters"]) if history.start else "",
        _("Training time"): _("{seconds} s", seconds=number(seconds, 1)) if history.epochs else "",
        _("Best validation loss"): number(best["val_loss"], 4) if best else "",
        _("Validation accuracy, best epoch"): accuracy(row.val_accuracy, row.n_validation),
        _("Test accuracy"): accuracy(row.test_accuracy, row.n_test),
    }


def _csv(frame: pd.DataFrame) -> bytes:
    written = io.StringIO()
    frame.to_csv(written, index=False)
    return written.getvalue().encode("utf-8-sig")  # with its mark, by which Excel knows the encoding


def table(shown: dict[str, Run]) -> None:
    """The settings that differ among the runs, and what became of them; also as a file."""
    compared = frame(shown)
    st.dataframe(compared, key="compared", hide_index=True, alt=_("The runs that are compared"))
    st.download_button(
        _("As CSV"), _csv(compared), "fitscope.csv", "text/csv", key="compared_csv", icon=":material/download:"
    )


def pair(shown: dict[str, Run]) -> None:
    """Two of the runs image by image; of more than two, the viewer says which."""
    pairs = {f"{a} · {b}": (a, b) for a, b in itertools.combinations(shown, 2)}
    words, title = list(pairs), _("Image by image")
    help = _("Two runs on the same validation images: which only one of them has right.")
    chosen = words[0] if words else None
    if len(pairs) > PILLS:
        chosen = st.selectbox(title, words, key="pair", help=help)
    elif len(pairs) > 1:
        chosen = st.pills(title, words, default=chosen, required=True, key="pair", help=help)
    if chosen:
        _pair({letter: shown[letter] for letter in pairs[chosen]})


def _pair(shown: dict[str, Run]) -> None:
    """Two runs on the same validation images: which only one of them has right, and whether that is more than luck."""
    (first, a), (second, b) = shown.items()
    if not (resources.was_tested(a) and resources.was_tested(b)):
        st.caption(_("Image by image they can be compared once both have ended."))
        return
    try:
        one, other = resources.evaluation(a, "validation"), resources.evaluation(b, "validation")
        compared = paired(one, other)
    except FitscopeError as error:
        st.caption(say(error))
        return
    st.subheader(_verdict(compared, first, second), anchor=False)
    st.markdown(_counted(compared, first, second))
    noise_floor.two(shown, compared.difference)
    for letter, positions, wrong in ((first, compared.only_a, other), (second, compared.only_b, one)):
        if len(positions):
            _only(letter, positions, wrong, a)


def _verdict(compared: Paired, a: str, b: str) -> str:
    if not compared.more_than_noise:
        return _("{a} and {b}: within noise", a=a, b=b)
    better, worse = (b, a) if compared.difference > 0 else (a, b)
    return _("{better} is better than {worse}, beyond what luck would explain", better=better, worse=worse)


def _counted(compared: Paired, a: str, b: str) -> str:
    low, high = compared.interval
    return _(
        "Of {n} validation images, both have {both} right, only {a} {only_a}, only {b} {only_b}, neither {neither}. "
        "{b} minus {a}: {difference} of accuracy (95 % interval {low} to {high}); McNemar's exact p {p}.",
        a=a,
        b=b,
        n=number(compared.n),
        both=number(compared.both),
        only_a=number(len(compared.only_a)),
        only_b=number(len(compared.only_b)),
        neither=number(compared.neither),
        difference=points(compared.difference),
        low=number(low * 100, 1),
        high=number(high * 100, 1),
        p=f"= {number(compared.p, 3)}" if compared.p >= 0.001 else f"< {number(0.001, 3)}",
    )


def _only(letter: str, positions: np.ndarray, wrong: Evaluation, run: Run) -> None:
    """Images that one run alone has right, with what the other took them for; drawn when it is opened."""
    title = _("Only {letter} has these right: {n}", letter=letter, n=number(len(positions)))
    with st.expander(title, key=f"only_{letter}", on_change="rerun") as opened:
        if not opened.open:
            return
        chosen = positions[:PICTURES]
        try:
            images = resources.stored_pictures(run.config, wrong.rows[chosen])
        except FitscopeError as error:  # the dataset was removed, or a file is damaged
            st.warning(say(error), icon=":material/broken_image:")
            return
        classes = class_words(wrong.dataset, wrong.classes)
        answers = [
            (False, classes[wrong.predicted[at]], percent(float(wrong.confidence[at]), 0), classes[wrong.labels[at]])
            for at in chosen
        ]
        alts = [_("shows {label}, predicted {predicted}", label=is_, predicted=said) for _r, said, _s, is_ in answers]
        st.html(pictures.answered_wall(images, answers, alts))
