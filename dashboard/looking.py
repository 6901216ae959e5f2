"""Asks the process that looks into networks, for all pages: explanations, and where a network looked in a picture."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.errors import FitscopeError
from core.inside import weights
from core.inside.client import Explainer
from core.inside.explanation import Explained, explanations
from core.network.classifier import is_baseline
from core.runs import checkpoints
from core.runs.run import Run
from core.scratch import scratch_home
from dashboard import resources
from dashboard.charts import parts, pictures
from dashboard.words import _, class_words, say


@st.cache_resource(show_spinner=False)
def explainer() -> Explainer:
    """One process for all viewers, started at the first question."""
    return Explainer(scratch_home().parent / ".explainer.log")


def explained(run: Run, epoch: int, name: str, images: np.ndarray | None, options: dict[str, Any]) -> Explained | None:
    """What an explanation finds; None, with the reason on the page, where it finds nothing."""
    try:
        with st.spinner(_("Looking inside …"), show_time=True):
            return _ask(str(run.folder), epoch, name, images, options)
    except FitscopeError as error:
        st.info(say(error), icon=":material/visibility_off:")
        return None


def convolutions(run: Run, epoch: int) -> tuple[str, ...]:
    """The names of the network's convolutions, in its order; none where it has none."""
    try:
        kernels = _ask(str(run.folder), epoch, "filters", None, {})
    except FitscopeError:  # said when the explanation itself is asked
        return ()
    return tuple(layer["name"] for layer in kernels.facts["layers"])


def heat(run: Run, picture: np.ndarray) -> None:
    """Where the kept network looked in a picture: Grad-CAM where it has convolutions, else the gradient's size."""
    if is_baseline(run):
        st.info(
            _("A baseline has no layers and no gradient: nobody can say so where it looked."),
            icon=":material/visibility_off:",
        )
        return
    if not checkpoints.epochs(run.checkpoints):
        st.info(
            _("The epochs of this run were not kept, so it cannot be looked into."), icon=":material/visibility_off:"
        )
        return
    epoch = weights.shown_epoch(run)
    name, array = ("grad_cam", "resized") if convolutions(run, epoch) else ("saliency", "map")
    answer = explained(run, epoch, name, picture[None], {})
    if answer is not None:
        classes = class_words(run.config.dataset, resources.classifier(run).classes)
        over_picture(picture, answer.arrays[array], classes[answer.facts["class"]])
        st.caption(f"{_(explanations()[name].title)}. {_(explanations()[name].limits)}")


def where_it_looked(run: Run, pixels: np.ndarray) -> None:
    """The heat map over what the network saw, on demand: another process loads Keras for it."""
    if st.toggle(_("Show where it looked"), key="answer_heat", help=_("Takes some seconds the first time.")):
        heat(run, pixels)


def over_picture(picture: np.ndarray, heat: np.ndarray, label: str) -> None:
    """The picture, the map, and the map laid over the picture: what spoke for a class."""
    both = [pictures.as_rgb(picture), parts.warm(heat), _blend(picture, heat)]
    words = [_("the picture"), _("the map"), _("both")]
    st.html(pictures.wall(np.stack(both), words, words, side=200))
    st.caption(_("For “{label}”. Dark: nothing. Bright yellow: most.", label=label))


def _blend(picture: np.ndarray, heat: np.ndarray) -> np.ndarray:
    share = 0.65 * np.clip(heat, 0, 1)[..., None]
    return np.round((1 - share) * pictures.as_rgb(picture) + share * parts.warm(heat)).astype(np.uint8)


@st.cache_data(max_entries=60, show_spinner=False)
def _ask(folder: str, epoch: int, name: str, images: np.ndarray | None, options: dict[str, Any]) -> Explained:
    return explainer().ask(Run(Path(folder)), name, images, epoch=epoch, options=options)
