"""The network of a run that was carried here, built from its recipe and the numbers it has learnt.

A file in the format of Keras can hold a program, and one of LiteRT is read by code that trusts it: neither is carried.
"""

import os

import numpy as np

from core.inside import weights
from core.network.classifier import ESTIMATOR, NETWORK
from core.runs import checkpoints
from core.runs.run import Run

CHECKED = 16  # pictures of noise on which both forms must agree


def is_to_build(run: Run) -> bool:
    """Whether its numbers are here and its network is not."""
    made = (run.folder / NETWORK).exists() or (run.folder / ESTIMATOR).exists()
    return not made and bool(checkpoints.epochs(run.checkpoints)) and bool(run.status and run.status.result)


def build(run: Run) -> None:
    """Writes it, as a worker does at the end of a training. Imports Keras, on the CPU.

    Raises RunError where the numbers do not fit the recipe, SettingError, TrainingError, StorageError.
    """
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # the GPU is for training
    from core.training.convert import answers_on_the_cpu, write_keras, write_litert  # late: Keras

    model = weights.network(run)
    noise = np.random.default_rng(0).integers(0, 256, (CHECKED, *model.input_shape[1:]), dtype=np.uint8)
    write_keras(model, run.folder / "network.keras")
    write_litert(model, run.folder / NETWORK, noise, answers_on_the_cpu(model, noise))
    run.note_change()
