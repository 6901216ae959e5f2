"""A run's network as a Keras model at any epoch that was kept: what the explanations look into."""

from typing import TYPE_CHECKING

import numpy as np

from core.backbones.chosen import resolved
from core.data.catalogue import dataset
from core.errors import RunError, SettingError
from core.recipe import architectures
from core.runs import checkpoints
from core.runs.run import Run
from models.architecture import ImpossibleNetwork

if TYPE_CHECKING:
    import keras


def network(run: Run, epoch: int | None = None) -> "keras.Model":
    """The network at the end of an epoch, 0 for the untrained one, None for `shown_epoch`. Imports Keras.

    Its input is (n, height, width, channels) float32 in 0..1, its output (n, classes) probabilities.
    Raises RunError where that epoch is not kept, is damaged, or does not fit the recipe.
    """
    epoch = shown_epoch(run) if epoch is None else epoch
    weights = checkpoints.read(run.checkpoints, epoch)
    model = _untrained(run)
    _check(run, epoch, weights, [tuple(variable.shape) for variable in model.variables])
    for variable, weight in zip(model.variables, weights, strict=True):
        variable.assign(weight)
    return model


def shown_epoch(run: Run) -> int:
    """The epoch whose network the run keeps, or the newest on the disk; raises RunError. Does without Keras."""
    kept = checkpoints.epochs(run.checkpoints)
    if not kept:
        raise RunError(
            "Run {run} has kept no network. Wait for its first epoch, or train its recipe again.", run=run.id
        )
    status = run.status
    best = (status.result or {}).get("kept_epoch") if status else None
    return best if best in kept else kept[-1]


def _untrained(run: Run) -> "keras.Model":
    config, classes = run.config, run.history.start.get("n_classes")
    if classes is None:
        raise RunError("The training of run {run} has not begun. Wait for its first epoch.", run=run.id)
    stored = dataset(config.dataset).shape
    shape = (config.image_size, config.image_size, stored[2]) if config.image_size else stored
    try:
        return architectures.network(config.architecture).build(shape, classes, resolved(config.network_settings()))
    except ImpossibleNetwork as impossible:
        raise RunError(impossible.template, **impossible.values) from impossible
    except SettingError:
        if not (run.folder / "network.keras").exists():
            raise
        return _kept(run)  # the run that it began from is gone, and its own layers are here


def _kept(run: Run) -> "keras.Model":
    """The network that the worker wrote at the end: the same layers in the same order."""
    import keras

    return keras.models.load_model(run.folder / "network.keras", compile=False)


def _check(run: Run, epoch: int, weights: list[np.ndarray], shapes: list[tuple[int, ...]]) -> None:
    """Raises RunError unless the numbers are as many as the network has, and are numbers."""
    if [weight.shape for weight in weights] != shapes:
        raise RunError(
            "The network of epoch {epoch} in run {run} does not fit its recipe any more: the architecture or the "
            "images have changed since. Train the recipe again.",
            epoch=epoch,
            run=run.id,
        )
    if not all(np.isfinite(weight).all() for weight in weights):
        raise RunError(
            "The network of epoch {epoch} in run {run} holds weights that are not numbers. Choose an earlier epoch.",
            epoch=epoch,
            run=run.id,
        )
