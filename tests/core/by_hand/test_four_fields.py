"""The four fields of one class against scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    multilabel_confusion_matrix,
    precision_score,
    recall_score,
)

from core.by_hand.four_fields import FourFields, of_class


def test_the_fields_of_every_class_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    labels, said = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    matrix, expected = confusion_matrix(labels, said), multilabel_confusion_matrix(labels, said)
    for number in range(4):
        fields = of_class(matrix, number)
        assert [[fields.tn, fields.fp], [fields.fn, fields.tp]] == expected[number].tolist()
        truth, answers = labels == number, said == number
        assert fields.accuracy == pytest.approx(accuracy_score(truth, answers))
        assert fields.precision == pytest.approx(precision_score(truth, answers))
        assert fields.recall == pytest.approx(recall_score(truth, answers))
        assert fields.f1 == pytest.approx(f1_score(truth, answers))


def test_what_has_no_value_has_none():
    nothing_said = FourFields(tp=0, fp=0, fn=3, tn=7)
    assert (nothing_said.precision, nothing_said.recall, nothing_said.accuracy) == (None, 0.0, 0.7)
    nothing_there = FourFields(0, 2, 0, 8)
    assert (nothing_there.precision, nothing_there.recall) == (0.0, None)
    empty = FourFields(0, 0, 0, 0)
    assert (empty.accuracy, empty.precision, empty.recall, empty.f1) == (None,) * 4
