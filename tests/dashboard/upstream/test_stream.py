"""A camera's stream is not taken for one that was left, as long as its page is there."""

from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit_webrtc import component

from dashboard.upstream import stream


@pytest.fixture
def runs(monkeypatch):
    """The count of finished runs as streamlit-webrtc sees it, and a session that belongs to nobody."""
    counted = SimpleNamespace(script_run_count=1)
    monkeypatch.setattr(component, "get_this_session_info", lambda: counted)
    monkeypatch.setattr(st, "session_state", {})
    return counted


def started():
    context = component._get_or_create_context(stream.KEY)
    context._set_state(component.WebRtcStreamerState(playing=True, signalling=False))
    return context


def test_a_stream_goes_on_though_runs_were_counted_late(runs):
    context = started()
    runs.script_run_count += 2
    stream.carry_on()
    assert component._get_or_create_context(stream.KEY) is context
    assert context.state.playing


def test_without_that_it_would_have_been_stopped(runs):
    context = started()
    runs.script_run_count += 2
    component._get_or_create_context(stream.KEY)
    assert not context.state.playing


def test_a_page_that_was_left_begins_afresh(runs):
    context = started()
    stream.leave()
    stream.carry_on()
    assert component._get_or_create_context(stream.KEY) is not context
