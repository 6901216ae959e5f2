"""Long work on data beside the server: `python -m core import …` in a process of its own, with progress and cancel.

A process of its own, so that a thousand photos neither slow down the pages of others nor take the server with them.
"""

import os
import secrets
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import N_, DataError, FitscopeError, from_json
from core.people import classroom
from core.people.acting import acting
from core.processes.child import Child
from core.processes.forks import KERAS
from core.scratch import jobs_log, remove
from dashboard.words import _, percent, say

REFRESH_SECONDS = 0.3
REMEMBERED = 50  # jobs that are done, of all viewers
INTERRUPTED = (130, -signal.SIGTERM, *((1,) if os.name == "nt" else ()))  # the second: before it had begun
NEED_KERAS = {"export", "open"}  # commands; the others would only wait for it
BROKEN = N_("It ended unexpectedly (exit code {code}); .jobs.log in the data folder says more. Try again.")


class Job:
    """One command at work.

    what, fraction  what it is doing and how far it is, 0..1
    result          what it found, when it is done
    error           what went wrong
    cancelled       it was interrupted before anything came of it
    done            it has ended; `used_up`, what it was made of, is gone where it succeeded, and is kept where not
    """

    def __init__(self, words: list[str], used_up: Path | None = None):
        self.what, self.fraction, self.used_up = "", 0.0, used_up
        self._taken = False
        self.result: dict[str, Any] | None = None
        self.error: FitscopeError | None = None
        self.cancel_asked = self.cancelled = self.done = False
        log, environment = jobs_log(), classroom.as_person(acting())
        server = KERAS if words[0] in NEED_KERAS else None
        self._child = Child(["core", *words, "--lines"], log, self._hear, self._ended, environment, server=server)

    def cancel(self) -> None:
        """Interrupts it as Ctrl-C would: it clears up behind itself, or is done already and tells its result.

        By SIGTERM: Ctrl-C's own signal is ignored where this server was started in the background.
        """
        self.cancel_asked = True
        self._child.process.terminate()

    def _hear(self, line: dict[str, Any]) -> None:
        self.what, self.fraction = line.get("what", self.what), line.get("fraction", self.fraction)
        self.result = line.get("result", self.result)
        if "error" in line:
            self.error = from_json(line)

    def _ended(self, code: int) -> None:
        if code and not self.error and self.result is None:
            self.cancelled = self.cancel_asked and code in INTERRUPTED
            self.error = None if self.cancelled else FitscopeError(BROKEN, code=code)
        if self.used_up and self.result is not None:
            remove(self.used_up)
        self.done = True

    def take_result(self) -> bool:
        """Whether it has succeeded; says so once, so that a page can begin anew."""
        new = self.done and self.result is not None and not self._taken
        self._taken = self._taken or new
        return new


def start(kind: str, words: list[str], used_up: Path | None = None) -> bool:
    """Begins a job of this viewer; a former one of the same kind is forgotten. Where it cannot, it says so."""
    _jobs().pop(_name(kind) or "", None)
    for old in [one for one, job in _jobs().items() if job.done][:-REMEMBERED]:  # of viewers who went away
        _jobs().pop(old, None)
    name = _new_name(kind)
    try:
        _jobs()[name] = Job(words, used_up)
    except (OSError, FitscopeError) as error:
        st.error(_("It could not be started: {reason}", reason=error), icon=":material/error:")
        return False
    return True


def current(kind: str) -> Job | None:
    """This viewer's job of a kind, at work or done."""
    return _jobs().get(_name(kind) or "")


def adopt(kind: str, name: str) -> None:
    """Takes up a job by its name, as the address of a page that was loaded anew tells it."""
    if _name(kind) is None and name in _jobs():
        st.session_state[f"_job_{kind}"] = name


def lost(kind: str) -> list[FitscopeError]:
    """What is said where the address names a job that this server does not know, for it was started anew since."""
    name = st.query_params.get(kind, "")
    if not name or name in _jobs() or _name(kind) is not None:
        return []
    return [DataError("What was begun under this link is not known any more. Look below whether it was done.")]


def address(kind: str) -> dict[str, str]:
    """The parameter by which a reload finds this viewer's job again, at work or done."""
    name = _name(kind)
    return {kind: name} if name in _jobs() and name else {}


def follow(kind: str, done: Callable[[dict[str, Any]], None]) -> None:
    """Shows the progress of this viewer's job with a way to cancel; then what `done` makes of its result."""
    job = current(kind)
    if job is None:
        return

    @st.fragment(run_every=None if job.done else REFRESH_SECONDS)
    def view(was_done: bool) -> None:
        if job.done != was_done:
            st.rerun()  # once more as a whole: what is on the page may have changed with the result
        if not job.done:
            with st.container(horizontal=True, vertical_alignment="center"):
                text = f"{_(job.what)} · {percent(job.fraction, 0)}" if job.what else _("Starting …")
                st.progress(min(1.0, job.fraction), text=text)
                st.button(_("Cancel"), key=f"cancel_{kind}", icon=":material/close:", on_click=job.cancel)
        elif job.cancelled:
            st.info(_("Cancelled; nothing was changed."), icon=":material/close:")
        elif job.error:
            st.error(say(job.error), icon=":material/error:")
        elif job.result is not None:
            if job.cancel_asked:
                st.caption(_("It was done before it could be cancelled."))
            done(job.result)

    view(job.done)


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, Job]:
    return {}


def _name(kind: str) -> str | None:
    """The name of this viewer's job of a kind."""
    return st.session_state.get(f"_job_{kind}")


def _new_name(kind: str) -> str:
    st.session_state[f"_job_{kind}"] = secrets.token_hex(8)
    return st.session_state[f"_job_{kind}"]
