"""Training images of a run whose label is probably wrong, by networks of a cross-validation that had not seen them."""

from html import escape

import numpy as np
import streamlit as st

from core.errors import FitscopeError
from core.evaluation import memorisation
from core.evaluation.evaluation import Evaluation
from core.evaluation.intervals import wilson
from core.experiments.experiment import Experiment, results
from core.experiments.out_of_fold import Suspects, about_the_images_of, out_of_fold, suspects
from core.runs.diary import Diary
from core.runs.run import Run
from dashboard import choices, resources
from dashboard.charts import pictures
from dashboard.diary.paging import part
from dashboard.navigation import page
from dashboard.words import _, class_words, experiment_words, in_markdown, number, percent, plural, say

NOTHING = np.empty(0, np.int64)
SIDE = 104  # pixels; the words below have room


def show(run: Run, diary: Diary) -> np.ndarray:
    """The surest first; returns the rows in the dataset of the images in view, (k,) int64."""
    store = resources.store()
    experiment = about_the_images_of(store, run)
    if experiment is None:
        _offer(run)
        return NOTHING
    try:
        learnt, answers = resources.evaluation(run, "train"), out_of_fold(results(store, experiment))
    except FitscopeError as error:
        st.info(say(error), icon=":material/info:")
        return NOTHING
    if answers is None or answers.classes != learnt.classes:
        _offer(run)
        return NOTHING
    seen = suspects(learnt, answers, (run.images or {})["changed"])
    _headline(seen, experiment)
    odd = _in_the_diary(seen, diary)
    only = st.toggle(
        _("Only those that the diary finds odd too"),
        key=f"diary_both_{run.id}",
        help=_("Never learnt, forgotten, or learnt late by this run: two signs that do not know of each other."),
    )
    chosen = np.flatnonzero(odd) if only else np.arange(len(seen.found))
    if not len(chosen):
        st.caption(_("No image here."))
        return NOTHING
    shown = chosen[part(len(chosen), f"diary_page_suspects_{only}_{run.id}")]
    _draw(run, learnt, seen, shown, odd)
    return seen.found.rows[shown]


def _offer(run: Run) -> None:
    """Before there are such answers: how to get them."""
    st.info(
        _(
            "Which labels are probably wrong is told by networks that have not learnt from these images: there is no "
            "cross-validation of this dataset and its classes yet. Begin one, and come back when a fold has ended."
        ),
        icon=":material/science:",
    )
    st.page_link(
        page("experiments"),
        label=_("Begin a cross-validation with this recipe"),
        icon=":material/science:",
        query_params={
            "ask": "cross_validation",
            "dataset": run.config.dataset,
            **choices.link(run.config.spelled_out()),
        },
    )


def _headline(seen: Suspects, experiment: Experiment) -> None:
    n = len(seen.found)
    st.markdown(
        plural(
            n,
            "**{n} label is probably wrong**, of {asked} training images that were answered by networks which had not "
            "seen them (confident learning).",
            "**{n} labels are probably wrong**, of {asked} training images that were answered by networks which had "
            "not seen them (confident learning).",
            asked=number(seen.asked.n),
        )
    )
    if seen.n_changed:
        st.markdown(_how_good(seen))
    st.page_link(
        page("experiments"),
        label=_(
            "Answers of the cross-validation “{name}”, label noise {noise}",
            name=in_markdown(experiment_words(experiment.name)),
            noise=percent(experiment.recipe.label_noise, 0),
        ),
        icon=":material/science:",
        query_params={**choices.link(), "experiment": experiment.id},
    )


def _how_good(seen: Suspects) -> str:
    """Precision and recall, since it is known here which labels were changed."""
    told = [
        _(
            "Here it is known which labels were changed: {hits} of the {changed} changed ones are found (recall "
            "{recall}, 95 % interval {low} to {high}).",
            hits=number(seen.hits),
            changed=number(seen.n_changed),
            recall=percent(seen.hits / seen.n_changed, 0),
            **_interval(seen.hits, seen.n_changed),
        )
    ]
    n = len(seen.found)
    if n:
        told.append(
            _(
                "Of the {n} suspected ones {hits} really were changed (precision {precision}, 95 % interval {low} to "
                "{high}); the others are only hard, or wrong in the dataset itself.",
                n=number(n),
                hits=number(seen.hits),
                precision=percent(seen.hits / n, 0),
                **_interval(seen.hits, n),
            )
        )
    return " ".join(told)


def _interval(hits: int, n: int) -> dict[str, str]:
    low, high = wilson(hits, n)
    return {"low": percent(low, 0), "high": percent(high, 0)}


def _in_the_diary(seen: Suspects, diary: Diary) -> np.ndarray:
    """(k,) bool: which of the suspected images the diary finds odd; says how many."""
    odd = np.concatenate([memorisation.images(diary, kind) for kind in ("never", "forgotten", "late")])
    both = np.isin(seen.found.rows, diary.rows[odd])
    followed = int(np.isin(seen.found.rows, diary.rows).sum())
    st.caption(
        plural(
            int(both.sum()),
            "Of {followed} suspected images in the diary {n} was never learnt, forgotten or learnt late.",
            "Of {followed} suspected images in the diary {n} were never learnt, forgotten or learnt late.",
            followed=number(followed),
        )
    )
    return both


def _draw(run: Run, learnt: Evaluation, seen: Suspects, shown: np.ndarray, odd: np.ndarray) -> None:
    classes, found = class_words(learnt.dataset, learnt.classes), seen.found
    stored = resources.stored_pictures(run.config, found.rows[shown])
    captions, alts = [], []
    for one in shown:
        told, said = classes[found.true[one]], classes[found.predicted[one]]
        lines = [
            _("told: {label}", label=told),
            _("answered: {label}, {sure}", label=said, sure=percent(float(found.predicted_probability[one]), 0)),
        ]
        if seen.n_changed:
            lines.append(_("✓ was changed") if seen.changed[one] else _("✗ was not changed"))
        lines += [_("odd in the diary too")] if odd[one] else []
        lines.append(f"#{found.rows[one]}")
        captions.append("<br>".join([f"<b>{escape(lines[0])}</b>", *map(escape, lines[1:])]))
        alts.append(_("labelled {label}, predicted {predicted}", label=told, predicted=said))
    st.html(pictures.wall_of_html(stored, captions, alts, SIDE))
