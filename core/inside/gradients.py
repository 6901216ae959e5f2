"""How much a number that a network answers would change with another number in it: the one place that asks TensorFlow.

Keras itself has no gradients: they belong to its backend.
"""

from collections.abc import Callable
from typing import Any

import numpy as np


def gradient(
    outcome: Callable[[Any], tuple[Any, Any]], pixels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(value, of, d value / d of) where `outcome(pixels)` gives the first two as tensors.

    pixels  (n, height, width, channels) float32; `of` may be these or anything worked out from them.
    Values of several pictures are added up before the gradient is taken, which keeps them apart in it.
    """
    import tensorflow as tf

    with tf.GradientTape() as tape:
        watched = tf.constant(pixels)
        tape.watch(watched)
        value, of = outcome(watched)
    slope = tape.gradient(value, of, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return np.asarray(value), np.asarray(of), np.asarray(slope)
