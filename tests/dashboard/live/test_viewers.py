"""The short form of `python -m benchmarks viewers`: ratios, with generous bounds, since machines differ."""

import math

import pytest

from benchmarks.viewers import measure, training
from tests.made.served import dashboard
from tests.made.workers import gently

pytestmark = pytest.mark.slow

VIEWERS = 8


def test_news_cost_far_less_than_runs_of_the_page_and_come_to_all(tmp_path):
    with dashboard(tmp_path / "runs") as here, training(here) as run, gently(run):
        measure(here, run, 1, seconds=1)  # the first viewer has the libraries loaded
        news = measure(here, run, VIEWERS, seconds=3)
        asking = measure(here, run, VIEWERS, seconds=3, deaf=True)
    assert news.rate > 0.5
    assert news.size < 4096 < asking.size
    assert news.cpu < asking.cpu / 4
    assert not math.isnan(news.late)
    assert news.memory < 400
