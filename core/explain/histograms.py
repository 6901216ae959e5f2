"""Histograms: how the weights and the activations of each layer are spread."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import Explained, Explanation, Options

BINS = 40


def explain(model: Any, images: np.ndarray, _options: Options) -> Explained:
    """40 bins from the lowest to the highest value, for every array of weights and every layer's output.

    arrays  by the name of the row: "<name> counts" (40,) int64 and "<name> edges" (41,) float32
    facts   weights: one dict each, in the network's order: name, layer, weight (kernel, bias, gamma …), n, mean,
            deviation; activations: name, layer, kind, n, mean, deviation; n (pictures)
    """
    shown = anatomy.speaking(model)
    tensors = [layer.output for layer in shown.values()]
    weights = [(layer, one.name, np.asarray(one.numpy())) for layer, one in _weights(model)]
    spreads = [Spread(values.min(), values.max()) for _, _, values in weights]
    for spread, (_, _, values) in zip(spreads, weights, strict=True):
        spread.add(values)
    answers = _answers(model, tensors, images)
    named = [f"{layer} {weight}" for layer, weight, _ in weights]
    of_weights = [
        {"name": name, "layer": layer, "weight": weight, **spread.facts}
        for name, (layer, weight, _), spread in zip(named, weights, spreads, strict=True)
    ]
    of_answers = [
        {"name": f"{name} output", "layer": name, "kind": type(layer).__name__, **spread.facts}
        for (name, layer), spread in zip(shown.items(), answers, strict=True)
    ]
    arrays: dict[str, np.ndarray] = {}
    for row, spread in zip([*of_weights, *of_answers], [*spreads, *answers], strict=True):
        arrays |= {f"{row['name']} counts": spread.counts, f"{row['name']} edges": spread.edges.astype(np.float32)}
    return Explained(arrays, {"weights": of_weights, "activations": of_answers, "n": len(images)})


class Spread:
    """A histogram, a mean and a deviation that grow with every array that is added."""

    def __init__(self, low: float, high: float):
        self.edges = np.histogram_bin_edges(np.array([low, high], np.float64), BINS)
        self.counts = np.zeros(BINS, np.int64)
        self._sum = self._squares = 0.0

    def add(self, values: np.ndarray) -> None:
        self.counts += np.histogram(values, self.edges)[0]
        self._sum += float(values.sum(dtype=np.float64))
        self._squares += float(np.square(values, dtype=np.float64).sum())

    @property
    def facts(self) -> dict[str, float]:
        n = int(self.counts.sum())
        mean = self._sum / n
        return {"n": n, "mean": mean, "deviation": max(0.0, self._squares / n - mean**2) ** 0.5}


def _weights(model: Any) -> Iterable[tuple[str, Any]]:
    """(name of the layer, variable) of all that is trained."""
    return [(name, weight) for name, layer in anatomy.layers(model).items() for weight in layer.trainable_weights]


def _answers(model: Any, tensors: list[Any], images: np.ndarray) -> list[Spread]:
    """Asks twice, first for the range: the answers to a hundred pictures are too many to keep."""
    lows, highs = [], []
    for values in anatomy.outputs(model, tensors, images):
        lows.append([value.min() for value in values])
        highs.append([value.max() for value in values])
    spreads = [Spread(low, high) for low, high in zip(np.min(lows, axis=0), np.max(highs, axis=0), strict=True)]
    for values in anatomy.outputs(model, tensors, images):
        for spread, value in zip(spreads, values, strict=True):
            spread.add(value)
    return spreads


SPEC = Explanation(
    title="Weights and activations",
    about=(
        "How often each size of number occurs among a layer's weights, and among its answers to some pictures. "
        "Training spreads the weights; a layer whose answers are all close to 0, or all at the limit, hands on little."
    ),
    limits=(
        "It shows how large the numbers are, not what they mean. Two networks with the same histograms can answer "
        "quite differently."
    ),
    kind="images",
    view="histograms",
    explain=explain,
    most=200,
    order=10,
)
