"""An earlier run as a backbone: its layers up to the last one before the answer, with the weights it has kept."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core.data.catalogue import dataset
from core.errors import FitscopeError, RunError, SettingError
from core.folders import COMMAND
from core.recipe import architectures
from core.runs import checkpoints
from core.runs.run import Run
from core.runs.store import RunStore
from models.backbones.backbone import Backbone, Laid

ONLY_IN_TRAINING = ("Dropout",)  # a frozen layer always does what it does in use, where these do nothing


Resolve = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def backbone(run_id: str, resolve: Resolve) -> Backbone:
    """The backbone of that run; raises SettingError where there is no such run, or it has no network yet.

    resolve  settings of an architecture -> the same with the backbone itself: the run may have begun from another
    """
    try:
        run = RunStore().get(run_id)
        trained = _Trained(run, resolve)
    except FitscopeError as error:
        raise SettingError(
            "backbone={value} cannot be begun from ({reason}). Choose a backbone that the form offers, or the id of a "
            "finished run; list them with: {command} runs",
            value=run_id,
            reason=error,
            command=COMMAND,
        ) from error
    height, width, channels = trained.shape
    return Backbone(
        title=run.meta.name,
        about=run.id,
        size=(height, width),
        channels=channels,
        lay=trained.lay,
        place=trained.place,
        name=run.id,
    )


class _Trained:
    """A run's network, built when it is asked for; its weights are read when they are wanted."""

    def __init__(self, run: Run, resolve: Resolve):
        status, start = run.status, run.history.start
        if not status or not status.result or "n_classes" not in start:
            raise run.without_network()
        self.run, self.config, self.classes, self.resolve = run, run.config, start["n_classes"], resolve
        self.epoch: int = status.result["kept_epoch"]
        stored, side = dataset(self.config.dataset).shape, self.config.image_size
        self.shape = (side, side, stored[2]) if side else stored

    @functools.cached_property
    def network(self) -> Any:
        """As it was before its training."""
        settings = self.resolve(self.config.network_settings())
        return architectures.network(self.config.architecture).build(self.shape, self.classes, settings)

    def lay(self, pictures: Any) -> Laid:
        """Its layers once more, under names of their own: one layer in two networks would have two outputs."""
        made = {id(self.network.inputs[0]): pictures}
        blocks: list[list[Any]] = [[]]
        for number, layer in enumerate(self._before_the_answer()):
            given = [made[id(one)] for one in (layer.input if isinstance(layer.input, list) else [layer.input])]
            if type(layer).__name__ in ONLY_IN_TRAINING:
                made[id(layer.output)] = given[0]
                continue
            copy = type(layer).from_config({**layer.get_config(), "name": _name(number)})
            made[id(layer.output)] = copy(given if len(given) > 1 else given[0])
            if hasattr(copy, "kernel") and blocks[-1]:  # what follows a layer with weights belongs to it
                blocks.append([])
            blocks[-1].append(copy)
        return Laid(made[id(self._answer.input)], blocks)

    def place(self, layers: Mapping[str, Any], _arrays: Mapping[str, np.ndarray]) -> None:
        """Gives the layers the weights of the epoch that the run has kept; raises RunError."""
        kept, variables = checkpoints.read(self.run.checkpoints, self.epoch), self.network.variables
        if [value.shape for value in kept] != [tuple(variable.shape) for variable in variables]:
            raise RunError(
                "The network of run {run} does not fit its recipe any more: the architecture or the images have "
                "changed since. Train its recipe again, and begin from that run.",
                run=self.run.id,
            )
        values = {id(variable): value for variable, value in zip(variables, kept, strict=True)}
        for number, layer in enumerate(self._before_the_answer()):
            if layer.weights and _name(number) in layers:
                layers[_name(number)].set_weights([values[id(weight)] for weight in layer.weights])

    @property
    def _answer(self) -> Any:
        return next(layer for layer in reversed(self.network.layers) if layer.output is self.network.outputs[0])

    def _before_the_answer(self) -> list[Any]:
        layers = [layer for layer in self.network.layers if type(layer).__name__ != "InputLayer"]
        return layers[: layers.index(self._answer)]


def _name(number: int) -> str:
    return f"base_{number}"
