"""One neuron by hand: worked out on paper, and asked of Keras."""

import numpy as np
import pytest

from core.by_hand.convolution import ACTIVATIONS
from core.by_hand.neuron import neuron


def test_the_sum_and_the_activation():
    """0.5·2 + (−1)·3 + 0.25 = −1.75, which ReLU makes 0."""
    done = neuron(np.array([2.0, 3.0]), np.array([0.5, -1.0]), 0.25, ACTIVATIONS["relu"])
    assert done.products.tolist() == [1.0, -3.0]
    assert (done.total, done.output) == (-1.75, 0.0)


@pytest.mark.parametrize(("inputs", "output"), [((0, 0), 0), ((0, 1), 0), ((1, 0), 0), ((1, 1), 1)])
def test_one_neuron_can_be_an_and(inputs, output):
    done = neuron(np.array(inputs, float), np.array([10.0, 10.0]), -15, ACTIVATIONS["sigmoid"])
    assert round(done.output) == output


@pytest.mark.slow
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_it_is_one_of_keras(activation):
    import keras

    rng = np.random.default_rng(0)
    inputs, weights, bias = rng.normal(size=5), rng.normal(size=5), float(rng.normal())
    dense = keras.layers.Dense(1, activation="linear" if activation == "none" else activation)
    dense.build((None, 5))
    dense.set_weights([weights[:, None].astype(np.float32), np.array([bias], np.float32)])
    expected = np.asarray(dense(inputs[None].astype(np.float32)))[0, 0]
    assert neuron(inputs, weights, bias, ACTIVATIONS[activation]).output == pytest.approx(expected, abs=1e-5)
