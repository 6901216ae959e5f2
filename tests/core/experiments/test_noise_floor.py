"""The noise floor of a recipe: by hand, against SciPy, and how often it raises a false alarm."""

import math

import numpy as np
import pytest
from scipy import stats

from core.errors import DivergedError
from core.experiments.noise_floor import Floor, Noise, floor, noise, over_seeds
from core.recipe.config import TrainingConfig
from core.runs.recorder import Recorder
from tests.made.experiments import ended
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


def floor_of(accuracies):
    """Of runs that do not matter here: their number and their deviation do."""
    return Floor((None,) * len(accuracies), float(np.std(accuracies, ddof=1)))


def seeds(store, wrongs, **recipe):
    return [ended(store, every, TrainingConfig(seed=seed, **recipe)) for seed, every in enumerate(wrongs)]


def test_a_recipe_of_three_seeds_by_hand(store):
    """Wrong: 72, 58 and 48 of 287 images; their mean is 59.33, their deviation √((160.4 + 1.8 + 128.4) / 2) = 12.06."""
    found = floor(seeds(store, (4, 5, 6)))
    assert found.n == 3
    assert found.deviation * 287 == pytest.approx(12.055, abs=0.001)
    limit = noise(found).limit
    assert limit == pytest.approx(
        4.302653 * math.sqrt(2) * found.deviation, rel=1e-6
    )  # of Student's table for 2 and 95 %


@pytest.mark.parametrize("wrongs", [(), (4,), (4, 5)])
def test_of_fewer_than_three_seeds_nothing_is_said(store, wrongs):
    assert floor(seeds(store, wrongs)) is None


def test_a_seed_that_was_trained_twice_counts_once_and_a_run_that_goes_on_not_at_all(store):
    runs = [*seeds(store, (4, 5)), ended(store, 9, TrainingConfig(seed=1)), make_run(store, "running")]
    assert floor(runs) is None


def test_seeds_that_agree_to_the_image_still_scatter_by_the_step_of_one_image(store):
    found = floor(seeds(store, (4, 4, 4)))
    assert found.deviation == pytest.approx(1 / 287 / math.sqrt(12))


def test_a_seed_that_diverged_is_told(store):
    diverged = make_run(store, "running", TrainingConfig(seed=7))
    Recorder(diverged).status("failed", DivergedError("The loss stopped being a number in epoch {epoch}.", epoch=3))
    assert floor([*seeds(store, (4, 5, 6)), diverged]).diverged == 1


def test_chance_and_freedom_of_two_recipes_are_those_of_welchs_test_in_scipy():
    """Its standard error has s²/n, of a mean; ours is of single runs, so it is given √n times the deviation."""
    a, b = floor_of([0.90, 0.92, 0.95]), floor_of([0.80, 0.81, 0.83, 0.80, 0.79])
    stds = [one.deviation * math.sqrt(one.n) for one in (a, b)]
    theirs = stats.ttest_ind_from_stats(0.93, stds[0], 3, 0.85, stds[1], 5, equal_var=False)
    assert noise(a, b).chance(0.93 - 0.85) == pytest.approx(theirs.pvalue)
    assert noise(a, b) == noise(b, a)


def test_of_one_recipe_alone_the_other_is_taken_to_scatter_as_much():
    one = floor_of([0.90, 0.92, 0.95])
    assert noise(one, None) == noise(None, one) == Noise(math.sqrt(2) * one.deviation, 2)
    assert noise(None, None) is None


def test_a_difference_at_the_limit_has_a_chance_of_one_in_twenty():
    found = noise(floor_of([0.90, 0.92, 0.95, 0.91]))
    assert found.chance(found.limit) == found.chance(-found.limit) == pytest.approx(0.05)


@pytest.mark.parametrize("k", [3, 5])
@pytest.mark.parametrize("both", [False, True])
def test_where_nothing_but_luck_differs_it_is_called_a_difference_one_time_in_twenty_or_less(k, both):
    draw = np.random.default_rng(0)
    alarms = 0
    for _time in range(2000):
        a, b = draw.normal(0.9, 0.01, (2, k))
        found = noise(floor_of(a), floor_of(b) if both else None)
        alarms += abs(a[0] - b[0]) > found.limit  # the run that is compared is one of those that gave the floor
    assert 0 < alarms <= 0.06 * 2000


def test_over_the_seeds_of_both_recipes_as_students_paired_interval(store):
    a, b = floor(seeds(store, (4, 5, 6, 4), dropout=0.0)), floor(seeds(store, (8, 9, 11), dropout=0.5))
    found = over_seeds(a, b)
    pairs = [(one.val_accuracy, other.val_accuracy) for one, other in zip(a.runs[:3], b.runs, strict=True)]
    theirs = stats.ttest_rel(*zip(*pairs, strict=True)).confidence_interval()
    assert (found.n, found.low, found.high) == (3, pytest.approx(-theirs.high), pytest.approx(-theirs.low))


def test_without_three_seeds_in_common_they_are_not_averaged(store):
    a = floor(seeds(store, (4, 5, 6)))
    b = floor([ended(store, 5 + seed, TrainingConfig(seed=seed, dropout=0.5)) for seed in (1, 2, 3)])
    assert over_seeds(a, b) is None
