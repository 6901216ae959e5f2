"""Which epoch of a run a page is about: beside the run picker, on the pages that ask a network."""

import itertools
from collections.abc import Sequence

import streamlit as st

from core.network.at_epoch import kept_epoch, last_epoch
from core.network.classifier import is_baseline
from core.runs import checkpoints
from core.runs.run import ACTIVE, Run
from dashboard import choices
from dashboard.words import _

OWN = -1  # the network that the run keeps; Streamlit draws an option that is None as if nothing were chosen


def pick(run: Run) -> int | None:
    """One of the kept epochs, None for that whose network the run keeps; the address names it.

    Of a run that trains it is the last one kept, which moves on, unless another is chosen. An epoch of a link that is
    not kept is told, with what is shown instead.
    """
    kept = [] if is_baseline(run) else checkpoints.epochs(run.checkpoints)
    wanted, own, last = choices.epoch(run.id), kept_epoch(run), last_epoch(run)
    if wanted is not None and wanted not in kept:
        tell_not_kept(
            kept,
            _("Epoch {epoch} was not kept; this is the network that the run keeps.", epoch=wanted)
            if last is None
            else _("Epoch {epoch} was not kept; this is the last one that was.", epoch=wanted),
        )
        wanted = None
    if not kept:
        return None
    key = f"picked_epoch_{run.id}"
    st.session_state[key] = OWN if wanted in (None, own) else wanted
    words: dict[int, str] = {epoch: _("epoch {epoch}", epoch=epoch) for epoch in kept if epoch != own}
    words = {OWN: _last(run, last) if last else _own(own), **words}
    picked = st.selectbox(
        _("Epoch"),
        [*words],
        key=key,
        format_func=words.__getitem__,
        on_change=lambda: choices.choose_epoch(run.id, _epoch(st.session_state[key])),
        help=_("The network after this epoch, of those that were kept; 0 is before the first step."),
    )
    return last if picked == OWN else picked


def tell_not_kept(kept: Sequence[int], instead: str) -> None:
    """Of an epoch in a link that is not kept: what is shown instead, and which could be."""
    known = _("Kept: {epochs}.", epochs=spans(kept)) if kept else ""
    st.warning(f"{instead} {known}".strip(), icon=":material/history_toggle_off:")


def spans(numbers: Sequence[int]) -> str:
    """1–4, 6, 8–20: numbers in ascending order as one would say them."""
    groups = [list(group) for _key, group in itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    ends = [(group[0][1], group[-1][1]) for group in groups]
    return ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in ends)


def _epoch(picked: int) -> int | None:
    return None if picked == OWN else picked


def _last(run: Run, epoch: int) -> str:
    if run.state in ACTIVE:
        return _("epoch {epoch}, still training", epoch=epoch)
    return _("epoch {epoch}, the last one kept", epoch=epoch)


def _own(own: int | None) -> str:
    return _("the one it keeps") if own is None else _("the one it keeps: epoch {epoch}", epoch=own)
