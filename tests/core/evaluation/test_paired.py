"""Two networks on the same images, against values worked by hand and SciPy's binomial test."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_rel

from core.errors import RunError
from core.evaluation.evaluation import Evaluation
from core.evaluation.paired import holm, mcnemar, paired


def evaluation(predicted, labels, rows=None):
    return Evaluation(
        np.asarray(labels),
        np.eye(3, dtype=np.float32)[predicted],
        np.arange(len(labels)) if rows is None else np.asarray(rows),
        ("a", "b", "c"),
        "made",
    )


def test_ten_images_counted_by_hand():
    labels = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    a = evaluation([0, 0, 0, 1, 1, 1, 0, 2, 0, 0], labels)
    b = evaluation([0, 0, 1, 0, 1, 1, 1, 2, 2, 0], labels)
    compared = paired(a, b)
    assert (compared.both, compared.neither) == (5, 1)
    assert compared.only_a.tolist() == [2]
    assert compared.only_b.tolist() == [3, 6, 8]
    assert compared.n == 10
    assert compared.difference == pytest.approx(0.2)
    assert compared.p == pytest.approx(0.625)  # 2 · (1 + 4) / 2⁴
    assert not compared.more_than_noise
    low, high = compared.interval
    assert low == pytest.approx(2 / 12 - 1.959964 * np.sqrt(5 - 4 / 12) / 12)
    assert low < 0.2 < high


def test_losses_are_compared_image_by_image_as_a_paired_t_interval_does():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 3, 4000)
    a, b = (
        Evaluation(labels, rng.dirichlet([1, 1, 1], 4000).astype(np.float32), np.arange(4000), ("a", "b", "c"), "made")
        for _ in range(2)
    )
    compared = paired(a, b)
    reference = ttest_rel(b.losses, a.losses).confidence_interval(0.95)
    assert compared.loss == pytest.approx(b.loss - a.loss)
    assert compared.loss_interval == pytest.approx((reference.low, reference.high), abs=1e-3)


@pytest.mark.parametrize(
    ("only_a", "only_b"), [(0, 0), (0, 1), (0, 6), (3, 12), (25, 40), (40, 25), (7, 7), (300, 380), (2000, 2100)]
)
def test_p_is_that_of_the_binomial_test(only_a, only_b):
    expected = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert mcnemar(only_a, only_b) == pytest.approx(expected, rel=1e-9)


def test_luck_rarely_passes_for_more():
    rng = np.random.default_rng(0)
    found = [mcnemar(k, 60 - k) < 0.05 for k in rng.binomial(60, 0.5, 2000)]
    assert np.mean(found) <= 0.05


def test_the_interval_holds_the_true_difference_nineteen_times_in_twenty():
    rng, held = np.random.default_rng(1), []
    for _ in range(400):
        kinds = rng.choice(4, size=300, p=[0.7, 0.12, 0.08, 0.1])  # both, only b, only a, neither
        a, b = np.isin(kinds, (0, 2)).astype(int), np.isin(kinds, (0, 1)).astype(int)
        low, high = paired(evaluation(a, np.ones(300, int)), evaluation(b, np.ones(300, int))).interval
        held.append(low <= 0.04 <= high)
    assert np.mean(held) > 0.92


def test_other_images_are_refused():
    with pytest.raises(RunError, match="different images"):
        paired(evaluation([0, 1], [0, 1]), evaluation([0, 1], [0, 1], rows=[0, 2]))


@pytest.mark.parametrize(
    ("ps", "raised"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # 4 · 0.005, 3 · 0.01, 2 · 0.03, and not below that
        ([0.4, 0.6], [0.8, 0.8]),
        ([0.9, 0.9, 0.9], [1.0, 1.0, 1.0]),
    ],
)
def test_holms_correction_by_hand(ps, raised):
    assert holm(ps) == pytest.approx(raised)
