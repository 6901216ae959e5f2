"""Feature maps: what every layer answers to one picture."""

from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import Explained, Explanation, Options

LARGE = 16 * 10**6  # bytes; above this, maps are handed over as float16, which no eye can tell


def explain(model: Any, image: np.ndarray, _options: Options) -> Explained:
    """The output of each convolution, pool, activation and dense layer.

    arrays  by the layer's name: (height, width, maps) or (units,), float32 (float16 above 16 MB together)
    facts   layers: one dict each, in the network's order: name, kind, shape, low, high (of its values)
    """
    shown = anatomy.speaking(model)
    (values,) = anatomy.outputs(model, [layer.output for layer in shown.values()], image)
    dtype = np.float32 if sum(value.nbytes for value in values) < LARGE else np.float16
    arrays = {name: value[0].astype(dtype) for name, value in zip(shown, values, strict=True)}
    return Explained(arrays, {"layers": [_facts(name, shown[name], array) for name, array in arrays.items()]})


def _facts(name: str, layer: Any, array: np.ndarray) -> dict[str, Any]:
    return {
        "name": name,
        "kind": type(layer).__name__,
        "shape": list(array.shape),
        "low": float(array.min()),
        "high": float(array.max()),
    }


SPEC = Explanation(
    title="Feature maps",
    about=(
        "What every layer makes of one picture. Each small map belongs to one filter: bright places are those where "
        "the filter found what it looks for. Pooling keeps the brightest and makes the map smaller."
    ),
    limits=(
        "A bright map shows that a filter reacts, not that the network needs it for its answer. What a filter looks "
        "for can only be guessed from one picture: compare several."
    ),
    kind="image",
    view="feature maps",
    explain=explain,
    order=1,
)
