"""A training that goes on, looked into: its last kept epoch, and the next one by itself once it can be shown at once.

What it would say of its test images is not asked before the end: until then the pictures are those of validation.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from core.data import catalogue
from core.errors import FitscopeError, RunError
from core.evaluation.evaluation import Evaluation, after_epoch
from core.runs import checkpoints
from core.runs.run import ACTIVE, Run
from core.training.prepare import prepare
from dashboard import choices, resources
from dashboard.live.state_words import at_work
from dashboard.widgets import epoch_picker
from dashboard.words import _, say

LOOK_SECONDS = 1.0  # between two looks at which epochs are kept


def is_training(run: Run) -> bool:
    """Whether more epochs may come, or its network is being tested."""
    return at_work(run, run.state)


def has_epochs(run: Run, least: int = 1) -> bool:
    """Whether it can be looked into: it was tested, or it trains and an epoch is complete.

    least  epochs that are kept, that before the first step counted
    """
    if not resources.was_tested(run) and resources.row(run).state not in ACTIVE:
        return False
    kept = checkpoints.epochs(run.checkpoints)
    return len(kept) >= least and (resources.was_tested(run) or kept[-1] > 0)


def switch(run: Run) -> bool:
    """Whether this viewer's page goes on with the training; the switch is there while it trains."""
    if not is_training(run):
        return False
    stays = stayed(run)
    key = f"follow_{run.id}_{'off' if stays else 'on'}"  # another control where the slider turned it
    follows = st.toggle(
        _("Follow the training"),
        not stays,
        key=key,
        on_change=lambda: _turn(run, st.session_state[key]),
        help=_("On: always its last kept epoch. Choose an epoch, and the page stays with it."),
    )
    if follows and shown(run) is None:
        newest = checkpoints.epochs(run.checkpoints)[-1]
        checkpoints.hold(run.checkpoints, newest)
        st.session_state[_key("shown", run)] = newest
    return follows


def stayed(run: Run) -> bool:
    """Whether this viewer wants to stay with an epoch: the switch is off, or the slider was moved just now."""
    if st.session_state.pop(_key("moved", run), False):
        _turn(run, on=False)
    return st.session_state.get(_key("stays", run), False)


def shown(run: Run) -> int | None:
    """The epoch that the page shows while it follows."""
    epoch = st.session_state.get(_key("shown", run))
    return epoch if epoch in checkpoints.epochs(run.checkpoints) else None


def choose_epoch(run: Run, epochs: list[int], start: int, key: str, help: str, following: bool) -> int:
    """The slider over kept epochs; of a training that is followed it moves by itself, until somebody moves it.

    start  where it stands at first, unless a link names an epoch; one that is not kept is told
    """
    if not following:
        start = _of_the_link(run, epochs, start, key)
    if len(epochs) == 1:
        return epochs[0]
    value = None
    if following:
        st.session_state[key] = _nearest(epochs, shown(run) or epochs[-1])
    elif key in st.session_state:
        st.session_state[key] = _nearest(epochs, st.session_state[key])  # it may have made room meanwhile
    else:
        value = st.session_state.get(key, start)
    moved = (lambda: st.session_state.update({_key("moved", run): key})) if is_training(run) else None
    return st.select_slider(_("Epoch"), epochs, value, key=key, help=help, on_change=moved)


def _of_the_link(run: Run, epochs: list[int], start: int, key: str) -> int:
    """Where the slider stands when its page is opened by a link to an epoch, or comes from a page that asks one."""
    wanted, seen = choices.epoch(run.id), f"_linked_{key}"
    if wanted is None:
        return start
    nearest = _nearest(epochs, wanted)
    if st.session_state.get(seen) != wanted:
        st.session_state[seen] = wanted
        st.session_state.pop(key, None)
    if wanted not in epochs and st.session_state.get(key, nearest) == nearest:
        words = _(
            "Epoch {epoch} was not kept; this is the nearest one that was: {nearest}.", epoch=wanted, nearest=nearest
        )
        epoch_picker.tell_not_kept(epochs, words)
    return nearest


def go_on(run: Run, seen: int, following: bool, ahead: Callable[[int], None]) -> None:
    """Says where the training is, and draws the page anew when another epoch can be shown, or at the end.

    An epoch that is shown, or made ready, does not make room meanwhile. The page is drawn to its end before the next is
    made ready: where epochs come faster than that, some are left out.

    seen   the epoch that is shown
    ahead  works out what the page needs of an epoch, so that it has it at once; may raise FitscopeError
    """
    if not is_training(run):
        return
    just_drawn = st.session_state.pop(_key("caught_up", run), False)

    @st.fragment(run_every=LOOK_SECONDS)
    def watch() -> None:
        nonlocal just_drawn
        # A slow browser asks again before it has heard that the slider moved on, and sends its old place: nobody moved
        # it. A move of somebody's draws the page anew, which has asked `stayed` before.
        if key := st.session_state.pop(_key("moved", run), None):
            st.session_state[key] = seen  # or a press that brings it to its old place would change nothing
        if not is_training(run):
            st.rerun()  # with what the test said
        newest = checkpoints.epochs(run.checkpoints)[-1]
        st.caption(
            ":material/model_training: "
            + _("It trains: epoch {newest} is the last one kept, epoch {shown} is shown.", newest=newest, shown=seen)
        )
        pause, just_drawn = just_drawn, False
        try:
            checkpoints.hold(run.checkpoints, seen)
            if following and newest != seen and not pause and checkpoints.hold(run.checkpoints, newest):
                ahead(newest)
                st.session_state.update({_key("shown", run): newest, _key("caught_up", run): True})
                st.rerun()
        except FitscopeError as error:
            st.caption(say(error))

    watch()


def validation(run: Run, epoch: int) -> Evaluation:
    """The answers after an epoch to its validation images, also while it trains; raises RunError, DataError."""
    if resources.was_tested(run):
        return resources.evaluation(run, "validation", epoch)
    return after_epoch(run, epoch, _unanswered(str(run.folder)))


def asked_about(run: Run, epoch: int) -> Evaluation:
    """The images that a page takes its pictures from: of the test set, while it trains those of validation."""
    return validation(run, epoch) if is_training(run) else resources.evaluation(run, "test")


@st.cache_resource(max_entries=4, show_spinner=False)
def _unanswered(folder: str) -> Evaluation:
    """Labels and rows of the validation images of a training, as its recipe chooses them, without an answer yet."""
    run = Run(Path(folder))
    dataset = catalogue.dataset(run.config.dataset)
    resources.splits(dataset, run.config.dataset_version)  # a page does not download
    prepared = prepare(dataset, run.config)
    if prepared.version != run.history.start.get("dataset_version", prepared.version):
        raise RunError("The images of run {run} have changed since it began. Wait for its end.", run=run.id)
    assert prepared.validation is not None
    labels = np.asarray(prepared.validation.labels)
    nothing = np.zeros((len(labels), len(prepared.classes)), np.float32)
    return Evaluation(labels, nothing, prepared.rows["validation"], prepared.classes, run.config.dataset)


def _nearest(epochs: list[int], epoch: int) -> int:
    return min(epochs, key=lambda one: (abs(one - epoch), one))


def _turn(run: Run, on: bool) -> None:
    """Somebody turned the switch, or chose an epoch: then the page stays with it."""
    st.session_state[_key("stays", run)] = not on
    st.session_state.pop(_key("shown", run), None)


def _key(what: str, run: Run) -> str:
    return f"_{what}_{run.id}"
