"""In which settings recipes differ."""

import pytest

from core.recipe.config import TrainingConfig
from core.recipe.differences import differing, given


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ([{}, {}], []),
        ([{"epochs": 5}, {"epochs": 6}], ["epochs"]),
        ([{}, {"dropout": 0.25}], []),  # the small CNN's own value, named or not
        ([{}, {"dropout": 0.5}], ["dropout"]),
        ([{"l2": 0.01}, {"train_images": 100}, {}], ["train_images", "l2"]),  # in the order of the form
        ([{}, {"architecture": "softmax"}], ["architecture"]),  # which has no dropout at all
    ],
)
def test_only_what_differs_is_named_in_the_order_of_the_form(changes, names):
    assert differing([TrainingConfig(**one) for one in changes]) == names


def test_a_value_that_is_left_open_is_the_architectures_own():
    assert given(TrainingConfig(architecture="cnn_small"), "dropout") == 0.25
    assert given(TrainingConfig(architecture="softmax"), "dropout") is None
    assert given(TrainingConfig(dropout=0.4), "dropout") == 0.4
