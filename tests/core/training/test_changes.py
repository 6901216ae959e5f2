"""What is changed while it trains: taken up at the beginning of an epoch, and again after an interruption."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import RunError, SettingError
from core.recipe.config import TrainingConfig
from core.runs import changes
from core.runs.reports import Changed, EpochDone
from core.training.loop import train
from tests.made.workers import train_here

pytestmark = pytest.mark.slow  # imports TensorFlow

RECIPE = TrainingConfig(epochs=5, train_images=200, dropout=0.5, seed=3)


class Somebody:
    """Asks for values once so many epochs are complete; collects what is told, stops once asked to."""

    def __init__(self, asked=(), stop_after=99):
        self.asked, self.stop_after, self.reports, self.last, self.best = dict(asked), stop_after, [], None, None
        self.before = 0

    def __call__(self, report):
        self.reports.append(report)
        if isinstance(report, EpochDone):
            self.last = report.snapshot()
            self.best = self.last if report.best else self.best

    @property
    def done(self):
        return [one.epoch for one in self.reports if isinstance(one, EpochDone)]

    def changes(self):
        return [values for after, values in self.asked.items() if after <= max([self.before, *self.done])]

    def train(self, config, last=None, best=None):
        return train(config, self, lambda: len(self.done) >= self.stop_after, last, best, self.changes)

    def told(self, kind):
        return [one for one in self.reports if isinstance(one, kind)]


def curve(somebody):
    return [(one.epoch, one.loss, one.val_loss, one.learning_rate) for one in somebody.told(EpochDone)]


def test_a_learning_rate_counts_from_the_next_epoch_on():
    somebody = Somebody({2: {"learning_rate": 0.01}})
    somebody.train(RECIPE)
    assert [one.learning_rate for one in somebody.told(EpochDone)] == pytest.approx([0.001, 0.001, 0.01, 0.01, 0.01])
    assert somebody.told(Changed) == [Changed(3, {"learning_rate": 0.01})]


def test_a_change_before_the_first_epoch_is_the_recipe_with_that_value():
    changed, plain = Somebody({0: {"learning_rate": 0.005}}), Somebody()
    changed.train(RECIPE)
    plain.train(replace(RECIPE, learning_rate=0.005))
    assert curve(changed) == curve(plain)


@pytest.mark.parametrize(
    ("asked", "epochs"), [({2: {"epochs": 3}}, 3), ({4: {"epochs": 8}}, 8), ({4: {"epochs": 2}}, 4)]
)
def test_it_ends_after_another_epoch(asked, epochs):
    somebody = Somebody(asked)
    assert not somebody.train(RECIPE).stopped
    assert somebody.done == list(range(1, epochs + 1))


def test_a_patience_is_obeyed_from_then_on():
    somebody = Somebody({3: {"early_stopping_patience": 1}})
    somebody.train(replace(RECIPE, epochs=30, learning_rate=0.5))  # far too long steps: it does not improve for long
    best = max(one.epoch for one in somebody.told(EpochDone) if one.best)
    assert somebody.done[-1] == max(3, best + 1)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("stop_after", [1, 2, 3, 4])
def test_what_was_changed_holds_after_an_interruption_bit_for_bit(stop_after, schedule):
    config = replace(RECIPE, epochs=6, schedule=schedule, reduce_lr_patience=1)
    asked = {1: {"learning_rate": 0.02}, 3: {"epochs": 5, "early_stopping_patience": 4}}
    straight, first, rest = Somebody(asked), Somebody(asked, stop_after), Somebody(asked)
    trained = straight.train(config)
    first.train(config)
    rest.before = stop_after  # what was asked for by then is still in the run's file
    again = rest.train(config, first.last, first.best)
    assert curve(first) + curve(rest) == curve(straight)
    for one, other in zip(trained.model.variables, again.model.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_a_run_keeps_what_was_asked_and_tells_it(store):
    run = store.create(replace(RECIPE, epochs=3), queue=False)
    changes.ask(run, {"learning_rate": 0.004})
    changes.ask(run, {"epochs": 2})
    assert train_here(run) == 0
    assert run.state == "finished"
    assert run.history.changes == [(1, {"learning_rate": 0.004}), (1, {"epochs": 2})]
    assert run.history.column("learning_rate") == pytest.approx([0.004, 0.004])
    assert run.history.start["epochs"] == 2
    with pytest.raises(RunError, match="has ended"):
        changes.ask(run, {"epochs": 9})


def test_what_does_not_fit_is_refused_and_what_cannot_be_read_changes_nothing(store):
    run = store.create(replace(RECIPE, epochs=1), queue=False)
    with pytest.raises(SettingError, match="learning_rate=7"):
        changes.ask(run, {"learning_rate": 7})
    with pytest.raises(SettingError, match="dropout cannot be changed while a run trains"):
        changes.ask(run, {"dropout": 0.1})
    assert not changes.asked(run)
    (run.folder / changes.FILE).write_text('{"values": {"epochs": -3}}\n{"values": 7}\n{"values": {"epochs": 4}}\nx\n')
    assert changes.asked(run) == [{}, {}, {"epochs": 4}]
