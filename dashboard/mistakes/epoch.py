"""After which epoch the network made its mistakes: of the validation images any kept one, of the others its own."""

import streamlit as st

from core.evaluation.evaluation import Split
from core.network.at_epoch import kept_epoch
from core.runs import checkpoints
from core.runs.run import Run
from dashboard import choices
from dashboard.widgets import epoch_picker
from dashboard.words import _

OWN = 0  # the network that was kept: before the first step nothing was asked, and None cannot be chosen again


def choose(run: Run, split: Split) -> int | None:
    """The epoch that the address names, or that the slider does; None for the network that was kept."""
    kept = _kept(run)
    if split != "validation" or len(kept) < 2:
        return None
    key, wanted = f"mistakes_epoch_{run.id}", choices.epoch(run.id)
    st.session_state[key] = wanted if wanted in kept else OWN
    picked = st.select_slider(
        _("Epoch"),
        [OWN, *kept],
        key=key,
        format_func=lambda epoch: str(epoch) if epoch else "✓",
        on_change=lambda: choices.choose_epoch(run.id, st.session_state[key] or None),
        help=_("The network after this epoch; the tick is the one that was kept."),
    )
    return picked or None


def tell(run: Run, split: Split, shown: int | None) -> None:
    """Whose answers these are, wherever an epoch was asked for: on the page itself, since a phone hides the sidebar."""
    kept, wanted, own = _kept(run), choices.epoch(run.id), kept_epoch(run)
    if shown is not None:
        st.caption(_("These are the answers after epoch {epoch}, to validation images.", epoch=shown))
    elif wanted is not None and wanted not in kept:
        words = _("Of epoch {epoch} no answers were kept; these are of the network that the run keeps.", epoch=wanted)
        epoch_picker.tell_not_kept(kept, words)
    elif wanted is not None and wanted != own and split != "validation":
        _offer_validation(wanted)


def _offer_validation(wanted: int) -> None:
    st.info(
        _(
            "The link names epoch {epoch}; these are the answers of the network that the run keeps. After each epoch "
            "only validation images were asked.",
            epoch=wanted,
        ),
        icon=":material/history_toggle_off:",
    )
    st.button(
        _("Validation images after epoch {epoch}", epoch=wanted),
        key="mistakes_of_epoch",
        icon=":material/history:",
        on_click=lambda: st.session_state.update(mistakes_split="validation"),
    )


def _kept(run: Run) -> list[int]:
    return [epoch for epoch in checkpoints.epochs(run.checkpoints) if epoch > 0]
