"""What is read of a finished run, and intervals of several, against SciPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.evaluation.intervals import wilson
from core.experiments.measured import by_seed, interval, measured, spread
from core.recipe.config import TrainingConfig
from tests.made.experiments import ended
from tests.made.runs import make_run


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12).filter(lambda values: np.std(values) > 1e-6))
def test_the_interval_of_a_mean_is_that_of_scipy(values):
    found = spread(values)
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.deviation == pytest.approx(stats.tstd(values))


def test_of_one_value_alone_nothing_is_known():
    found = spread([0.5])
    assert (found.mean, found.low, found.high) == (0.5, -math.inf, math.inf)
    assert math.isnan(found.deviation)


def test_a_finished_run_is_read(store):
    run = ended(store, 4, TrainingConfig(epochs=6, seed=3))
    found = measured(run)
    assert (found.seed, found.epochs, found.parameters, found.n_validation) == (3, 6, 13706, 287)
    assert found.val_accuracy == pytest.approx(1 - 72 / 287)  # images 0, 4, 8 … 284 are wrong
    assert found.accuracy == run.history.epochs[-1]["accuracy"]
    assert found.gap == found.accuracy - found.val_accuracy
    assert interval([found]) == wilson(287 - 72, 287)


@pytest.mark.parametrize("state", ["queued", "starting", "running", "stopped", "failed", "lost", "damaged"])
def test_of_a_run_that_did_not_come_to_its_end_nothing_is_said(store, state):
    assert measured(make_run(store, state)) is None


def test_the_interval_of_several_is_students_within_0_and_1(store):
    runs = [measured(ended(store, every, TrainingConfig(seed=every))) for every in (2, 40)]
    assert interval(runs) == (0.0, 1.0)  # two points so far apart say nothing


def test_runs_are_paired_by_their_seed_and_one_that_is_missing_has_no_partner(store):
    a = [measured(ended(store, 4, TrainingConfig(seed=seed))) for seed in (0, 1, 2)]
    b = [measured(ended(store, 4, TrainingConfig(seed=seed, dropout=0.1))) for seed in (2, 0)]
    assert [(one.seed, other.seed) for one, other in by_seed(a, b)] == [(0, 0), (2, 2)]
