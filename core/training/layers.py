"""The network a recipe would build, layer by layer, with its size and its cost: known before any training."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.data import catalogue
from core.recipe.config import TrainingConfig
from models.architecture import Architecture


@dataclass(frozen=True)
class Layer:
    """One row of the plan.

    name           the layer's own name; where Keras made it up, counted from the start of this network
    kind           the Keras class, such as Conv2D
    output_shape   without the batch: (26, 26, 32)
    parameters     numbers held by the layer, trained or not
    multiply_adds  multiplications with an addition each, to classify one image; see `_multiply_adds`
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Plan:
    """All layers from image to answer, and the sums. `trainable` leaves out what batch normalisation only measures."""

    layers: tuple[Layer, ...]
    parameters: int
    trainable: int
    multiply_adds: int

    def as_dict(self) -> dict[str, Any]:
        """JSON values; `from_dict` gives the plan back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Plan":
        """A plan from the values of `as_dict`, also after a journey through JSON."""
        layers = tuple(Layer(**{**layer, "output_shape": tuple(layer["output_shape"])}) for layer in values["layers"])
        return cls(**{**values, "layers": layers})


def plan(
    architecture: Architecture, input_shape: tuple[int, int, int], num_classes: int, settings: Mapping[str, Any]
) -> Plan:
    """Builds the network once, reads it off and lets it go; raises ImpossibleNetwork.

    `settings` has a value for each name in `architecture.settings`. Loads Keras, so not in the web server.
    """
    network = architecture.build(input_shape, num_classes, settings)
    parts = list(parts_of(network))
    layers = tuple(map(_layer, parts, names_of(parts)))
    return Plan(
        layers=layers,
        parameters=network.count_params(),
        trainable=sum(math.prod(weight.shape) for weight in network.trainable_weights),
        multiply_adds=multiply_adds(network),
    )


def question(recipe: TrainingConfig) -> dict[str, Any]:
    """What `core.training.worker.describe` wants to know of a recipe to plan its network; JSON values."""
    chosen, side = catalogue.dataset(recipe.dataset), recipe.image_size
    return {
        "architecture": recipe.architecture,
        "shape": (side, side, chosen.shape[2]) if side else chosen.shape,
        "classes": len(recipe.classes) or len(chosen.classes),
        "settings": recipe.network_settings(),
    }


def multiply_adds(network: Any) -> int:
    """Those of all layers, to classify one image; see `_multiply_adds`."""
    return sum(map(_multiply_adds, parts_of(network)))


def parts_of(network: Any) -> Iterator[Any]:
    """The layers that compute something, those of a network inside the network included."""
    for layer in network.layers:
        if hasattr(layer, "layers"):
            yield from parts_of(layer)
        elif type(layer).__name__ != "InputLayer":
            yield layer


def names_of(parts: list[Any]) -> Iterator[str]:
    """Keras numbers its names through the whole process: conv2d_7 here would be conv2d_12 the next time."""
    seen: Counter[str] = Counter()
    for part in parts:
        stem = re.sub(r"_\d+$", "", part.name)
        if stem.replace("_", "") != type(part).__name__.lower():  # named by a person
            yield part.name
        else:
            yield f"{stem}_{seen[stem]}" if seen[stem] else stem
            seen[stem] += 1


def _layer(part: Any, name: str) -> Layer:
    return Layer(
        name=name,
        kind=type(part).__name__,
        output_shape=tuple(part.output.shape[1:]),
        parameters=part.count_params(),
        multiply_adds=_multiply_adds(part),
    )


def _multiply_adds(part: Any) -> int:
    """Each number of a kernel is used once wherever the kernel is laid: numbers × places, for one image.

    For a convolution that is out_h·out_w · k_h·k_w · c_in/groups · c_out, the mult-adds of the MobileNets paper
    (Howard et al. 2017, arXiv 1704.04861, equations 2 and 4); for a dense layer in · out. A transposed convolution
    lays its kernel on every pixel that comes in. Whatever has no kernel counts as 0: biases, activations, pools and
    batch normalisation cost little beside these. Recurrent layers are counted for one step only.
    """
    laid_on = part.input if type(part).__name__.endswith("Transpose") else part.output
    places = math.prod(laid_on.shape[1:-1])  # channels come last
    return places * sum(math.prod(weight.shape) for weight in part.weights if weight.name.endswith("kernel"))
