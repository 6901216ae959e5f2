"""What a backbone is: a network that was trained before, without the layer that answered; and where its weights lie."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # Keras takes seconds to import, and only a worker needs it
    import numpy as np


@dataclass(frozen=True)
class WeightsFile:
    """A published file of weights, and where a copy is had: first in a package, then in a data folder, then from a URL.

    name     of the file; in a data folder it lies in `backbones/`
    size     bytes
    hash     "sha256:…" or "md5:…", as published, of all of it; asked before anything in it is read
    package  the Python package that has it, "" for none; `within` is its path there
    urls     mirrors, tried in this order; empty where it cannot be downloaded
    """

    name: str
    size: int
    hash: str
    package: str = ""
    within: str = ""
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Laid:
    """The layers of a backbone, laid on a symbolic tensor.

    output  what they make of it: (rows, columns, channels) or (units,) for each picture
    blocks  its layers in groups, from the picture on: what is unfrozen together
    """

    output: Any
    blocks: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Backbone:
    """A network to begin from.

    title    shown in the form, English
    about    one or two sentences: what it has seen, and how large it is, English
    size     (height, width) of the pictures it is shown; others are resized inside the network
    channels 3 for colour, 1 for grey
    lay      pictures, a symbolic tensor (height, width, channels) float32 in 0..1 -> Laid. Each layer has a name of its
             own, the same each time; their weights are random until `place` has put others there
    place    (layers by name, arrays of the file of weights by their names there) -> sets the weights of the layers
    weights  the file; None where `place` has the numbers already
    name     of its file, or the id of the run it was trained in
    translations  language -> {English: translation} of title and about, where the catalogues lack them
    """

    title: str
    about: str
    size: tuple[int, int]
    channels: int
    lay: Callable[[Any], Laid]
    place: "Callable[[Mapping[str, Any], Mapping[str, np.ndarray]], None]"
    weights: WeightsFile | None = None
    name: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


OF_A_FILE = ("stem", "block", "top")
"""How the names of layers begin that have their weights from Keras's own files; what lies around is Fitscope's."""


def in_order(layers: Mapping[str, Any], arrays: "Mapping[str, np.ndarray]") -> None:
    """The `place` of Keras's own files: weight after weight, from the picture on.

    Keras itself goes by the order, too: it has renamed its layers since those files were written.
    """
    known = [layer for name, layer in layers.items() if name.startswith(OF_A_FILE) and layer.weights]
    if sum(len(layer.weights) for layer in known) != len(arrays):
        raise ValueError(f"{len(arrays)} arrays in the file are not those of the layers")
    numbers = iter(arrays.values())
    for layer in known:
        layer.set_weights([next(numbers) for _weight in layer.weights])
