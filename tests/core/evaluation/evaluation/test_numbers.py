"""Accuracy, confusion, orders and scores equal scikit-learn's and hand-worked values."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import metrics

from core.evaluation.confusion import confusion, most_confused, sorted_classes
from core.evaluation.scores import macro, per_class, top_k, weighted
from tests.core.evaluation.evaluation.made import answering, classes, evaluation, evaluations

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("error::RuntimeWarning")]  # NumPy's of 0/0


@given(evaluations(ties=False))
def test_accuracy_and_loss_equal_scikit_learns(one):
    assume((one.true_probability > 1e-15).all())  # below it `log_loss` clips, and the worker does not
    shares = one.probabilities.astype(np.float64)
    shares /= shares.sum(axis=1, keepdims=True)
    assert one.accuracy == metrics.accuracy_score(one.labels, one.predicted)
    assert one.loss == pytest.approx(metrics.log_loss(one.labels, shares, labels=classes(one)), rel=1e-5, abs=1e-6)
    found = binomtest(one.hits, one.n).proportion_ci(0.95, method="wilson")
    assert one.interval == pytest.approx((found.low, found.high), abs=1e-6)


def test_the_loss_of_a_confident_mistake_is_not_clipped_at_keras_epsilon():
    """As in the worker, where Keras reads the logits behind the softmax."""
    one = evaluation([0, 0], [[1e-20, 1], [0, 1]])
    assert one.losses[0] == pytest.approx(20 * np.log(10), rel=1e-6)
    assert 87 < one.losses[1] < 88


def test_a_sure_right_answer_costs_nothing_and_that_is_written_without_a_minus():
    one = evaluation([0, 1], [[1, 0], [0, 1.0000001]])
    assert one.loss == 0
    assert not np.signbit(one.losses).any()


@given(evaluations(least=1))
def test_the_confusion_matrix_equals_scikit_learns(one):
    for ours, theirs in (("counts", None), ("true", "true"), ("predicted", "pred")):
        with np.errstate(all="ignore"):
            expected = metrics.confusion_matrix(one.labels, one.predicted, labels=classes(one), normalize=theirs)
        np.testing.assert_allclose(confusion(one, ours), expected, atol=1e-15)
    assert confusion(one).dtype == np.int64


def test_a_thousand_classes_have_a_matrix_and_an_order():
    labels = np.arange(2000) % 1000
    one = answering(labels, labels // 2 * 2, 1000)
    assert confusion(one).sum() == 2000
    assert np.array_equal(np.sort(sorted_classes(one, "similarity")), np.arange(1000))


@given(evaluations(least=0), st.integers(0, 10))
def test_the_most_confused_pairs_are_the_largest_cells_beside_the_diagonal(one, k):
    pairs, matrix = most_confused(one, k), confusion(one)
    np.fill_diagonal(matrix, 0)
    assert [pair.n for pair in pairs] == sorted(matrix[matrix > 0].tolist(), reverse=True)[:k]
    for pair in pairs:
        assert pair.n == matrix[pair.true, pair.predicted]
        assert pair.share == pair.n / np.count_nonzero(one.labels == pair.true)
    assert len({(pair.true, pair.predicted) for pair in pairs}) == len(pairs)


def test_of_equally_many_confusions_the_larger_share_comes_first():
    one = answering([0, 0, 0, 1, 1, 2], [1, 0, 0, 1, 0, 2], 3)
    assert [(pair.true, pair.predicted, pair.share) for pair in most_confused(one, 9)] == [(1, 0, 0.5), (0, 1, 1 / 3)]


@given(evaluations(least=0), st.sampled_from(["name", "errors", "support", "similarity"]))
def test_an_order_has_every_class_once(one, by):
    order = sorted_classes(one, by)
    assert order.dtype == np.int64
    assert sorted(order.tolist()) == list(classes(one))


def test_names_are_sorted_by_the_numbers_in_them():
    one = evaluation([], np.empty((0, 5)), ("T-shirt", "10", "9", "ankle boot", "Bag"))
    assert [one.classes[label] for label in sorted_classes(one, "name")] == ["9", "10", "ankle boot", "Bag", "T-shirt"]


def test_errors_and_support_come_in_falling_order():
    one = answering([0, 1, 1, 1, 2, 2], [0, 1, 1, 1, 0, 1], 3)
    assert sorted_classes(one, "errors").tolist() == [2, 0, 1]
    assert sorted_classes(one, "support").tolist() == [1, 2, 0]


def test_similar_classes_are_side_by_side():
    """0 and 3 are taken for each other, 1 and 4 too; 2 and 5 are always right."""
    labels = np.repeat(np.arange(6), 10)
    predicted = labels.copy()
    for one, other in ((0, 3), (3, 0), (1, 4), (4, 1)):
        predicted[np.flatnonzero(labels == one)[:4]] = other
    order = sorted_classes(answering(labels, predicted, 6), "similarity").tolist()
    assert abs(order.index(0) - order.index(3)) == 1
    assert abs(order.index(1) - order.index(4)) == 1


@given(evaluations(least=1))
def test_precision_recall_and_f1_equal_scikit_learns(one):
    scores = per_class(one)
    expected = metrics.precision_recall_fscore_support(
        one.labels, one.predicted, labels=list(classes(one)), zero_division=0
    )
    ours = [[score.precision, score.recall, score.f1, score.support] for score in scores]
    np.testing.assert_allclose(np.transpose(ours), expected, atol=1e-15)
    assert [score.predicted for score in scores] == np.bincount(one.predicted, minlength=len(scores)).tolist()
    assert [(score.label, score.name) for score in scores] == list(enumerate(one.classes))


@given(evaluations(least=1), st.sampled_from([("macro", macro), ("weighted", weighted)]))
def test_the_averages_equal_scikit_learns(one, average):
    name, function = average
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        one.labels, one.predicted, average=name, zero_division=0
    )
    found = function(per_class(one))
    assert (found.precision, found.recall, found.f1) == pytest.approx((precision, recall, f1), abs=1e-12)


@given(evaluations(least=1))
def test_the_intervals_of_the_scores_equal_scipys(one):
    for score in per_class(one):
        hits = round(score.recall * score.support)
        for found, n in ((score.recall_interval, score.support), (score.precision_interval, score.predicted)):
            expected = binomtest(hits, n).proportion_ci(0.95, method="wilson") if n else (0, 1)
            assert found == pytest.approx(tuple(expected), abs=1e-6)


@given(evaluations(least=1, ties=False), st.integers(1, 6))
def test_top_k_equals_scikit_learns(one, k):
    k = min(k, len(one.classes) - 1)
    shares = one.probabilities if len(one.classes) > 2 else one.probabilities[:, 1]
    distinct = all(len(set(row)) == len(row) for row in one.probabilities.tolist())
    assume(distinct)  # of equal ones scikit-learn takes the last, `argmax` the first
    expected = metrics.top_k_accuracy_score(one.labels, shares, k=k, labels=list(classes(one)))
    found = top_k(one, k)
    assert found.accuracy == pytest.approx(expected, abs=1e-15)
    assert found.n == one.n
    interval = binomtest(round(expected * one.n), one.n).proportion_ci(0.95, method="wilson")
    assert found.interval == pytest.approx((interval.low, interval.high), abs=1e-6)


@given(evaluations())
def test_one_allowed_answer_is_the_accuracy_and_all_of_them_are_certain(one):
    assert top_k(one, 1).accuracy == one.accuracy
    assert top_k(one, len(one.classes)).accuracy == 1
