"""What a run began from, in the script that trains it again: the weights of its backbone, or of another run's epoch.

They lie beside the script; what was frozen stays frozen.
"""

from typing import TYPE_CHECKING

import numpy as np

from core.recipe.config import TrainingConfig
from core.runs import checkpoints
from core.runs.run import Run
from core.training.features import body

if TYPE_CHECKING:
    import keras

FILE = "begin.npz"


def arrays(run: Run, model: "keras.Model") -> dict[str, np.ndarray]:
    """The weights of the backbone as the training began, in the order of its layers, or all of them where it went on
    from another run; {} where it began anew.

    Raises RunError where they were not kept.
    """
    if run.config.begin_from:
        return {f"v{position:04d}": value for position, value in enumerate(checkpoints.read(run.checkpoints, 0))}
    weights = [weight for layer in body(model) for weight in layer.weights]
    values = [np.asarray(weight) for weight in weights]
    if any(layer.trainable_weights for layer in body(model)):
        begun = zip(model.variables, checkpoints.read(run.checkpoints, 0), strict=True)
        by_weight = {id(variable): value for variable, value in begun}
        values = [by_weight[id(weight)] for weight in weights]
    return {f"w{position:04d}": value for position, value in enumerate(values)}


def code(config: TrainingConfig, model: "keras.Model") -> str:
    """Lines that give `model` its first weights and say what learns; "" where it begins anew."""
    if config.begin_from:
        return GO_ON.format(named=config.begin_from, file=FILE)
    layers = body(model)
    if not layers:
        return ""
    learning = [place for place, layer in enumerate(layers) if layer.trainable_weights]
    lines = BEGIN.format(n=len(layers), file=FILE, learning=learning)
    return lines + (SLOW if learning else "")


def step(code: str, model: "keras.Model") -> str:
    """The line of a training step, and where a backbone goes on learning those that make its steps a tenth as long."""
    return STEP.format(step=code) if any(layer.trainable_weights for layer in body(model)) else code


GO_ON = """
# The weights to begin with: of {named}
with np.load(HERE / "{file}") as stored:
    for variable, name in zip(model.variables, sorted(stored.files)):
        variable.assign(stored[name])"""

BEGIN = """
# The backbone, trained before: its weights, and which of its layers go on learning.
backbone = model.layers[:{n}]
with np.load(HERE / "{file}") as stored:
    weights = [stored[name] for name in sorted(stored.files)]
for place, layer in enumerate(backbone):
    layer.set_weights([weights.pop(0) for _ in layer.weights])
    layer.trainable = place in {learning}"""

SLOW = """
slow = [weight for layer in backbone for weight in layer.trainable_weights]"""

STEP = """        before = [np.array(weight) for weight in slow]
{step}
        for weight, old in zip(slow, before):  # a tenth of the learning rate
            weight.assign(old + 0.1 * (weight - old))"""
