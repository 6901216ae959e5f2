"""The best of several, those within noise of it, and those worse beyond noise: by hand and against SciPy."""

import pytest
from scipy import stats

from core.evaluation.paired import holm, mcnemar
from core.experiments.compared import chance, grouped, ranking
from core.experiments.measured import measured
from core.recipe.config import TrainingConfig
from tests.made.experiments import ended

DROPOUTS = (0.0, 0.25, 0.5)


def group(store, dropout, wrongs, seeds=None):
    runs = [
        measured(ended(store, every, TrainingConfig(dropout=dropout, seed=seed)))
        for seed, every in enumerate(wrongs)
        if seeds is None or seed in seeds
    ]
    return {"dropout": dropout}, runs


def test_of_single_runs_by_mcnemars_test_with_holms_correction(store):
    """Wrong: every 40th image, every 41st, every 2nd; they share image 0, and the first two 287 / lcm as well."""
    groups = [group(store, dropout, [every]) for dropout, every in zip(DROPOUTS, (40, 41, 2), strict=True)]
    found = ranking(groups)
    assert found.best[0] == {"dropout": 0.25}  # 280 right against 279
    assert found.near == [{"dropout": 0.0}]
    assert found.worse == [{"dropout": 0.5}]
    only_a = len(set(range(0, 287, 40)) - set(range(0, 287, 41)))
    only_b = len(set(range(0, 287, 41)) - set(range(0, 287, 40)))
    assert chance(groups[0][1], groups[1][1]) == mcnemar(only_b, only_a)


def test_of_equally_many_the_lower_loss_wins(store):
    worse, better = group(store, 0.0, [5]), group(store, 0.5, [5])
    object.__setattr__(better[1][0], "val_loss", 0.1)
    assert ranking([worse, better]).best[0] == {"dropout": 0.5}


def test_of_several_seeds_by_students_paired_test(store):
    a, b = group(store, 0.0, [3, 4, 5]), group(store, 0.5, [20, 30, 25])
    accuracies = [[one.val_accuracy for one in runs] for _at, runs in (a, b)]
    assert chance(a[1], b[1]) == pytest.approx(stats.ttest_rel(*accuracies).pvalue)
    assert ranking([a, b]).worse == ([{"dropout": 0.0}] if chance(a[1], b[1]) < 0.05 else [])


def test_a_run_that_is_missing_does_not_pair_another_seeds(store):
    a, b = group(store, 0.0, [3, 9, 5]), group(store, 0.5, [3, 9, 5], seeds=(1, 2))
    assert chance(a[1], b[1]) == 1.0  # equal seed by seed


def test_two_seeds_that_differ_by_the_same_one_image_prove_nothing(store):
    a, b = group(store, 0.0, [72, 72]), group(store, 0.5, [96, 96])  # 4 images wrong against 3
    assert ranking([a, b]).near == [{"dropout": 0.0}]


def test_without_a_seed_in_common_nothing_can_be_said(store):
    a, b = group(store, 0.0, [3, 40], seeds=(0,)), group(store, 0.5, [3, 40], seeds=(1,))
    assert chance(a[1], b[1]) == 1.0
    assert ranking([a, b]).near == [{"dropout": 0.0}]


def test_holm_has_one_chance_among_all():
    assert holm([0.02, 0.03]) == pytest.approx([0.04, 0.04])


def test_runs_of_a_place_are_together_in_the_order_of_the_plan(store):
    one = measured(ended(store, 4))
    results = [({"epochs": 5}, one), ({"epochs": 2}, one), ({"epochs": 5}, one)]
    assert [(at["epochs"], len(runs)) for at, runs in grouped(results)] == [(5, 2), (2, 1)]
