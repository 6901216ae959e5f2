"""The optimizers, in one table: the form offers them, a training makes them, an exported script spells them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Optimizer:
    """One of Keras's optimizers.

    title      shown in the form, English
    keras      its name in `keras.optimizers`
    arguments  those that are not Keras's defaults, beside the learning rate; numbers
    """

    title: str
    keras: str
    arguments: Mapping[str, float] = field(default_factory=dict)


OPTIMIZERS = {
    "adam": Optimizer("Adam", "Adam"),
    "adamw": Optimizer("AdamW", "AdamW"),
    "sgd": Optimizer("SGD with momentum", "SGD", {"momentum": 0.9}),
    "rmsprop": Optimizer("RMSprop", "RMSprop"),
}
