"""One neuron of a dense layer, by hand: each input times its weight, added up, the bias, the activation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_INPUTS = 6


@dataclass(frozen=True)
class Neuron:
    """One neuron that was asked.

    products  (n,) each input times its weight
    total     their sum and the bias
    output    what the activation makes of it
    """

    products: np.ndarray
    total: float
    output: float


def neuron(
    inputs: np.ndarray, weights: np.ndarray, bias: float, activation: Callable[[np.ndarray], np.ndarray]
) -> Neuron:
    """Asks a neuron with weights (n,) about inputs (n,), as Keras's Dense(1) does."""
    products = inputs * weights
    total = float(products.sum() + bias)
    return Neuron(products, total, float(activation(np.array(total))))
