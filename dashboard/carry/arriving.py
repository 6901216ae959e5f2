"""Opens a file of runs: says what is in it before anything of it comes in, then puts it among the runs here."""

import secrets
import time
from pathlib import Path
from typing import Any

import streamlit as st

from core.carry.manifest import SUFFIX, Contents
from core.carry.unpacked import look
from core.errors import FitscopeError, from_json
from core.files import writing_to
from core.scratch import remove, scratch_home
from dashboard import choices, resources
from dashboard.navigation import page
from dashboard.server import jobs
from dashboard.words import _, in_markdown, plural, say, size

KIND = "open"
SHOWN = 8  # names of runs
_GIVEN = "_arriving"  # (id of the upload, the file it lies in)


def offer(opened: bool = False) -> None:
    """The control for a file, what is in it, and the button that opens it.  opened  at once, where there is no run"""
    with st.expander(_("Open a file"), icon=":material/drive_folder_upload:", key="arriving", expanded=opened):
        st.markdown(_("A file of runs that was packed by Fitscope on another computer. What is in it is shown first."))
        given = st.file_uploader(
            _("File of runs"),
            [SUFFIX.removeprefix(".")],
            key=f"arriving_file-{choices.counted(KIND)}",
            help=_("It is checked as if somebody meant harm; where anything in it is wrong, nothing changes."),
        )
        if given is not None:
            try:
                _show(_kept(given))
            except FitscopeError as error:
                st.error(say(error), icon=":material/gpp_bad:")
        jobs.follow(KIND, _came)


def _kept(given: Any) -> Path:
    """The upload as a file of its own, written once."""
    known = st.session_state.get(_GIVEN)
    if known and known[0] == given.file_id and Path(known[1]).exists():
        return Path(known[1])
    folder = scratch_home() / f"open-{secrets.token_hex(6)}"
    path = folder / f"{_plain(given.name)}{SUFFIX}"
    with writing_to(path):
        folder.mkdir()
        with open(path, "wb") as file:
            while block := given.read(1 << 20):
                file.write(block)
    if known:
        remove(Path(known[1]).parent)
    st.session_state[_GIVEN] = (given.file_id, str(path))
    return path


def _plain(name: str) -> str:
    stem = "".join(one if one.isalnum() or one in "-_ " else "_" for one in name.removesuffix(SUFFIX))
    return stem.strip()[:60] or "runs"


def _show(path: Path) -> None:
    """What it says is in it; nothing of it is believed until it is opened."""
    found = look(path)
    lines = [_runs(found)]
    if found.datasets:
        lines.append(_datasets(found))
    together = [
        *([plural(len(found.races), "{n} race", "{n} races")] if found.races else []),
        *([plural(len(found.experiments), "{n} experiment", "{n} experiments")] if found.experiments else []),
    ]
    lines += [", ".join(together)] if together else []
    lines.append(_written(found))
    st.markdown("\n".join(f"- {line}" for line in lines))
    working = jobs.current(KIND)
    st.button(
        _("Open"),
        key="arriving_go",
        type="primary",
        icon=":material/drive_folder_upload:",
        disabled=bool(working and not working.done),
        on_click=_open,
        args=(path,),
        help=_("Puts it among the runs here; they are yours then. What is here already stays as it is."),
    )


def _runs(found: Contents) -> str:
    names = [f"**{in_markdown(name)}**" for name in list(found.runs.values())[:SHOWN]]
    more = ", …" if len(found.runs) > SHOWN else ""
    return _("{what}: {names}", what=plural(len(found.runs), "{n} run", "{n} runs"), names=", ".join(names) + more)


def _datasets(found: Contents) -> str:
    told = []
    for name, title in found.datasets.items():
        images = _("with its images") if name in found.with_images else _("without its images")
        told.append(f"**{in_markdown(title)}** ({images})")
    return _("{what}: {names}", what=plural(len(told), "{n} dataset", "{n} datasets"), names=", ".join(told))


def _written(found: Contents) -> str:
    return _(
        "Packed on {date} by Fitscope {release}; takes {size} on the disk",
        date=time.strftime("%Y-%m-%d", time.gmtime(max(0.0, min(found.made, 4e9)))),
        release=in_markdown(found.release),
        size=size(found.size),
    )


def _open(path: Path) -> None:
    jobs.start(KIND, ["open", str(path)], used_up=path.parent)
    st.session_state.pop(_GIVEN, None)
    choices.count(KIND)


def _came(result: dict[str, Any]) -> None:
    """What became of it, with links to what is new."""
    if result["runs"]:
        n = len(result["runs"])
        st.success(plural(n, "{n} run came in.", "{n} runs came in."), icon=":material/check:")
    if result["known"]:
        n = len(result["known"])
        st.info(plural(n, "{n} run was here already.", "{n} runs were here already."), icon=":material/info:")
    if result["renamed"]:
        st.caption(_("Another run here had the same id: what came in got a new one."))
    for run, told in result["networks"].items():
        reason = say(from_json(told))
        st.warning(_("The network of {run} could not be built: {reason}", run=in_markdown(run), reason=reason))
    there = {run.id: run for run in resources.store().all()}
    for name in [*result["runs"], *result["known"]][:SHOWN]:
        run = there.get(name)
        if run and (recipe := resources.recipe(run)):
            st.page_link(
                page("train"),
                label=in_markdown(run.meta.name),
                icon=":material/open_in_new:",
                query_params=choices.link(recipe, run.id),
            )
