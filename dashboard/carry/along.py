"""Takes runs along in one file: which, with what, and the download."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.carry.manifest import SUFFIX
from core.carry.packed import packable
from core.errors import FitscopeError
from core.runs.run import Run
from core.scratch import scratch_home
from dashboard.server import jobs
from dashboard.words import _, plural, say, size

KIND = "carry"


def offer(ticked: Sequence[Run], every: Sequence[Run]) -> None:
    """The ticked runs, or all where none is; looked at when it is opened."""
    with st.expander(_("Take along"), icon=":material/luggage:", key="carry", on_change="rerun") as opened:
        if opened.open:
            _offer(packable(ticked or every), len(ticked or every), bool(ticked))


def _offer(runs: list[Run], n: int, chosen: bool) -> None:
    st.markdown(
        _(
            "Runs go into one file, which Fitscope opens on another computer: curves, figures, networks, and the races "
            "and experiments they belong to."
        )
    )
    if not runs:
        st.info(_("No run has ended yet: what still trains is taken along once it is done."), icon=":material/info:")
        return
    which = plural(len(runs), "{n} ticked run", "{n} ticked runs") if chosen else _all(len(runs))
    left = plural(n - len(runs), "{n} still trains or is damaged and stays", "{n} still train or are damaged and stay")
    st.caption(f"{which} · {left}" if n > len(runs) else which)
    images = st.checkbox(
        _("With the images"),
        key="carry_images",
        help=_(
            "Of datasets made of your own pictures. Without, a run still shows its curves, figures and network. Ask "
            "those who are on them first."
        ),
    )
    epochs = st.checkbox(
        _("With every kept epoch"),
        key="carry_epochs",
        help=_("For the time machine; the file becomes many times larger."),
    )
    working = jobs.current(KIND)
    pressed = st.button(
        _("Pack"),
        key="carry_go",
        type="primary",
        icon=":material/package_2:",
        disabled=bool(working and not working.done),
        help=_("Writes the file; then it can be downloaded."),
    )
    if pressed and _pack([run.id for run in runs], images, epochs):
        st.rerun()
    jobs.follow(KIND, _download)


def _all(n: int) -> str:
    return plural(n, "The only run; tick some in the table to take fewer", "All {n} runs; tick some to take fewer")


def _pack(runs: list[str], images: bool, epochs: bool) -> bool:
    try:
        folder = scratch_home() / f"carry-{secrets.token_hex(6)}"
        folder.mkdir()
    except (FitscopeError, OSError) as error:
        st.error(say(error) if isinstance(error, FitscopeError) else str(error), icon=":material/error:")
        return False
    name = runs[0] if len(runs) == 1 else f"fitscope-{len(runs)}-runs"
    options = [*(["--images"] if images else []), *(["--epochs"] if epochs else [])]
    return jobs.start(KIND, ["carry", *runs, "--project", *options, "--to", str(folder / f"{name}{SUFFIX}")])


def _download(result: dict[str, Any]) -> None:
    path = Path(result["file"])
    if not path.exists():
        st.caption(_("The file was cleared away meanwhile. Pack it again."))
        return
    st.download_button(
        _("Download, {size}", size=size(result["bytes"])),
        path.read_bytes,
        path.name,
        "application/octet-stream",
        key="carry_file",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        help=_("Open it on the Runs page of the other computer."),
    )
