"""The learning rate over the steps: against Keras's schedules, values by hand, and what the loop and the script do."""

import math

import numpy as np
import pytest

from core.export import rates
from core.recipe.config import TrainingConfig
from core.recipe.learning_rate import shares, varies
from core.recipe.schedule import SCHEDULES

STEPS = 7  # an epoch


def of(config):
    return shares(config, STEPS, 0, config.epochs * STEPS)


@pytest.mark.slow
def test_steps_are_those_of_keras():
    import keras

    config = TrainingConfig(epochs=12, schedule="step", step_epochs=3, step_factor=0.3)
    theirs = keras.optimizers.schedules.ExponentialDecay(1.0, 3 * STEPS, 0.3, staircase=True)
    np.testing.assert_allclose(of(config), [float(theirs(step)) for step in range(12 * STEPS)], rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("warmup", [0, 2])
@pytest.mark.parametrize("left", [0.0, 0.2])
def test_a_cosine_is_that_of_keras_with_its_warm_up(warmup, left):
    import keras

    config = TrainingConfig(epochs=9, schedule="cosine", warmup_epochs=warmup, final_share=left)
    more = {"warmup_target": 1.0, "warmup_steps": warmup * STEPS} if warmup else {}
    theirs = keras.optimizers.schedules.CosineDecay(0.0 if warmup else 1.0, (9 - warmup) * STEPS, alpha=left, **more)
    expected = [float(theirs(step)) for step in range(9 * STEPS)]
    np.testing.assert_allclose(of(config), expected, atol=1e-6)


def test_one_cycle_rises_to_its_height_and_falls_to_nearly_nothing():
    """By hand, for 100 steps: 0.04 at the first, 1 at the one numbered 29, 0.04 / 10,000 at the last."""
    found = shares(TrainingConfig(epochs=10, schedule="one_cycle"), 10, 0, 100)
    assert found[0] == pytest.approx(1 / 25)
    assert found[29] == pytest.approx(1.0)
    assert found[99] == pytest.approx(4e-6)
    assert found[14] == pytest.approx(1 + (1 / 25 - 1) / 2 * (1 + math.cos(math.pi * 14 / 29)))
    assert found[64] == pytest.approx((1 + 4e-6) / 2)  # half-way down, at 29 + 35
    assert (np.diff(found[:30]) > 0).all()
    assert (np.diff(found[29:]) < 0).all()


def test_a_warm_up_begins_with_nothing_and_is_over_after_its_epochs():
    found = of(TrainingConfig(epochs=5, warmup_epochs=2))
    np.testing.assert_allclose(found[: 2 * STEPS], np.arange(2 * STEPS) / (2 * STEPS))
    assert (found[2 * STEPS :] == 1).all()


def test_without_a_schedule_nothing_changes():
    assert (of(TrainingConfig(epochs=5)) == 1).all()


@pytest.mark.parametrize("warmup", [0, 1])
@pytest.mark.parametrize("schedule", list(SCHEDULES))
@pytest.mark.parametrize("epochs", [1, 2, 30])
def test_each_schedule_is_the_same_in_pieces_within_bounds_and_in_the_script(schedule, epochs, warmup):
    config = TrainingConfig(epochs=epochs, schedule=schedule, warmup_epochs=warmup, step_epochs=4)
    whole = of(config)
    pieces = [shares(config, STEPS, first, 1)[0] for first in range(epochs * STEPS)]
    np.testing.assert_array_equal(whole, pieces)
    assert ((whole >= 0) & (whole <= 1)).all()
    if not varies(config):
        return
    names = {"math": math, "x_train": range(STEPS * 10), "BATCH_SIZE": 10, "LEARNING_RATE": 0.1}
    exec("\n".join([*rates.settings(config), *rates.before_the_steps(config)]), names)
    np.testing.assert_allclose([names["share"](step) for step in range(epochs * STEPS)], whole, atol=1e-12)
