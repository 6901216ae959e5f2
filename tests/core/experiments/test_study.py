"""A search suggests, prunes and weighs as Optuna does by itself; its journal copes with a kill and with damage."""

import math

import numpy as np
import optuna
import pytest

from core.experiments.compared import grouped
from core.experiments.kind import Trial, kinds
from core.experiments.measured import measured
from core.experiments.study import Study, best_of
from core.recipe.config import TrainingConfig
from tests.made.experiments import ended

pytestmark = pytest.mark.slow

RECIPE = TrainingConfig(epochs=12)
KINDS = {
    "learning_rate": optuna.distributions.FloatDistribution(1e-4, 1e-2, log=True),
    "batch_size": optuna.distributions.CategoricalDistribution([16, 32]),
}
SPACE = ("learning_rate=0.0001..0.01", "batch_size=16|32")


def study(path=None, **options):
    return Study(RECIPE, kinds()["search"].chosen({"space": SPACE, "trials": 12, **options}), path)


def opened(path):
    """A journal as Optuna opens it by itself."""
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(path)))
    return optuna.load_study(study_name="search", storage=storage)


def curve(last):
    """Epochs whose validation accuracy climbs to a value."""
    return [{"epoch": n, "val_accuracy": last * n / 12, "val_loss": 2 - last * n / 12} for n in range(1, 13)]


def tell(one, at, last, run_id="a", pruned=False, measured=None):
    one.tell(Trial(run_id, at, measured, pruned, curve(last)))


@pytest.fixture
def told(store, tmp_path):
    """A search that has been told of eight runs: (itself, what they were)."""
    one, told = study(tmp_path / "a.journal"), []
    for every in range(2, 10):
        cell = one.further()
        run = ended(store, every, cell.recipe)
        told.append((cell.at, measured(run)))
        tell(one, cell.at, 1 - 1 / every, run.id, measured=told[-1][1])
    return one, told


def seed(number, of=0):
    return int(np.random.SeedSequence([of, number]).generate_state(1)[0])


def by_optuna(sampler, told, number):
    """What Optuna suggests by itself after those results."""
    direct = optuna.create_study(direction="maximize", sampler=sampler(seed(number)))
    for at, one in told:
        trial = optuna.trial.create_trial(params=dict(at), distributions=KINDS, value=one.val_accuracy)
        direct.add_trial(trial)
    params = direct.ask(KINDS).params
    return {**params, "learning_rate": float(f"{params['learning_rate']:.3g}")}


def test_the_first_ones_are_drawn_at_random_as_by_optuna_and_known_before(tmp_path):
    cells = study().draws()
    assert [cell.at for cell in cells[:4]] == [
        by_optuna(lambda number: optuna.samplers.RandomSampler(seed=number), [], n) for n in range(4)
    ]
    assert len({cell.at["learning_rate"] for cell in cells}) == 12
    for sampler in ("tpe", "random"):
        assert study(tmp_path / f"{sampler}.journal", sampler=sampler).further() == cells[0]
    assert study(seed=1).draws()[0] != cells[0]


def test_tpe_suggests_what_optuna_suggests_by_itself(told):
    one, results = told
    want = by_optuna(lambda number: optuna.samplers.TPESampler(seed=number, n_startup_trials=4), results, 8)
    assert one.further().at == want
    assert one.further().at == want  # asked again, it says the same
    assert want != study().draws()[8].at


def test_opened_again_it_goes_on_as_if_nothing_had_happened(told, tmp_path):
    one, _results = told
    again = study(tmp_path / "a.journal")
    assert again.told == 8
    assert again.further() == one.further()


def test_its_journal_is_one_that_optuna_reads(told, tmp_path):
    direct = opened(tmp_path / "a.journal")
    assert [trial.value for trial in direct.trials] == [one.val_accuracy for _at, one in told[1]]
    assert [trial.user_attrs["run"] for trial in direct.trials] == [one.run.id for _at, one in told[1]]


@pytest.mark.parametrize("cut", [1, 40])
def test_a_line_that_a_kill_cut_short_is_told_again_and_the_others_stay(told, tmp_path, cut):
    one, results = told
    path, want = tmp_path / "a.journal", one.further()
    path.write_bytes(path.read_bytes()[:-cut])
    again = study(path)
    assert again.told == 7 or (cut == 1 and again.told == 8)  # without its line break alone a line is whole
    for at, done in results[again.told :]:
        tell(again, at, 1 - 1 / 9, done.run.id, measured=done)
    assert study(path).told == 8
    assert study(path).further() == want


