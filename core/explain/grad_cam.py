"""Grad-CAM: where in the picture a convolution found what speaks for a class."""

from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import CLASS, LAYER, Explained, Explanation, Options, of_largest
from core.inside.gradients import gradient
from core.pictures.preprocessing import scaled


def explain(model: Any, image: np.ndarray, options: Options) -> Explained:
    """Gradient-weighted class activation mapping (Selvaraju et al. 2017, arXiv 1610.02391, equations 1 and 2).

    A filter weighs as much as the class's score rises with its activations, on average over all places; the map is
    the weighted sum of the activations, without what speaks against the class (ReLU).

    options  class: number, None for the one that the network chooses; layer: a convolution, None for the last
    arrays   map (rows, columns) float32 in 0..1, of the layer's size, divided by its maximum, all zero where nothing
             speaks for the class; resized: the same at the picture's size; weights (filters,) float32
    facts    class, score, probability, layer, maximum (of the map, before it was divided)
    """
    name, layer = anatomy.convolution(model, options["layer"])
    ask, pixels = anatomy.scores(model, anatomy.activated(model, layer)), scaled(image)
    scores = np.asarray(ask(pixels)[1])[0]
    chosen = anatomy.class_number(model, options["class"], scores)

    def outcome(tensor: Any) -> tuple[Any, Any]:
        (activations,), answer = ask(tensor)
        return answer[:, chosen], activations

    _, activations, slope = gradient(outcome, pixels)
    weights = slope[0].mean(axis=(0, 1))  # (rows, columns, filters) -> (filters,)
    heat, maximum = of_largest(np.maximum(activations[0] @ weights, 0))
    facts = {
        "class": chosen,
        "score": float(scores[chosen]),
        "probability": float(_softmax(scores)[chosen]),
        "layer": name,
        "maximum": maximum,
    }
    return Explained({"map": heat, "resized": _resized(heat, image.shape[1:3]), "weights": weights}, facts)


def _resized(heat: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    import keras

    return np.clip(np.asarray(keras.ops.image.resize(heat[..., None], size))[..., 0], 0, 1)


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


SPEC = Explanation(
    title="Grad-CAM",
    about=(
        "Where in the picture the filters of a convolution found what speaks for a class. Each filter counts as much "
        "as the class's score would rise with it; the warm places are where the ones that count reacted."
    ),
    limits=(
        "It is as coarse as the layer's map, and only stretched to the size of the picture. It leaves out what speaks "
        "against the class. It says where, not what: a warm place does not mean that the network understood it."
    ),
    kind="image",
    view="over picture",
    explain=explain,
    options=(CLASS, LAYER),
    order=3,
)
