"""The filters: the numbers that each convolution has learnt."""

from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import Explained, Explanation, Options


def explain(model: Any, _image: None, _options: Options) -> Explained:
    """The kernels of every convolution.

    arrays  by the layer's name: (height, width, channels in, filters) float32, any range
    facts   layers: one dict each, in the network's order: name, shape, low, high
    """
    arrays = {name: _kernel(layer) for name, layer in anatomy.convolutions(model).items()}
    return Explained(arrays, {"layers": [_facts(name, kernel) for name, kernel in arrays.items()]})


def _kernel(layer: Any) -> np.ndarray:
    """The first weights with two sides: those of a separable convolution are its small windows."""
    return next(np.asarray(weight.numpy(), np.float32) for weight in layer.weights if len(weight.shape) == 4)


def _facts(name: str, kernel: np.ndarray) -> dict[str, Any]:
    return {"name": name, "shape": list(kernel.shape), "low": float(kernel.min()), "high": float(kernel.max())}


SPEC = Explanation(
    title="Filters",
    about=(
        "The numbers in the small windows that slide over the picture. Where a window has a light and a dark side, it "
        "reacts to an edge in that direction. Compare them with those before the first epoch: that is what was learnt."
    ),
    limits=(
        "Only the first layer looks at pixels. Filters of later layers look at the maps before them, so their numbers "
        "say little to the eye. A filter that looks like noise may still be useful."
    ),
    kind="network",
    view="kernels",
    explain=explain,
    order=2,
)
