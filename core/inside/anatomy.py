"""The parts of a network that explanations ask for by name: its convolutions, what follows them, and its scores."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import RunError, SettingError
from core.pictures.preprocessing import scaled
from core.training.layers import names_of, parts_of

if TYPE_CHECKING:
    import keras

ACTIVATIONS = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")
NUMBERS_AT_ONCE = 32 * 10**6  # answers of all layers to one batch, which Keras keeps to its end: 128 MB as float32


def layers(model: "keras.Model") -> dict[str, Any]:
    """The layers in their order, named as `core.training.layers` does; those of a network within are left out."""
    parts = list(parts_of(model))
    return {name: part for name, part in zip(names_of(parts), parts, strict=True) if part in model.layers}


def speaking(model: "keras.Model") -> dict[str, Any]:
    """The layers whose output is worth a look: convolutions, pools, activations, and dense layers."""
    return {name: layer for name, layer in layers(model).items() if _speaks(type(layer).__name__)}


def convolutions(model: "keras.Model") -> dict[str, Any]:
    """The convolutions over pictures; raises RunError where there is none."""
    by_name = {
        name: layer
        for name, layer in layers(model).items()
        if "Conv" in type(layer).__name__ and len(layer.output.shape) == 4
    }
    if not by_name:
        raise RunError(
            "This network has no convolution, so there is no filter to look at. Choose a run with a CNN, "
            "for example cnn_small."
        )
    return by_name


def convolution(model: "keras.Model", name: str | None) -> tuple[str, Any]:
    """A convolution by name, the last for None; raises RunError, SettingError."""
    by_name = convolutions(model)
    if name is not None and name not in by_name:
        raise SettingError(
            "layer={value} is no convolution of this network; choose one of: {known}.",
            value=name,
            known=", ".join(by_name),
        )
    return next((one for one in by_name.items() if one[0] == name), list(by_name.items())[-1])


def filter_number(layer: Any, number: int) -> int:
    """The number of a filter of a convolution, from 0; raises SettingError."""
    return _index("filter", number, layer.output.shape[-1])


def class_number(model: "keras.Model", number: int | None, scores: np.ndarray) -> int:
    """The number of a class, the one with the highest score for None; raises SettingError.

    scores  (classes,)
    """
    return int(scores.argmax()) if number is None else _index("class", number, model.output_shape[-1])


def activated(model: "keras.Model", layer: Any) -> Any:
    """The symbolic output of a convolution with its activation, also where that is a layer of its own.

    Then batch normalisation may stand between them. What Grad-CAM weighs are activations.
    """
    tensor = layer.output
    if not is_linear(layer):
        return tensor
    for later in model.layers:
        if later.input is tensor and type(later).__name__ in ("BatchNormalization", *ACTIVATIONS):
            tensor = later.output
            if type(later).__name__ in ACTIVATIONS:
                break
    return tensor


def is_linear(layer: Any) -> bool:
    """Whether a layer hands on its sums as they are."""
    return getattr(getattr(layer, "activation", None), "__name__", "linear") == "linear"


def sums(layer: Any, incoming: Any) -> Any:
    """What a layer answers before its activation function, which would hide all that is below 0."""
    import keras

    kept, layer.activation = layer.activation, keras.activations.linear
    try:
        return layer(incoming)
    finally:
        layer.activation = kept


def scores(model: "keras.Model", *tensors: Any) -> Callable[[Any], tuple[list[Any], Any]]:
    """A function: pixels (n, height, width, channels) float32 -> (values of `tensors`, scores (n, classes)).

    A score is the class's sum before the softmax ("logit"): Simonyan et al. 2013 and Selvaraju et al. 2017 take the
    gradient of this, because a probability also rises when the other classes fall. Raises RunError.
    """
    last = last_layer(model)
    part = _part(model, [*tensors, last.input])

    def ask(pixels: Any) -> tuple[list[Any], Any]:
        *values, incoming = part(pixels)
        return values, sums(last, incoming) if hasattr(last, "kernel") else incoming

    return ask


def last_layer(model: "keras.Model") -> Any:
    """The layer that answers, with a softmax; raises RunError."""
    last = next(layer for layer in reversed(model.layers) if layer.output is model.outputs[0])
    softmax = getattr(getattr(last, "activation", None), "__name__", type(last).__name__.lower())
    if softmax != "softmax":
        raise RunError("This network does not end with a softmax, so its scores are not known. Choose another.")
    return last


def outputs(model: "keras.Model", tensors: Sequence[Any], images: np.ndarray) -> Iterator[list[np.ndarray]]:
    """The values of symbolic tensors for pictures (n, height, width, channels) uint8, a batch at a time, in order."""
    part = _part(model, list(tensors))
    size = batch_size(model)
    for start in range(0, len(images), size):
        yield [np.asarray(value) for value in part(scaled(images[start : start + size]))]


def batch_size(model: "keras.Model") -> int:
    """How many pictures to ask about at once, so that memory stays bounded for large pictures too."""
    numbers = sum(math.prod(layer.output.shape[1:]) for layer in model.layers)
    return min(256, max(1, NUMBERS_AT_ONCE // numbers))


def _part(model: "keras.Model", tensors: list[Any]) -> Callable[[Any], list[Any]]:
    """A function: pixels -> the values of symbolic tensors, as in use (without dropout), not in training."""
    import keras

    part = keras.Model(model.inputs[0], tensors)

    def ask(pixels: Any) -> list[Any]:
        values = part(pixels, training=False)
        return list(values) if len(tensors) > 1 else [values]  # Keras unpacks a list of one

    return ask


def _speaks(kind: str) -> bool:
    return "Conv" in kind or "Pooling" in kind or kind in ("Dense", *ACTIVATIONS)


def _index(name: str, number: int, n: int) -> int:
    if not isinstance(number, int) or not 0 <= number < n:
        raise SettingError(
            "{name}={value} is out of range; choose between 0 and {most}.", name=name, value=number, most=n - 1
        )
    return number
