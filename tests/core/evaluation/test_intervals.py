"""Wilson's interval, against scipy."""

import pytest
import scipy.stats

from core.evaluation.intervals import wilson


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (3, 3), (0, 10), (5, 10), (350, 360), (9_904, 10_000)])
def test_the_interval_is_the_one_of_scipy(hits, n):
    reference = scipy.stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((reference.low, reference.high), abs=1e-6)


def test_nothing_measured_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