@pytest.mark.parametrize("content", [b'{"op_code": 4}\n', b'{"op_code": "x", "worker_id": 3}\n' * 3, b"\x00\xff\n[]\n"])
def test_a_journal_that_cannot_be_read_is_begun_anew(tmp_path, content):
    (tmp_path / "a.journal").write_bytes(content)
    one = study(tmp_path / "a.journal")
    assert one.told == 0
    tell(one, one.further().at, 0.5)
    assert study(tmp_path / "a.journal").told == 1


@pytest.mark.parametrize("value", ["val_accuracy", "val_loss"])
@pytest.mark.parametrize("last", [0.2, 0.55, 0.95])
def test_a_training_is_stopped_at_the_epoch_at_which_optuna_would(store, tmp_path, value, last):
    one = study(tmp_path / "a.journal", value=value)
    direction = "minimize" if value == "val_loss" else "maximize"
    pruner = optuna.pruners.MedianPruner(4, n_warmup_steps=3)
    direct = optuna.create_study(direction=direction, pruner=pruner)
    for n, good in enumerate((0.4, 0.5, 0.6, 0.7, 0.8)):
        tell(one, one.further().at, good, str(n), measured=measured(ended(store, 2 + n, RECIPE)))
        trial = direct.ask()
        for epoch in curve(good):
            trial.report(epoch[value], epoch["epoch"])
        direct.tell(trial, curve(good)[-1][value])
    trial, want = direct.ask(), []
    for epoch in curve(last):
        trial.report(epoch[value], epoch["epoch"])
        want.append(trial.should_prune())
    at = one.further().at
    assert [
        one.is_hopeless(at, [epoch]) or one.is_hopeless(at, curve(last)[:n]) for n, epoch in enumerate(curve(last), 1)
    ] == [any(want[:n]) for n in range(1, 13)]
    assert any(want) is (last < 0.6)
    assert not study(tmp_path / "a.journal", value=value, pruning=False).is_hopeless(at, curve(last))


def test_of_a_pruned_one_only_what_showed_that_it_was_hopeless_is_noted(told, tmp_path):
    one, _results = told
    tell(one, one.further().at, 0.1, "b", pruned=True)
    tell(one, one.further().at, 0.1, "c")
    direct = opened(tmp_path / "a.journal")
    pruned, failed = direct.trials[-2:]
    assert (pruned.state.name, failed.state.name) == ("PRUNED", "FAIL")
    assert list(pruned.intermediate_values) == [1, 2, 3]
    assert pruned.value == pytest.approx(0.1 * 3 / 12)


def test_the_same_values_again_are_trained_with_another_seed():
    few = ("batch_size=16|32",)
    cells = Study(RECIPE, kinds()["search"].chosen({"space": few, "trials": 9})).draws()
    assert len({repr(cell.recipe) for cell in cells}) == 9
    assert {cell.at["batch_size"] for cell in cells} == {16, 32}
    assert {cell.recipe.seed for cell in cells[:1]} == {RECIPE.seed}


def of_rate(store, n):
    """Results that are the better the longer the steps, whatever the batches."""
    made = []
    for every in range(2, 2 + n):
        at = {"learning_rate": 1e-4 * 10 ** (2 * (every - 2) / (n - 1)), "batch_size": (16, 32)[every % 2]}
        made.append((at, measured(ended(store, every, TrainingConfig(**at, early_stopping_monitor="val_accuracy")))))
    return made


def test_importances_are_shares_and_find_the_setting_that_matters(store):
    found = study().importances(of_rate(store, 14))
    assert found["learning_rate"] > 0.8 > 0.2 > found["batch_size"] >= 0
    assert sum(found.values()) <= 1 + 1e-9


def test_few_or_equal_results_have_no_importances(store):
    results = of_rate(store, 10)
    assert study().importances(results[:7]) is None
    assert study().importances(results) is not None
    assert study().importances([(at, results[0][1]) for at, _one in results]) is None


def test_the_best_is_best_by_what_was_searched_for(store):
    results = of_rate(store, 3)
    assert best_of(grouped(results))[0] == results[-1][0]
    assert math.isclose(results[-1][1].val_accuracy, max(one.val_accuracy for _at, one in results))
