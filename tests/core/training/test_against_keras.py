"""The steps of the loop are those that Keras makes: by `train_on_batch`, in the same order, with its own schedules."""

import keras
import numpy as np
import pytest

from core.recipe.config import TrainingConfig
from core.runs.reports import EpochDone
from core.training.loop import optimizer, train
from tests.made import by_name

pytestmark = pytest.mark.slow  # imports TensorFlow


def run(config):
    reports = []
    return train(config, reports.append, lambda: False), reports


def weights(model):
    return [np.array(variable.numpy()) for variable in model.variables]


def plain_keras(config, rate=None):
    """The same training by `train_on_batch` in the same order: the reference.

    rate  a schedule of Keras's in place of the recipe's learning rate
    """
    splits = by_name.prepared(
        config.dataset,
        validation_fraction=config.validation_fraction,
        train_images=config.train_images,
        seed=config.seed,
    )
    keras.utils.set_random_seed(config.seed)
    regulariser = keras.regularizers.L1L2(config.l1, config.l2)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax", kernel_regularizer=regulariser),
        ]
    )
    optimizer = keras.optimizers.SGD(rate or config.learning_rate, momentum=config.momentum)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    x, y = splits.train.images / np.float32(255), splits.train.labels
    for epoch in range(1, config.epochs + 1):
        order = np.random.default_rng([config.seed, epoch]).permutation(len(y))
        for start in range(0, len(y), config.batch_size):
            rows = order[start : start + config.batch_size]
            model.train_on_batch(x[rows], y[rows])
    return model


@pytest.mark.parametrize("further", [{}, {"l2": 0.01}, {"l1": 0.003}, {"l1": 0.001, "l2": 0.002, "momentum": 0.5}])
def test_the_loop_makes_the_steps_that_keras_makes(further):
    config = TrainingConfig(
        architecture="softmax",
        optimizer="sgd",
        learning_rate=0.1,
        epochs=2,
        train_images=150,
        restore_best_weights=False,
        **further,
    )  # 150 images: the last batch is short
    trained, _reports = run(config)
    for ours, theirs in zip(weights(trained.model), weights(plain_keras(config)), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_with_a_schedule_the_steps_are_those_of_keras_too():
    recipe = {"architecture": "softmax", "optimizer": "sgd", "learning_rate": 0.1, "epochs": 4, "train_images": 150}
    config = TrainingConfig(**recipe, schedule="cosine", restore_best_weights=False)
    trained, reports = run(config)
    rate = keras.optimizers.schedules.CosineDecay(0.1, 4 * 3)
    for ours, theirs in zip(weights(trained.model), weights(plain_keras(config, rate)), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    told = [one.learning_rate for one in reports if isinstance(one, EpochDone)]
    np.testing.assert_allclose(told, [float(rate(step)) for step in (2, 5, 8, 11)], rtol=1e-5)


def test_the_optimizers_get_what_the_recipe_says():
    sgd = optimizer(TrainingConfig(optimizer="sgd", momentum=0.3))
    adamw = optimizer(TrainingConfig(optimizer="adamw", weight_decay=0.02))
    assert (sgd.momentum, adamw.weight_decay) == (0.3, 0.02)
    assert optimizer(TrainingConfig(optimizer="adamw")).weight_decay == keras.optimizers.AdamW().weight_decay
