"""An address that a page has written counts before its browser has heard of it.

With each press a browser sends the address that it shows. What the page has written into the address a moment ago it
may not have heard of yet: it sends the former one, and that looks like a link that somebody opened. Whoever changed a
setting and pressed Train before the page had answered trained the recipe from before the change, and the form fell
back to it; of a run, a race or a step of a lesson that has just been opened the former came back.

So the former address, coming from the same page within a few seconds, stands for the one that was written, unless the
browser says that somebody went back in its history, or has shown that it knows the new one.

And a link to the page that it stands on (a lesson in the list of lessons) moves the page and not the address: the next
press, which comes with the address, led back. So the browser is told where it is.

Wrong in: Streamlit 1.67. To be seen: `tests/browser/test_addresses.py` with `apply`, or `show`, left out. May go when a
browser's request says which of the server's addresses it has heard of, and such a link changes the address; no report
of ours yet.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.query_params import QueryParams

HEARD_WITHIN = 5.0  # seconds; a press that comes later was made by somebody who saw the new address

Address = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Written:
    """The newest address that a page has written.

    page     its hash, as Streamlit's
    query    its query string
    instead  the addresses that its browser may still show
    at       when, by the monotonic clock (s)
    """

    page: str
    query: str
    instead: frozenset[Address]
    at: float


_written: WeakKeyDictionary[Any, Written] = WeakKeyDictionary()  # of a session, known by its PagesManager
_send = QueryParams._send_query_param_msg
_reset = ScriptRunContext.reset


def apply() -> None:
    """From now on every page finds the address that it has written, however late its browser hears of it."""
    QueryParams._send_query_param_msg = _send_and_note  # type: ignore[method-assign]
    ScriptRunContext.reset = _begin_with_the_newest  # type: ignore[method-assign]
    if not hasattr(AppSession.request_rerun, "looks"):
        AppSession.request_rerun = _looking(AppSession.request_rerun)  # type: ignore[method-assign]


def show(path: str) -> None:
    """Tells a browser the address that it has asked for, where it shows another one of the same page.

    path  of this page, "" for the first one
    """
    context = get_script_run_ctx()
    if context is None or context.context_info is None:  # no browser
        return
    shown = urlsplit(context.context_info.url)
    elsewhere = shown.path.rpartition("/")[2] != path  # it comes from another page, and changes its address by itself
    if not elsewhere and address(shown.query) != address(context.query_string):
        note(context.pages_manager, context.page_script_hash, shown.query, context.query_string)
        with context.session_state.query_params() as asked:
            _send(asked)


def _send_and_note(self: QueryParams) -> None:
    context = get_script_run_ctx()
    before = context.query_string if context else ""
    _send(self)
    if context and address(context.query_string) != address(before):
        note(context.pages_manager, context.page_script_hash, before, context.query_string)


def _begin_with_the_newest(
    self: ScriptRunContext, query_string: str = "", page_script_hash: str = "", *more: Any, **named: Any
) -> None:
    back = named.get("is_history_navigation", False)
    query_string = newest(self.pages_manager, page_script_hash, query_string, back)
    _reset(self, query_string, page_script_hash, *more, **named)


def _looking(ask: Any) -> Any:
    """`AppSession.request_rerun`, as `reruns` has changed it, which first looks whether the browser has heard."""

    def look_and_ask(self: AppSession, client_state: ClientState | None) -> Any:
        known = _written.get(self._pages_manager)
        if known and client_state and address(client_state.query_string) == address(known.query):
            _written.pop(self._pages_manager, None)
        return ask(self, client_state)

    look_and_ask.looks = True  # type: ignore[attr-defined]
    return look_and_ask


def note(session: Any, page: str, before: str, query: str) -> None:
    """Keeps that a page has changed its address."""
    known = _written.get(session)
    instead = {address(before)}
    if known and known.page == page and time.monotonic() - known.at < HEARD_WITHIN:
        instead |= known.instead | {address(known.query)}
    _written[session] = Written(page, query, frozenset(instead - {address(query)}), time.monotonic())


def newest(session: Any, page: str, query: str, back: bool) -> str:
    """The query string that a run of a page begins with, where its browser sent `query`.

    back  somebody went back or forth in the browser's history
    """
    known = _written.get(session)
    if known is None or address(query) == address(known.query):
        return query
    late = time.monotonic() - known.at < HEARD_WITHIN and known.page == page and address(query) in known.instead
    if late and not back:
        return known.query
    _written.pop(session, None)
    return query


def address(query: str) -> Address:
    """What a query string says, however it is written."""
    return frozenset(parse_qsl(query, keep_blank_values=True))
