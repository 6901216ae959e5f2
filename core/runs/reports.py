"""What a training tells of itself while it runs; a worker writes it down, a test collects it in a list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Snapshot = dict[str, np.ndarray]
"""Everything needed to go on: the variables by position, first those of the network, and `progress`, a JSON text.

Its `frozen` lists the positions of those that no epoch changes: they are written once."""


@dataclass(frozen=True)
class Preparing:
    """Work before the first step: reading, downloading, converting. `fraction` is 0..1."""

    what: str
    fraction: float


@dataclass(frozen=True)
class Started:
    """The network is built and the images are in memory.

    n_scored      training images that are scored after each epoch
    n_validation  validation images that are, of n_held_back
    baseline      the share of the commonest class among these
    start         the state before the first step
    images        which images of the dataset are in which split, which labels were changed and what they were, and
                  `scored`, the positions of the validation images that are scored; what `core.runs.diary` needs to know
    at_once       it is fitted in one go, and tells one epoch: a baseline
    multiply_adds those of one answer, see `core.training.layers`; 0 of a baseline
    """

    epochs: int
    first_epoch: int
    steps_per_epoch: int
    n_train: int
    n_scored: int
    n_validation: int
    n_held_back: int
    n_test: int
    n_classes: int
    baseline: float
    classes: tuple[str, ...]
    dataset_version: str
    parameters: int
    device: str
    start: Callable[[], Snapshot]
    images: Mapping[str, np.ndarray]
    at_once: bool = False
    multiply_adds: int = 0


@dataclass(frozen=True)
class StepsDone:
    """A few training steps of one epoch: `step` counts from 1 within the epoch, losses are means over `every` steps."""

    epoch: int
    step: int
    every: int
    loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    images_per_second: float


@dataclass(frozen=True)
class EpochDone:
    """One epoch, scored in inference mode: loss and accuracy on the fixed training sample and on validation.

    answers  probabilities of the validation images, (n_validation, classes) float32; None where nobody kept them
    said     the class answered to each training image of the diary, (n,) uint8 or uint16; None of a baseline
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float
    best: bool
    snapshot: Callable[[], Snapshot]
    answers: np.ndarray | None = None
    said: np.ndarray | None = None


@dataclass(frozen=True)
class Changed:
    """Somebody has changed settings while it trained: setting -> value, from this epoch on."""

    epoch: int
    values: Mapping[str, float]


Report = Preparing | Started | StepsDone | EpochDone | Changed
Reporter = Callable[[Report], None]
