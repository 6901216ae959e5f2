"""How sure a verdict is: on curves whose answer is plain, at an edge, and on histories that strangers labelled."""

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.verdicts import FURTHER, labelled
from core.fit.confidence import alike, weighed
from core.fit.curves import Curves
from core.fit.verdict import verdict

EPOCHS = np.arange(1, 31)
FALLING = tuple((0.1 + 2.2 * np.exp(-EPOCHS / 3)).tolist())
RISING = tuple((0.97 - 0.87 * np.exp(-EPOCHS / 3)).tolist())
LEVEL = Curves(FALLING, FALLING, RISING, RISING, n_train=2500, n_validation=400, n_classes=10)


def sure(curves):
    return weighed(verdict(curves), curves)


def test_what_every_luck_and_every_end_shows_is_as_sure_as_27_of_27_allow():
    said = sure(LEVEL)
    assert (said.finding, said.otherwise) == ("good_fit", None)
    assert said.confidence == 28 / 29


def test_alike_is_a_standard_error_away_and_up_to_a_quarter_shorter():
    others = list(alike(LEVEL))
    assert len(others) == 3 * 3 * 3
    assert {one.epochs for one in others} == {30, 26, 22}  # 30 less an eighth and a quarter, rounded to even
    ends = [[one.val_loss[21] for one in others], [one.val_accuracy[21] for one in others]]
    loss, accuracy = LEVEL.val_loss[21], LEVEL.val_accuracy[21]
    error = math.sqrt(accuracy * (1 - accuracy) / 400)
    assert sorted(set(ends[0])) == pytest.approx([loss * 0.95, loss, loss * 1.05])  # 1 / sqrt(400) = 0.05
    assert sorted(set(ends[1])) == pytest.approx([accuracy - error, accuracy, accuracy + error])
    assert others[0].loss[0] == pytest.approx(LEVEL.loss[0] * 0.98)  # 1 / sqrt(2500) = 0.02


def test_no_share_leaves_its_range_where_nearly_all_is_known():
    known = replace(LEVEL, accuracy=(1.0,) * 30, val_accuracy=(0.0,) * 30)
    for one in alike(known):
        assert min(one.val_accuracy) >= 0
        assert max(one.accuracy) <= 1


def test_what_has_just_begun_is_less_sure_and_says_what_else_it_could_be():
    turned = tuple((0.5 + 1.8 * np.exp(-EPOCHS / 6) + 0.04 * np.maximum(EPOCHS - 25, 0)).tolist())
    by_heart = tuple((2.3 * np.exp(-EPOCHS / 6)).tolist())
    known = tuple((1 - 0.9 * np.exp(-EPOCHS / 6)).tolist())
    held = tuple((0.8 - 0.7 * np.exp(-EPOCHS / 6)).tolist())
    said = sure(Curves(by_heart, turned, known, held, 2000, 2000, 10))
    assert (said.finding, said.otherwise) == ("overfitting", "still_improving")
    assert said.confidence < 0.75


def test_a_loss_that_is_no_number_is_certain():
    assert sure(replace(LEVEL, loss=(*LEVEL.loss[:-1], math.nan))).confidence == 1


def test_too_early_to_say_is_not_weighed():
    assert sure(LEVEL.until(2)) is None


def test_of_strangers_histories_the_sure_verdicts_are_right_and_the_others_less_often():
    """160 that were drawn by chance and labelled by people who did not know the verdict; no constant was fitted."""
    told = [(one.label, sure(one.curves)) for word in ("drawn", "drawn-again") for one in labelled(FURTHER[word])]
    right = {
        certain: [said.finding == label for label, said in told if (said.confidence > 0.95) == certain]
        for certain in (True, False)
    }
    assert len(right[True]) > 80
    assert np.mean(right[True]) > 0.9
    assert np.mean(right[False]) < 0.75
