"""Which epoch of a run a page is about: beside the run picker, on the pages that ask a network."""

import streamlit as st

from core.network.at_epoch import kept_epoch
from core.network.classifier import is_baseline
from core.runs import checkpoints
from core.runs.run import Run
from dashboard import choices
from dashboard.words import _

OWN = -1  # the network that the run keeps; Streamlit draws an option that is None as if nothing were chosen


def pick(run: Run) -> int | None:
    """One of the kept epochs, None for that whose network the run keeps; the address names it.

    An epoch of a link that is not kept is told, with what is shown instead.
    """
    kept = [] if is_baseline(run) else checkpoints.epochs(run.checkpoints)
    wanted, own = choices.epoch(run.id), kept_epoch(run)
    if wanted is not None and wanted not in kept:
        st.caption(_("Epoch {epoch} was not kept; this is the network that the run keeps.", epoch=wanted))
        wanted = None
    if not kept:
        return None
    key = f"picked_epoch_{run.id}"
    st.session_state[key] = OWN if wanted in (None, own) else wanted
    words: dict[int, str] = {epoch: _word(epoch, own) for epoch in (OWN, *kept) if epoch != own}
    picked = st.selectbox(
        _("Epoch"),
        [*words],
        key=key,
        format_func=words.__getitem__,
        on_change=lambda: choices.choose_epoch(run.id, _epoch(st.session_state[key])),
        help=_("The network after this epoch, of those that were kept; 0 is before the first step."),
    )
    return _epoch(picked)


def _epoch(picked: int) -> int | None:
    return None if picked == OWN else picked


def _word(epoch: int, own: int | None) -> str:
    if epoch != OWN:
        return _("epoch {epoch}", epoch=epoch)
    return _("the one it keeps") if own is None else _("the one it keeps: epoch {epoch}", epoch=own)
