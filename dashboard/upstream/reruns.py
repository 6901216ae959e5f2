"""A press counts once, and what it changes reaches the browser, also while a live view on the page redraws itself.

A live view asks for its part of the page several times a second (a tick). Four things go wrong then in Streamlit 1.67:

- a full run beside a tick that is still running, in two threads, may be given the older of both states
  (`runner.fastReruns` in `dashboard/.streamlit/config.toml` is off for that: one run after the other, in one thread);
- in one thread, a full run after a tick draws where the tick drew, and the browser shows a white page;
- a tick that arrives when a run has ended, but not all it drew has left, starts its own run, and the rest is dropped:
  a button beside the camera stayed grey;
- a tick that the browser sends between a press and its message carries the press too: it counted twice.

On a small page with 20 ticks a second, what a press changed was not seen in 3 of 150 presses (busy machine) and 2 of
200 (busy event loop); with all of this in 0 of 150 (busy event loop).

Wrong in: Streamlit 1.67. To be seen: `tests/made/ticking.py` is that page, `tests/browser/test_ticks.py` presses its
button. May go when that test passes without `apply`; no report of ours yet.
"""

from typing import Any

from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

PRESSES = ("trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value")


_start = AppSession._create_scriptrunner
_ask = AppSession.request_rerun


def apply() -> None:
    """From now on ticks take neither the place of a run that is ending nor anybody's press."""
    AppSession._create_scriptrunner = _start_unless_tick  # type: ignore[method-assign, assignment]
    AppSession.request_rerun = _ask_without_presses  # type: ignore[method-assign, assignment]


def from_the_top() -> None:
    """Lets a full run draw into the page itself, wherever a tick in the same thread drew before."""
    context_dg_stack.set(get_default_dg_stack_value())


def _start_unless_tick(session: AppSession, request: RerunData) -> None:
    ending = session._scriptrunner is not None  # it refused this request, and its last events are not handled yet
    if not (ending and request.is_auto_rerun):  # the next tick comes in time
        _start(session, request)


def _ask_without_presses(session: AppSession, state: ClientState | None) -> Any:
    if state is not None and state.is_auto_rerun:
        kept = [one for one in state.widget_states.widgets if one.WhichOneof("value") not in PRESSES]
        del state.widget_states.widgets[:]
        state.widget_states.widgets.extend(kept)  # the message of the press itself is on its way
    return _ask(session, state)
