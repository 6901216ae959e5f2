"""Garbage is collected once for all pages that were run within some seconds."""

import gc

import pytest

from dashboard.server import garbage
from tests.made.workers import wait_until


@pytest.fixture
def collected(monkeypatch):
    """How often all garbage was collected."""
    times = []
    monkeypatch.setattr(garbage, "SECONDS", 0.05)
    monkeypatch.setattr(garbage.gc, "collect", lambda: times.append(1))
    yield times
    wait_until(lambda: not garbage._due.locked())


def test_many_pages_at_once_are_collected_after_together(collected):
    for _page in range(30):
        garbage.collect_soon()
    wait_until(lambda: collected)
    assert len(collected) == 1


def test_a_page_that_is_run_afterwards_is_collected_after_too(collected):
    for times in (1, 2):
        garbage.collect_soon()
        wait_until(lambda times=times: len(collected) == times)


def test_what_is_loaded_is_not_looked_through(monkeypatch):
    monkeypatch.setattr(garbage, "_loaded", 0)
    frozen = gc.get_freeze_count()
    new = [[number] for number in range(1000)]
    garbage.keep()
    assert gc.get_freeze_count() >= frozen + len(new)
