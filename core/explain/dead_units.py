"""Dead units: filters and neurons that stay silent whatever they are shown."""

from typing import Any

import numpy as np

from core.errors import RunError
from core.inside import anatomy
from core.inside.explanation import Explained, Explanation, Options

SILENT = ("relu", "relu6")  # activation functions that answer exactly 0 to whatever is below 0


def explain(model: Any, images: np.ndarray, _options: Options) -> Explained:
    """In each layer with ReLU, the units that are 0 for all the pictures, a filter at every place.

    arrays  by the layer's name: (units,) float32 in 0..1, the share of the pictures for which a unit is not 0
    facts   layers: one dict each, in the network's order: name, kind, units, dead; n (pictures); dead (together)
    """
    shown = {name: layer for name, layer in anatomy.speaking(model).items() if _is_silent(layer)}
    if not shown:
        raise RunError(
            "This network has no layer with ReLU, and only such units can fall silent for good. Choose a run whose "
            "activation is relu."
        )
    active = _active(model, [layer.output for layer in shown.values()], images)
    arrays = {name: (counts / len(images)).astype(np.float32) for name, counts in zip(shown, active, strict=True)}
    layers = [_facts(name, shown[name], share) for name, share in arrays.items()]
    return Explained(arrays, {"layers": layers, "n": len(images), "dead": sum(one["dead"] for one in layers)})


def _is_silent(layer: Any) -> bool:
    if type(layer).__name__ == "ReLU":
        return not layer.negative_slope and not layer.threshold
    return getattr(getattr(layer, "activation", None), "__name__", "") in SILENT


def _active(model: Any, tensors: list[Any], images: np.ndarray) -> list[np.ndarray]:
    """For each layer (units,): how many pictures make a unit answer anything but 0."""
    counts = [np.zeros(tensor.shape[-1], np.int64) for tensor in tensors]
    for values in anatomy.outputs(model, tensors, images):
        for count, value in zip(counts, values, strict=True):
            places = tuple(range(1, value.ndim - 1))
            count += (value != 0).any(axis=places).sum(axis=0)  # (n, rows, columns, units) -> (n, units) -> (units,)
    return counts


def _facts(name: str, layer: Any, share: np.ndarray) -> dict[str, Any]:
    return {"name": name, "kind": type(layer).__name__, "units": len(share), "dead": int((share == 0).sum())}


SPEC = Explanation(
    title="Dead units",
    about=(
        "Filters and neurons that answer 0 to every picture. A ReLU that has slipped too far below 0 gets no gradient "
        "and cannot come back: often the learning rate was too large."
    ),
    limits=(
        "Silent for these pictures does not mean silent for all. A network can be good in spite of dead units: they "
        "are room it does not use."
    ),
    kind="images",
    view="silent units",
    explain=explain,
    most=1000,
    order=9,
)
