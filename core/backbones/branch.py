"""A run that goes on from an epoch of another one, with other settings: begun with the weights that were kept of it."""

from typing import Any

from core.errors import FitscopeError, RunError, SettingError
from core.recipe.backbones import EPOCH_OF_RUN
from core.runs import checkpoints
from core.runs.run import Run
from core.runs.store import RunStore


def text(run: Run, epoch: int) -> str:
    """How a recipe names that."""
    return f"{run.id}:{epoch}"


def place(model: Any, begin_from: str) -> None:
    """Gives a network the weights of a kept epoch; "" leaves it as it is.

    Raises SettingError where there is no such run or epoch, or where its network is another one.
    """
    named = EPOCH_OF_RUN.fullmatch(begin_from)
    if not named:
        return
    try:
        kept = checkpoints.read(RunStore().get(named[1]).checkpoints, int(named[2]))
        if [value.shape for value in kept] != [tuple(variable.shape) for variable in model.variables]:
            raise RunError("the network there has other layers")
    except FitscopeError as error:
        raise SettingError(
            "begin_from={value} cannot be begun from ({reason}). Keep its architecture, layers and classes as they "
            "were, or leave begin_from out and begin anew.",
            value=begin_from,
            reason=error,
        ) from error
    for variable, value in zip(model.variables, kept, strict=True):
        variable.assign(value)
