"""A Keras network -> the lines of Python that build it, as somebody would have typed them."""

import inspect
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from core.errors import TrainingError

if TYPE_CHECKING:
    import keras

ELSEWHERE = ("name", "dtype", "trainable", "seed")  # of a layer's config: written in another way, or by nobody


def spelled(model: "keras.Model", policy: str, regulariser: str = "") -> str:
    """Code that binds `model` to the same layers, with weights that are still to be learnt.

    policy       the precision that Keras is set to where the code runs, such as "float32"
    regulariser  code of what every kernel gets, such as "keras.regularizers.L2(0.01)"; "" for none
    Raises TrainingError for a network that is more than Keras's own layers.
    """
    import keras

    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    calls = [constructor(layer, policy, regulariser) for layer in layers]
    image = f"keras.Input({tuple(model.input_shape[1:])})"
    if isinstance(model, keras.Sequential) or _is_chain(model, layers):
        lines = [f"{call},{_shape(layer)}" for layer, call in zip(layers, calls, strict=True)]
        return _stack("model", [f"{image},", *lines])
    return "\n".join([f"image = {image}", *_with_branches(model, layers, calls)])


def spelled_stack(stack: "keras.Sequential", name: str, policy: str) -> str:
    """Code that binds `name` to the same stack of random changes, with the same seeds."""
    return _stack(name, [f"{constructor(layer, policy, seeded=True)}," for layer in stack.layers])


def _stack(name: str, lines: list[str]) -> str:
    inside = [f"        {line}" for line in lines]
    return "\n".join([f"{name} = keras.Sequential(", "    [", *inside, "    ]", ")"])


def constructor(layer: Any, policy: str, regulariser: str = "", seeded: bool = False) -> str:
    """One layer as it would be typed: what it requires first, then what differs from Keras's defaults.

    seeded  it gets its seed, which else comes from `keras.utils.set_random_seed`
    """
    kind = type(layer)
    if kind.__module__.split(".")[0] != "keras":
        raise TrainingError(
            "The layer {layer} of the network is not one of Keras's own, so no plain script can be written. Use "
            "network.keras.",
            layer=kind.__name__,
        )
    parameters = inspect.signature(kind.__init__).parameters
    config = {name: value for name, value in layer.get_config().items() if name in parameters}
    required = {name: config[name] for name in config if _is_required(parameters[name])}
    defaults = kind(**required).get_config()
    words = [_code(value, seeded) for value in required.values()]
    for name in parameters:
        if name in config and name not in required and name not in ELSEWHERE and not _same(config, defaults, name):
            words.append(f"{name}={_code(config[name], seeded)}")
    if regulariser and any(weight.path.endswith("kernel") for weight in layer.trainable_weights):
        words.append(f"kernel_regularizer={regulariser}")
    if seeded and "seed" in config:
        words.append(f"seed={config['seed']}")
    if layer.dtype_policy.name != policy:
        words.append(f'dtype="{layer.dtype_policy.name}"')
    return f"layers.{kind.__name__}({', '.join(words)})"


def _with_branches(model: "keras.Model", layers: list, calls: list[str]) -> list[str]:
    """Each result has the name of its layer; `image` is there already."""
    names, lines = {id(model.inputs[0]): "image"}, []
    for layer, call in zip(layers, calls, strict=True):
        given = layer.input if isinstance(layer.input, list) else [layer.input]
        known = [names.get(id(one), "") for one in given]
        if not all(known):
            raise TrainingError(
                "The network calculates between its layers, before {layer}, so no plain script can be written. Use "
                "network.keras.",
                layer=layer.name,
            )
        names[id(layer.output)] = layer.name
        inputs = known[0] if len(known) == 1 else f"[{', '.join(known)}]"
        lines.append(f"{layer.name} = {call}({inputs}){_shape(layer)}")
    return [*lines, f"model = keras.Model(image, {names[id(model.outputs[0])]})"]


def _is_chain(model: "keras.Model", layers: list) -> bool:
    """Whether each layer gets what the one before it gives, from the image to the answer."""
    ends = layers[0].input is model.inputs[0] and layers[-1].output is model.outputs[0]
    return ends and all(after.input is before.output for before, after in pairwise(layers))


def _shape(layer: Any) -> str:
    """A comment where a layer changes the shape of what goes through it."""
    before = layer.input.shape if not isinstance(layer.input, list) else None
    return "" if before == layer.output.shape else f"  # -> {tuple(layer.output.shape[1:])}"


def _is_required(parameter: inspect.Parameter) -> bool:
    named = parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    return named and parameter.default is inspect.Parameter.empty


def _same(config: dict[str, Any], defaults: dict[str, Any], name: str) -> bool:
    return _plain(config[name]) == _plain(defaults.get(name))


def _plain(value: Any) -> Any:
    """A value of a config as two of them can be compared: the seed of an initializer is drawn anew each time."""
    if isinstance(value, dict) and "class_name" in value:
        return value["class_name"], {**value["config"], "seed": None}
    return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value


def _code(value: Any, exact: bool) -> str:
    """A value as it would be typed: a window of 3 by 3 is 3.

    exact  it may be the bounds of a random change: two equal ones are not one number, but -x to x is x either way,
           and RandomShear takes it in no other form
    """
    if isinstance(value, dict):
        raise TrainingError(
            "The network has a setting that is neither a number nor a word, so no plain script can be written. Use "
            "network.keras."
        )
    if isinstance(value, list | tuple):
        if exact and len(value) == 2 and value[0] == -value[1] != 0:
            return _code(value[1], exact)
        if not exact and len(set(value)) == 1:
            return _code(value[0], exact)
        return f"({', '.join(_code(one, exact) for one in value)}{',' if len(value) == 1 else ''})"
    return f'"{value}"' if isinstance(value, str) else repr(value)
