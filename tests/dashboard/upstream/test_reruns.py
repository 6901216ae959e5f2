"""Ticks of a live view take neither the place of a run that is ending nor anybody's press."""

from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession

from dashboard.upstream import reruns

pytestmark = pytest.mark.slow


@pytest.fixture
def session(monkeypatch):
    """A viewer's session whose run has ended, its last events still on their way."""
    monkeypatch.setattr(AppSession, "_create_scriptrunner", AppSession._create_scriptrunner)
    monkeypatch.setattr(AppSession, "request_rerun", AppSession.request_rerun)
    reruns.apply()
    monkeypatch.setattr(app_session, "ScriptRunner", Mock())
    monkeypatch.setattr(app_session.asyncio, "get_running_loop", Mock())
    script = SimpleNamespace(main_script_path="page.py", is_hello=False)
    made = AppSession(script, Mock(), Mock(), Mock(), {})
    made._scriptrunner = Mock(request_rerun=Mock(return_value=False))
    monkeypatch.setattr(made, "has_fragment", lambda _name: True)
    return made


def test_a_tick_waits_for_the_next_one(session):
    ending = session._scriptrunner
    session.request_rerun(ClientState(fragment_id="live", is_auto_rerun=True))
    assert session._scriptrunner is ending


@pytest.mark.parametrize("press", [ClientState(fragment_id="live"), ClientState()])
def test_a_press_is_answered_at_once(session, press):
    ending = session._scriptrunner
    session.request_rerun(press)
    assert session._scriptrunner is not ending


def test_a_tick_starts_a_run_where_none_is_ending(session):
    session._scriptrunner = None
    session.request_rerun(ClientState(fragment_id="live", is_auto_rerun=True))
    assert session._scriptrunner is not None


@pytest.mark.parametrize(("tick", "taken"), [(True, {"slider"}), (False, {"slider", "button"})])
def test_a_tick_carries_what_is_set_but_no_press(session, tick, taken):
    session._scriptrunner.request_rerun.return_value = True
    states = WidgetStates(widgets=[WidgetState(id="slider", int_value=3), WidgetState(id="button", trigger_value=True)])
    session.request_rerun(ClientState(fragment_id="live", is_auto_rerun=tick, widget_states=states))
    (request,) = session._scriptrunner.request_rerun.call_args.args
    assert {one.id for one in request.widget_states.widgets} == taken
