"""A training whose numbers leave the numbers ends at once, with one sentence, wherever it shows first."""

import numpy as np
import pytest

from core.errors import RunError, TrainingError
from core.network.classifier import classifier
from core.recipe.config import TrainingConfig
from core.runs.reports import EpochDone
from tests.made.workers import train_here

pytestmark = pytest.mark.slow  # imports TensorFlow

TOO_QUICK = TrainingConfig(architecture="cnn_batchnorm", optimizer="sgd", learning_rate=1.0, epochs=4)
TOLD = r"in epoch \d: with a learning rate of 1 the steps overshoot. Start again with a smaller one, for example 0\.1"


@pytest.fixture(scope="module")
def training():
    import core.training.loop

    return core.training.loop


def epochs_before(training, config):
    """How many epochs are reported before the training ends with its error."""
    reports = []
    with pytest.raises(TrainingError, match=TOLD):
        training.train(config, reports.append, lambda: False)
    return sum(isinstance(one, EpochDone) for one in reports)


def test_a_loss_that_stops_being_a_number_is_told(training, monkeypatch):
    """Keras clips probabilities, so a loss of NaN takes exploding weights: here they are made to explode."""
    monkeypatch.setattr(
        training.Trainer, "train", lambda _self, rows, _rates: (np.full(len(rows), np.nan), np.zeros(len(rows)))
    )
    assert epochs_before(training, TrainingConfig(learning_rate=1.0)) == 0


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_weights_that_stop_being_numbers_are_told_though_the_loss_is_one(training, seed):
    """Seen with these seeds: 0 and 2 trained to their end, and failed where the network was written."""
    assert epochs_before(training, TrainingConfig(**{**TOO_QUICK.as_dict(), "seed": seed})) < TOO_QUICK.epochs


@pytest.mark.parametrize("weight", ["kernel", "moving_mean", "moving_variance"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_it_is_looked_for_in_all_that_is_kept_at_the_end_of_an_epoch(training, monkeypatch, weight, value):
    def train(trainer, rows, _rates):
        one = next(one for one in trainer.model.variables if one.path.endswith(weight))
        values = np.array(one.numpy())
        values.flat[-1] = value
        one.assign(values)
        return np.ones(len(rows)), np.zeros(len(rows))

    monkeypatch.setattr(training.Trainer, "train", train)
    assert epochs_before(training, TOO_QUICK) == 0


def test_a_run_says_what_it_failed_of_to_whoever_asks_its_network(store):
    run = store.create(TOO_QUICK, queue=False)
    assert train_here(run) == 1
    with pytest.raises(RunError, match=TOLD):
        classifier(run)
    assert not (run.folder / "evaluation.npz").exists()
