"""What the runs keep on the disk, and an offer to keep less of old ones."""

from functools import partial

import streamlit as st

from core.runs import room
from core.runs.run import Run
from dashboard import resources
from dashboard.actions import attempt
from dashboard.words import _, plural, size

DAYS = 30


def offer(runs: list[Run]) -> None:
    """How much all of them keep, and how much could be spared; reckoned when it is opened."""
    with st.expander(_("Make room"), icon=":material/hard_drive:", key="room", on_change="rerun") as opened:
        if not opened.open:
            return
        kept = size(sum(resources.row(run).kept for run in runs))
        st.markdown(
            plural(len(runs), "{n} run keeps {size} on the disk.", "{n} runs keep {size} on the disk.", size=kept)
        )
        days = st.number_input(_("Older than so many days"), 0, 10_000, DAYS, key="room_days")
        spared = {run: spare for run in room.old(runs, days) if (spare := room.to_spare(run))}
        st.caption(
            plural(
                len(spared),
                "Of {n} such run the network of each epoch could be let go, save the first, the best and the last: "
                "{size}. Curves, figures and the trained network stay, and starred runs as they are. "
                "This cannot be undone.",
                "Of {n} such runs the network of each epoch could be let go, save the first, the best and the last: "
                "{size}. Curves, figures and the trained network stay, and starred runs as they are. "
                "This cannot be undone.",
                size=size(sum(spared.values())),
            )
        )
        pressed = st.button(_("Let these epochs go"), key="thin", icon=":material/compress:", disabled=not spared)
        if pressed:
            _thin(list(spared))
            st.rerun()


def _thin(runs: list[Run]) -> None:
    for run in runs:
        attempt(partial(room.thin, run))
