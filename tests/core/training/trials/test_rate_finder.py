"""The learning-rate finder: the steepest place, by hand; on real networks, a rate that learns; nothing is changed."""

import math

import numpy as np
import pytest

from core.recipe.config import TrainingConfig
from core.training.trials.rate_finder import HIGHEST, LOWEST, STEPS, smoothed, steepest, sweep
from core.training.worker import swept
from tests.made.workers import train_here

RATES = np.geomspace(LOWEST, HIGHEST, STEPS).tolist()


def falling_at(rate):
    """A loss that goes from 2.3 to 0.3 around a rate and rises after ten times as much."""
    steps = [math.log10(one / rate) for one in RATES]
    return [2.3 - 2 / (1 + math.exp(-6 * step)) + max(0.0, step - 1) ** 2 for step in steps]


@pytest.mark.parametrize("rate", [1e-4, 1e-3, 1e-2])
def test_the_steepest_place_is_found(rate):
    assert steepest(RATES, falling_at(rate)) == pytest.approx(rate, rel=0.1)


def test_a_fall_among_the_first_steps_is_no_sign():
    losses = falling_at(1e-2)
    losses[:5] = [9.0, 7.0, 5.0, 4.0, 3.0]
    assert steepest(RATES, losses) == pytest.approx(1e-2, rel=0.1)


def test_where_the_loss_only_rises_it_is_the_lowest():
    assert steepest(RATES, list(range(STEPS))) == RATES[0]


def test_smoothing_keeps_what_is_constant_and_begins_with_the_first():
    assert smoothed([2.0] * 5) == pytest.approx([2.0] * 5)
    assert smoothed([3.0, 1.0])[0] == pytest.approx(3.0)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_its_suggestion_learns_better_than_a_hundredth_of_it_and_the_same_comes_again(store, optimizer):
    recipe = TrainingConfig(architecture="softmax", optimizer=optimizer, epochs=5)
    found = sweep(recipe)
    assert sweep(recipe) == found
    assert store.all() == []
    losses = []
    for rate in (found.suggestion, found.suggestion / 100):
        run = store.create(TrainingConfig(**{**recipe.as_dict(), "learning_rate": rate}))
        run.ask_to_stop()
        assert train_here(run) == 0
        losses.append(run.history.epochs[-1]["loss"])
    assert losses[0] < 0.7 * losses[1]


@pytest.mark.slow
def test_few_images_and_a_loss_that_runs_away_are_no_trouble():
    found = sweep(TrainingConfig(train_images=10, batch_size=64, architecture="cnn_batchnorm"))
    assert len(found.rates) == len(found.losses) <= STEPS
    assert all(map(math.isfinite, found.losses))
    assert LOWEST <= found.suggestion <= HIGHEST


@pytest.mark.slow
def test_a_network_that_cannot_be_built_answers_with_the_reason():
    assert "error" in swept(TrainingConfig(architecture="cnn_three_blocks").as_dict())  # digits are 8×8
