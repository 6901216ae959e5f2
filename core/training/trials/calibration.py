"""How fast a network would learn here: a few of its steps on made-up images, timed."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core.data.catalogue import dataset
from core.data.dataset import Images
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.training.baselines.fit import seconds_each
from core.training.prepare import prepare

SECONDS = 2.0  # of steps, besides building and compiling, which take about as long again
STEPS = 4  # in a call


def seconds_per_image(config: TrainingConfig, shape: tuple[int, int, int], num_classes: int) -> float:
    """Of a training step, for each image; loads Keras. Raises SettingError."""
    from core.training.loop import build, optimizer  # late, with the next: Keras
    from core.training.steps import Trainer

    random = np.random.default_rng(0)
    n = STEPS * config.batch_size
    images = Images(random.integers(0, 256, (n, *shape), np.uint8), random.integers(0, num_classes, n))
    trainer = Trainer(build(config, shape, num_classes), optimizer(config), images, config.l1, config.l2)
    return _timed(trainer.train, np.arange(n).reshape(STEPS, config.batch_size)) / n


def seconds_of_fit(config: TrainingConfig) -> float:
    """Of fitting a baseline, for each image to the power of its growth; raises DataError, OfflineError, RunError."""
    train = prepare(dataset(config.dataset), config).train
    return seconds_each(architectures.baselines()[config.architecture], config, train)


def _timed(call: Callable[[np.ndarray], Any], rows: np.ndarray) -> float:
    """Mean seconds of a call, the first left out, which compiles; what other programs take away counts, as it will."""
    call(rows)
    began, calls = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS or not calls:
        call(rows)
        calls += 1
    return (time.perf_counter() - began) / calls
