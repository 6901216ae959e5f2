"""Probable label errors: by hand, and labels that were swapped are found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.evaluation import Evaluation
from core.evaluation.label_errors import label_errors, thresholds, together


def evaluation(labels, probabilities, rows=None):
    labels = np.array(labels)
    rows = np.arange(len(labels)) if rows is None else np.array(rows)
    return Evaluation(labels, np.array(probabilities, np.float32), rows, ("a", "b", "c"), "digits")


def test_by_hand():
    found = evaluation(
        [0, 0, 0, 1, 1, 2],
        [
            [0.9, 0.1, 0.0],
            [0.7, 0.3, 0.0],
            [0.1, 0.9, 0.0],  # labelled a, b is surer than b's own are on average
            [0.1, 0.8, 0.1],
            [0.4, 0.5, 0.1],  # right, though in doubt
            [0.5, 0.2, 0.3],  # labelled c, but a is less sure than a's own: 0.567
        ],
    )
    assert thresholds(found) == pytest.approx([(0.9 + 0.7 + 0.1) / 3, (0.8 + 0.5) / 2, 0.3])
    assert label_errors(found).positions.tolist() == [2]


def test_the_surest_comes_first():
    found = evaluation([0, 0, 0, 0, 1, 1], [[0.9, 0.1, 0]] * 2 + [[0.3, 0.7, 0], [0, 1, 0]] + [[0.4, 0.6, 0]] * 2)
    assert label_errors(found).positions.tolist() == [3, 2]


def test_a_class_without_an_image_is_no_answer():
    assert label_errors(evaluation([0, 1], [[0.5, 0, 0.5], [0, 0.5, 0.5]])).positions.tolist() == []


@given(st.integers(0, 1000))
def test_labels_that_were_swapped_are_found_and_no_others(seed):
    random = np.random.default_rng(seed)
    truth = np.repeat(np.arange(3), 100)
    probabilities = np.eye(3)[truth] * random.uniform(0.6, 0.9, (300, 1))
    probabilities += (1 - probabilities.sum(axis=1, keepdims=True)) / 3
    swapped = random.choice(300, 15, replace=False)
    labels = truth.copy()
    labels[swapped] = (truth[swapped] + 1) % 3
    found = label_errors(evaluation(labels, probabilities))
    assert set(found.positions) <= set(swapped)
    assert len(found) >= 5  # those that are answered more surely than the average


def test_parts_are_put_together_in_their_order():
    both = together([evaluation([0], [[1, 0, 0]], [7]), evaluation([1, 2], [[0, 1, 0], [0, 0, 1]], [3, 9])])
    assert both.rows.tolist() == [7, 3, 9]
    assert both.accuracy == 1.0
