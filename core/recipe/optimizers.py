"""The optimizers, in one table: the form offers them, a training makes them, an exported script spells them out."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Optimizer:
    """One of Keras's optimizers.

    title      shown in the form, English
    keras      its name in `keras.optimizers`
    settings   of a recipe, beside the learning rate, that it takes under the same names
    """

    title: str
    keras: str
    settings: tuple[str, ...] = ()

    def arguments(self, recipe: Any) -> dict[str, float]:
        """What a recipe says of those."""
        return {name: getattr(recipe, name) for name in self.settings}


OPTIMIZERS = {
    "adam": Optimizer("Adam", "Adam"),
    "adamw": Optimizer("AdamW", "AdamW", ("weight_decay",)),
    "sgd": Optimizer("SGD with momentum", "SGD", ("momentum",)),
    "rmsprop": Optimizer("RMSprop", "RMSprop"),
}
