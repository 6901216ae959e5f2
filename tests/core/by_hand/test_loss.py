"""Softmax, cross-entropy and labels by hand against SciPy, scikit-learn and values that are known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax
from sklearn.preprocessing import label_binarize

from core.by_hand.loss import cross_entropy, one_hot, softmax


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=12))
def test_softmax_is_that_of_scipy(values):
    np.testing.assert_allclose(softmax(np.array(values)), scipy_softmax(values), atol=1e-12)


def test_cross_entropy_by_hand():
    assert cross_entropy(np.array([0.25, 0.75]), 0) == pytest.approx(math.log(4))
    assert cross_entropy(np.array([0.2]), 0) == pytest.approx(1.609, abs=5e-4)  # the example of the course
    assert cross_entropy(np.array([0.0, 1.0]), 1) == 0
    assert cross_entropy(np.array([0.0, 1.0]), 0) == math.inf


def test_a_label_has_one_one():
    np.testing.assert_array_equal([one_hot(2, 4)], label_binarize([2], classes=range(4)))
