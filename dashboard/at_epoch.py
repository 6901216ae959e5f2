"""The network of any kept epoch, for pages and HTTP; the process that knows Keras makes its file when first asked."""

import streamlit as st

from core.inside.client import Explainer
from core.network import at_epoch
from core.network.classifier import Classifier
from core.network.predict import loaded
from core.runs.run import Run
from core.scratch import scratch_home
from dashboard.words import _


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
    if epoch is None or at_epoch.is_made(run, epoch):
        return asked(run, epoch)
    with st.spinner(_("The network of epoch {epoch} is made ready …", epoch=epoch), show_time=True):
        return asked(run, epoch)
