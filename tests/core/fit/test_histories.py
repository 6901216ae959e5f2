"""The verdict on labelled histories, one label each, by hand; what is measured and missed stands in docs/verdict.md."""

import csv
from statistics import mean

import pytest

from benchmarks import drawn_histories, verdicts
from benchmarks.histories import FOLDER, JUDGED, RECIPES
from benchmarks.verdicts import FINDINGS, FURTHER, accuracy, before, confusion, labelled, now, told
from core.fit.verdict import verdict

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def examples():
    return labelled()


def test_every_history_has_its_label_and_a_third_was_held_out(examples):
    names = {path.stem for path in FOLDER.glob("*.csv")} - {"labels"}
    assert names == {one.name for one in examples}
    assert len(examples) >= 100
    assert sum(one.held_out for one in examples) * 3 >= len(examples)
    assert {one.label for one in examples} == set(FINDINGS)
    real = {*RECIPES, *JUDGED}
    assert real <= names
    assert len(real) * 3 >= len(names) * 2


def test_the_held_out_third_is_judged_as_published(examples):
    table = confusion([one for one in examples if one.held_out], now)
    assert accuracy(table) >= 0.85
    assert accuracy(table) > accuracy(confusion([one for one in examples if one.held_out], before)) + 0.2


def test_those_that_were_tuned_on_are_judged_as_published(examples):
    table = confusion([one for one in examples if not one.held_out], now)
    assert accuracy(table) >= 0.9
    assert min(accuracy(table, label) for label in FINDINGS) >= 0.75


def test_runs_of_bad_recipes_are_judged_as_published():
    examples = labelled(FURTHER["bad-recipes"])
    assert len(examples) == 78
    assert accuracy(confusion(examples, now)) >= 0.85
    assert accuracy(confusion(examples, now)) > accuracy(confusion(examples, before)) + 0.2


@pytest.mark.parametrize(("folder", "published"), [("drawn", 0.79), ("drawn_again", 0.79)])
def test_runs_of_recipes_drawn_by_chance_are_judged_as_published(folder, published):
    examples = labelled(FOLDER / folder)
    assert {one.name for one in examples} == set(drawn_histories.recipes(folder))
    sure = [one for one in examples if len(one.said) == 1]
    assert len(sure) >= 30
    assert accuracy(confusion(sure, now)) >= 0.95
    assert accuracy(confusion(examples, now)) >= published
    assert accuracy(confusion(examples, now)) > accuracy(confusion(examples, before)) + 0.3


def test_a_viewer_is_told_another_thing_less_than_once_in_two_trainings(examples):
    assert mean(told(one).changes for one in examples) <= 0.5


def test_every_beginning_of_every_history_can_be_judged(examples):
    for one in examples:
        for epochs in range(1, one.curves.epochs + 1):
            found = verdict(one.curves.until(epochs))
            assert found is None or found.finding in FINDINGS


def test_figures_are_counted_by_hand(tmp_path, monkeypatch):
    monkeypatch.setattr(verdicts, "FOLDER", tmp_path)
    head = "epoch,loss,val_loss,accuracy,val_accuracy,n_train,n_validation,n_classes\n"
    (tmp_path / "lost.csv").write_text(head + "1,nan,nan,0.1,0.1,100,100,10\n")
    with open(tmp_path / "labels.csv", "w", newline="") as file:
        rows = [("name", "label", "label_noise", "held_out"), ("lost", "diverged", 0, "yes")]
        csv.writer(file).writerows(rows)
    (one,) = labelled()
    assert confusion([one, one], now) == {("diverged", "diverged"): 2}
    assert accuracy(confusion([one], now), "diverged") == 1
    assert accuracy(confusion([one], lambda _curves: "good_fit")) == 0
    assert told(one) == verdicts.Told(changes=0, right=1)
