"""Early stopping and the learning-rate schedule, against Keras's callbacks on random histories."""

import json
import math

import keras
import numpy as np
import pytest

from core.training.patience import EarlyStopping, ReduceLROnPlateau

pytestmark = pytest.mark.slow  # imports Keras


class FakeModel:
    """Just enough of a model for Keras's callbacks."""

    def __init__(self, rate):
        self.optimizer = keras.optimizers.SGD(rate)
        self.stop_training = False

    def get_weights(self):
        return []


def random_history(seed, better):
    """A curve that improves, stalls and turns, with plateaus and a not-a-number now and then."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(-0.02, 0.1, 60) * (rng.random(60) < 0.8)
    values = 1 + np.cumsum(steps)
    if seed % 3 == 0:
        values[rng.integers(5, 60)] = math.nan
    return (values if better == "low" else 1 - values / 3).tolist()


@pytest.mark.parametrize("better", ["low", "high"])
@pytest.mark.parametrize("patience", [1, 2, 5])
def test_early_stopping_stops_in_the_same_epoch_as_keras(better, patience):
    for seed in range(40):
        history = random_history(seed, better)
        name = "val_loss" if better == "low" else "val_accuracy"
        theirs = keras.callbacks.EarlyStopping(name, patience=patience, mode={"low": "min", "high": "max"}[better])
        theirs.set_model(FakeModel(0.1))
        theirs.on_train_begin()
        ours = EarlyStopping(patience, better)
        for epoch, value in enumerate(history, 1):
            theirs.on_epoch_end(epoch - 1, {name: value})
            ours.update(epoch, value)
            assert ours.should_stop == theirs.model.stop_training, (seed, epoch)
            if ours.should_stop:
                break


@pytest.mark.parametrize("better", ["low", "high"])
@pytest.mark.parametrize("patience", [1, 3])
def test_the_learning_rate_is_lowered_in_the_same_epochs_as_by_keras(better, patience):
    for seed in range(40):
        history = random_history(seed, better)
        name = "val_loss" if better == "low" else "val_accuracy"
        mode = {"low": "min", "high": "max"}[better]
        theirs = keras.callbacks.ReduceLROnPlateau(name, factor=0.5, patience=patience, mode=mode, min_lr=1e-6)
        theirs.set_model(FakeModel(0.1))
        theirs.on_train_begin()
        ours, rate = ReduceLROnPlateau(patience, better), 0.1
        for epoch, value in enumerate(history, 1):
            theirs.on_epoch_end(epoch - 1, {name: value})
            rate = ours.update(value, rate)
            assert rate == pytest.approx(float(np.asarray(theirs.model.optimizer.learning_rate))), (seed, epoch)


def test_a_restored_patience_goes_on_where_it_was():
    history = random_history(1, "low")
    straight, interrupted = EarlyStopping(5, "low"), EarlyStopping(5, "low")
    for epoch, value in enumerate(history, 1):
        straight.update(epoch, value)
        again = EarlyStopping(5, "low")
        again.load(json.loads(json.dumps(interrupted.state())))
        again.update(epoch, value)
        interrupted = again
        assert (interrupted.wait, interrupted.best_epoch) == (straight.wait, straight.best_epoch)


def test_patience_zero_never_acts():
    stopping, schedule, rate = EarlyStopping(0, "low"), ReduceLROnPlateau(0, "low"), 0.1
    for epoch in range(1, 50):
        stopping.update(epoch, float(epoch))
        rate = schedule.update(float(epoch), rate)
    assert not stopping.should_stop
    assert rate == 0.1
