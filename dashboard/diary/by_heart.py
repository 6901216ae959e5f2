"""Labels that were changed on purpose: the run says so, and a chart shows how the network learns them by heart."""

import streamlit as st

from core.errors import FitscopeError
from core.recipe import architectures
from core.runs.history import History
from core.runs.run import Run
from dashboard import choices, resources
from dashboard.charts import memorisation
from dashboard.live import by_heart
from dashboard.live.state_words import epochs
from dashboard.navigation import page
from dashboard.widgets.plot import growing, plot
from dashboard.words import _, number, percent


def sentence(run: Run) -> str:
    """How many labels were changed, of how many, by the recipe where the training has not begun; "" where none were."""
    if not run.config.label_noise:
        return ""
    images = run.images
    changed, n = (len(images["changed"]), len(images["train"])) if images else _to_be_changed(run)
    if not changed:
        return ""
    return _(
        "Label noise: {changed} of {n} training labels ({share}) were changed to a wrong class on purpose.",
        changed=number(changed),
        n=number(n),
        share=percent(changed / n, 0),
    )


def _to_be_changed(run: Run) -> tuple[int, int]:
    try:
        counts = resources.counts(run.config)
    except FitscopeError:  # the training will say why
        counts = None
    n = sum(counts["train"]) if counts else 0
    return round(run.config.label_noise * n), n


def say(run: Run, letter: str = "") -> None:
    """The same on the page.  letter  of the run in a race"""
    words = sentence(run)
    if words:
        st.markdown(f":material/label_off: {f'**{letter}** · ' if letter else ''}{words}")


def chart(run: Run, history: History, address: str = "", place: int | None = None) -> None:
    """The curves of memorisation; with an address they grow, from before the first epoch on.

    place  of the run in a race, whose news they then are
    """
    words = sentence(run)
    if not words or history.start.get("at_once") or architectures.is_baseline(run.config.architecture):
        return
    found = by_heart.shares(run)
    found = found and found.until(len(history.epochs))
    if history.epochs and (found is None or not len(found.kept)):
        st.caption(_("This run kept no diary of its training images: train its recipe again to see what it learns."))
        return
    figure = memorisation.over_epochs(found, history, epochs(run, history), by_heart.title(found), _)
    if address:
        growing(figure, f"memorisation-{run.id}", address, by_heart.CHART, place)
    elif history.epochs:
        plot(figure, key=f"memorisation-{run.id}")
    else:
        return
    st.caption(aid(run, history))
    st.page_link(
        page("mistakes"),
        label=_("Which images it learnt by heart, and when"),
        icon=":material/auto_stories:",
        query_params={**choices.link(run=run.id), "view": "diary"},
        disabled=bool(address),
        help=_("On the page Mistakes, once the training has ended."),
    )


def aid(run: Run, history: History) -> str:
    """How to read the chart, and how many images each line rests on."""
    found = by_heart.shares(run)
    if found is None:
        return _(
            "“By heart”: training images with a changed label that are answered with the wrong label they were told, "
            "“true label”: with the one from before. “Right label”: the other training images. How many these are "
            "stands here once the training has begun and the page is opened anew."
        )
    return _(
        "“By heart”: answered with the wrong label that they were told, “true label”: with the one from before, both "
        "of {n_changed} training images with a changed label. “Right label”: {n_kept} other training images. "
        "Validation: {n} images, all labels true.",
        n_changed=number(found.n_changed),
        n_kept=number(found.n_kept),
        n=number(history.start.get("n_validation", 0)),
    )
