"""Asks the process that knows Keras: explanations, where a network looked, and the networks of any kept epoch."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.errors import FitscopeError
from core.inside import weights
from core.inside.client import Explainer
from core.inside.explanation import Explained, explanations
from core.network import at_epoch
from core.network.classifier import Classifier, is_baseline
from core.network.predict import loaded
from core.runs import checkpoints
from core.runs.run import Run
from core.scratch import scratch_home
from dashboard.charts import parts, pictures
from dashboard.words import _, class_words, say

MOST_NOTED = 8  # questions; a page asks two or three
_NOTED = "_looked"  # (explanation, pictures, options) that the page in view asked, None where nobody wants to know


@st.cache_resource(show_spinner=False)
def explainer() -> Explainer:
    """One process for all viewers, started at the first question."""
    return Explainer(scratch_home().parent / ".explainer.log")


def asked(run: Run, epoch: int | None) -> Classifier:
    """The network of a run after a kept epoch, the same in memory for all viewers; None: the one that it keeps.

    Raises RunError, where the epoch is not kept with those that are; DataError, TrainingError, StorageError.
    """
    epoch = at_epoch.asked_epoch(run, epoch)
    if epoch is not None and not at_epoch.is_made(run, epoch):
        explainer().convert(run, epoch)
    return loaded(run, epoch)


def classifier(run: Run, epoch: int | None) -> Classifier:
    """The same on a page, which says that it takes a moment."""
    epoch = at_epoch.asked_epoch(run, epoch)
    if epoch is None or at_epoch.is_made(run, epoch):
        return loaded(run, epoch)
    with st.spinner(_("The network of epoch {epoch} is made ready …", epoch=epoch), show_time=True):
        return asked(run, epoch)


def note_questions(wanted: bool) -> None:
    """From here on this viewer's page notes what it asks, so that `ask_ahead` can ask it of another epoch."""
    st.session_state[_NOTED] = [] if wanted else None


def ask_ahead(run: Run, epoch: int) -> None:
    """Asks what the page asked, of another epoch: the page then finds it answered. Raises FitscopeError."""
    for name, images, options in st.session_state.get(_NOTED) or ():
        _ask(str(run.folder), epoch, _changed(run, epoch), name, images, options)


def _note(name: str, images: np.ndarray | None, options: dict[str, Any]) -> None:
    noted = st.session_state.get(_NOTED)
    if noted is not None and len(noted) < MOST_NOTED:
        noted.append((name, images, options))


def explained(run: Run, epoch: int, name: str, images: np.ndarray | None, options: dict[str, Any]) -> Explained | None:
    """What an explanation finds; None, with the reason on the page, where it finds nothing."""
    _note(name, images, options)
    try:
        with st.spinner(_("Looking inside …"), show_time=True):
            return _ask(str(run.folder), epoch, _changed(run, epoch), name, images, options)
    except FitscopeError as error:
        st.info(say(error), icon=":material/visibility_off:")
        return None


def convolutions(run: Run, epoch: int) -> tuple[str, ...]:
    """The names of the network's convolutions, in its order; none where it has none."""
    _note("filters", None, {})
    try:
        kernels = _ask(str(run.folder), epoch, _changed(run, epoch), "filters", None, {})
    except FitscopeError:  # said when the explanation itself is asked
        return ()
    return tuple(layer["name"] for layer in kernels.facts["layers"])


def heat(run: Run, picture: np.ndarray, epoch: int | None = None) -> None:
    """Where a network looked in a picture: Grad-CAM where it has convolutions, else the gradient's size.

    epoch  whose network; None: that which the run keeps
    """
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
    epoch = weights.shown_epoch(run) if epoch is None else epoch
    name, array = ("grad_cam", "resized") if convolutions(run, epoch) else ("saliency", "map")
    answer = explained(run, epoch, name, picture[None], {})
    if answer is not None:
        classes = class_words(run.config.dataset, run.history.start["classes"])
        over_picture(picture, answer.arrays[array], classes[answer.facts["class"]])
        st.caption(f"{_(explanations()[name].title)}. {_(explanations()[name].limits)}")


def where_it_looked(run: Run, pixels: np.ndarray, epoch: int | None = None) -> None:
    """The heat map over what the network saw, on demand: another process loads Keras for it."""
    if st.toggle(_("Show where it looked"), key="answer_heat", help=_("Takes some seconds the first time.")):
        heat(run, pixels, epoch)


def over_picture(picture: np.ndarray, heat: np.ndarray, label: str) -> None:
    """The picture, the map, and the map laid over the picture: what spoke for a class."""
    both = [pictures.as_rgb(picture), parts.warm(heat), _blend(picture, heat)]
    words = [_("the picture"), _("the map"), _("both")]
    st.html(pictures.wall(np.stack(both), words, words, side=200))
    st.caption(_("For “{label}”. Dark: nothing. Bright yellow: most.", label=label))


def _blend(picture: np.ndarray, heat: np.ndarray) -> np.ndarray:
    share = 0.65 * np.clip(heat, 0, 1)[..., None]
    return np.round((1 - share) * pictures.as_rgb(picture) + share * parts.warm(heat)).astype(np.uint8)


def _changed(run: Run, epoch: int) -> int:
    """A resumed training repeats epochs."""
    return checkpoints.changed(run.checkpoints, epoch)


@st.cache_data(max_entries=60, show_spinner=False)
def _ask(
    folder: str, epoch: int, changed: int, name: str, images: np.ndarray | None, options: dict[str, Any]
) -> Explained:
    return explainer().ask(Run(Path(folder)), name, images, epoch=epoch, options=options)
