"""Curves, calibration and the images worth a look: scikit-learn's and hand-worked values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import metrics

from core.evaluation.calibration import calibration_error, reliability
from core.evaluation.confusion import confusion, most_confused
from core.evaluation.curves import POINTS, UNDEFINED, precision_recall, roc
from core.evaluation.scores import macro, per_class, top_k, weighted
from core.evaluation.worst import cell, false_negatives, false_positives, most_confident_mistakes, worst
from tests.core.evaluation.evaluation.made import answering, classes, evaluation, evaluations

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("error::RuntimeWarning")]  # NumPy's of 0/0


@given(evaluations())
def test_the_curves_of_each_class_equal_scikit_learns(one):
    for label in classes(one):
        truth, shares = one.labels == label, one.probabilities[:, label].astype(np.float64)
        if 0 < truth.sum() < one.n:
            x, y, thresholds = metrics.roc_curve(truth, shares, drop_intermediate=False)
            found = roc(one, label)
            np.testing.assert_allclose([found.x, found.y, found.thresholds], [x, y, thresholds], atol=1e-12)
            assert found.area == pytest.approx(metrics.auc(x, y), abs=1e-12)
            assert found.area == pytest.approx(metrics.roc_auc_score(truth, shares), abs=1e-12)
        if truth.any():
            precision, recall, thresholds = metrics.precision_recall_curve(truth, shares)
            found = precision_recall(one, label)
            np.testing.assert_allclose(found.x[::-1], recall, atol=1e-12)
            np.testing.assert_allclose(found.y[::-1], precision, atol=1e-12)
            np.testing.assert_allclose(found.thresholds[:0:-1], thresholds, atol=1e-12)
            assert found.area == pytest.approx(metrics.average_precision_score(truth, shares), abs=1e-12)


@pytest.mark.parametrize("curve", [roc, precision_recall])
def test_a_thinned_curve_keeps_its_ends_its_shape_and_its_area(curve):
    random = np.random.default_rng(1)
    labels = random.choice(3, 5000, p=[0.9, 0.09, 0.01])
    scores = random.normal(size=(5000, 3))
    scores[np.arange(5000), labels] += 2
    one = evaluation(labels, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    for label in range(3):
        thin, whole = curve(one, label), curve(one, label, points=10**6)
        assert len(thin.x) == len(thin.y) == len(thin.thresholds) <= POINTS < len(whole.x)
        assert thin.area == whole.area
        for end in (0, -1):
            ends = [(one.x[end], one.y[end], one.thresholds[end]) for one in (thin, whole)]
            assert ends[0] == ends[1]
        way = np.abs(np.diff(whole.x)).sum() + np.abs(np.diff(whole.y)).sum()
        gap = np.abs(whole.x[:, None] - thin.x) + np.abs(whole.y[:, None] - thin.y)
        assert gap.min(axis=1).max() <= way / (POINTS - 1)  # no point is far from a point that is drawn


def test_a_class_that_does_not_occur_has_no_curve():
    one = evaluation([0, 0], [[0.9, 0.1], [0.2, 0.8]])
    assert roc(one, 0) is roc(one, 1) is precision_recall(one, 1) is UNDEFINED
    assert precision_recall(one, 0).area == 1


def test_the_calibration_error_of_a_worked_example():
    """Three bins of ten hold images.

    (0.5, 0.6]: 0.55 and 0.6, one right  -> confidence 0.575, accuracy 0.5, gap 0.075, n 2
    (0.7, 0.8]: 0.8, wrong               -> confidence 0.8,   accuracy 0,   gap 0.8,   n 1
    (0.9, 1.0]: 0.95 and 1.0, both right -> confidence 0.975, accuracy 1,   gap 0.025, n 2
    error = (2 · 0.075 + 1 · 0.8 + 2 · 0.025) / 5 = 0.2
    """
    sure = np.array([0.55, 0.6, 0.8, 0.95, 1.0])
    one = evaluation([0, 1, 1, 0, 0], np.stack([sure, 1 - sure], axis=1))
    found = reliability(one, bins=10)
    assert found.error == pytest.approx(0.2, abs=1e-6)
    assert found.n.tolist() == [0, 0, 0, 0, 0, 2, 0, 1, 0, 2]
    full = found.n > 0
    np.testing.assert_allclose(found.confidence[full], [0.575, 0.8, 0.975], atol=1e-6)
    np.testing.assert_allclose(found.accuracy[full], [0.5, 0, 1])
    assert np.isnan(found.confidence[~full]).all()
    assert np.isnan(found.accuracy[~full]).all()
    assert found.intervals[0].tolist() == [0, 1]
    expected = binomtest(1, 2).proportion_ci(0.95, method="wilson")
    assert found.intervals[5] == pytest.approx((expected.low, expected.high), abs=1e-6)


@given(evaluations(), st.sampled_from([10, 15]))
def test_the_calibration_error_equals_equation_3_written_out(one, bins):
    total = 0.0
    for m in range(1, bins + 1):
        low, high = np.float32((m - 1) / bins), np.float32(m / bins)
        inside = (one.confidence > low) & (one.confidence <= high)
        if inside.any():
            right = (one.predicted == one.labels)[inside]
            total += inside.sum() / one.n * abs(right.mean() - one.confidence[inside].mean(dtype=np.float64))
    assert calibration_error(one, bins) == pytest.approx(total, abs=1e-9)
    assert reliability(one, bins).n.sum() == one.n


@given(evaluations(least=0), st.integers(0, 100))
def test_each_answer_carries_what_belongs_to_its_image(one, k):
    for found in (worst(one, k), most_confident_mistakes(one, k), cell(one, 0, 1), false_positives(one, 1)):
        at = found.positions
        np.testing.assert_array_equal(found.rows, one.rows[at])
        np.testing.assert_array_equal(found.true, one.labels[at])
        np.testing.assert_array_equal(found.predicted, one.predicted[at])
        np.testing.assert_array_equal(found.true_probability, one.probabilities[at, one.labels[at]])
        np.testing.assert_array_equal(found.predicted_probability, one.probabilities[at].max(axis=1, initial=0))
        np.testing.assert_array_equal(found.losses, one.losses[at])
        assert len(set(at.tolist())) == len(found)


@given(evaluations(least=0), st.integers(0, 100))
def test_the_worst_have_the_highest_losses(one, k):
    found = worst(one, k)
    assert found.losses.tolist() == sorted(one.losses.tolist(), reverse=True)[:k]
    wrong = most_confident_mistakes(one, k)
    sure = one.confidence[one.predicted != one.labels].tolist()
    assert wrong.predicted_probability.tolist() == sorted(sure, reverse=True)[:k]
    assert (wrong.true != wrong.predicted).all()


@given(evaluations(least=0))
def test_cells_hold_the_images_that_the_matrix_counts(one):
    matrix = confusion(one)
    for true in classes(one):
        for predicted in classes(one):
            found = cell(one, true, predicted)
            assert len(found) == matrix[true, predicted]
            assert (np.diff(found.predicted_probability) <= 0).all()
        others = [label for label in classes(one) if label != true]
        assert len(false_negatives(one, true)) == matrix[true, others].sum()
        assert len(false_positives(one, true)) == matrix[others, true].sum()
        assert set(false_negatives(one, true).true.tolist()) <= {true}
        assert set(false_positives(one, true).predicted.tolist()) <= {true}


def test_without_images_every_number_says_so():
    one = evaluation([], np.empty((0, 3)))
    assert np.isnan([one.accuracy, one.loss, top_k(one, 2).accuracy, calibration_error(one)]).all()
    assert one.interval == top_k(one, 2).interval == (0, 1)
    assert not confusion(one, "true").any()
    for average in (macro(per_class(one)), weighted(per_class(one))):
        assert np.isnan([average.precision, average.recall, average.f1]).all()
    assert [(score.precision, score.recall, score.f1, score.support) for score in per_class(one)] == [(0, 0, 0, 0)] * 3
    assert roc(one, 0) is precision_recall(one, 0) is UNDEFINED
    assert len(worst(one, 5)) == len(most_confident_mistakes(one, 5)) == len(most_confused(one, 5)) == 0


def test_one_image_is_enough():
    one = evaluation([1], [[0.3, 0.7]])
    assert (one.accuracy, top_k(one, 1).accuracy) == (1, 1)
    assert one.loss == pytest.approx(-np.log(0.7), abs=1e-6)
    assert calibration_error(one) == pytest.approx(0.3, abs=1e-6)
    assert macro(per_class(one)).f1 == 1  # the class that neither occurs nor is answered does not count


def test_a_split_of_one_class_that_is_never_answered_is_all_mistakes():
    one = answering([2, 2, 2], [0, 1, 0], 3)
    score = per_class(one)[2]
    assert (score.precision, score.precision_interval, score.predicted) == (0, (0, 1), 0)
    assert (score.recall, score.support) == (0, 3)
    assert macro(per_class(one)).recall == 0
    assert roc(one, 2) is UNDEFINED
    assert precision_recall(one, 2).area == 1
