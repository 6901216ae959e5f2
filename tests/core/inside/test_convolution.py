"""The convolution by hand against the worked example, SciPy and Keras."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d
from scipy.special import softmax as scipy_softmax

from core.errors import SettingError
from core.inside import convolution
from core.inside.convolution import ACTIVATIONS, EXAMPLE, KERNELS, convolve, cross_entropy, pool, products, softmax


def test_the_worked_example_comes_out():
    steps = convolve(EXAMPLE, KERNELS["sharpen"])
    np.testing.assert_allclose(steps.output, [[-0.8, 2.5, 1.2], [3.3, 1.2, -1.2], [-0.5, -0.3, -0.2]], atol=1e-12)
    active = ACTIVATIONS["relu"](steps.output)
    np.testing.assert_allclose(active, [[0, 2.5, 1.2], [3.3, 1.2, 0], [0, 0, 0]], atol=1e-12)
    np.testing.assert_allclose(pool(active, 2, 1).output, [[3.3, 2.5], [3.3, 1.2]], atol=1e-12)


def test_the_products_of_a_step_add_up_to_its_result():
    kernel = KERNELS["sobel_x"]
    steps = convolve(EXAMPLE, kernel, "same", 2, bias=0.25)
    for number, value in enumerate(steps.output.ravel()):
        assert products(steps, kernel, number).sum() + 0.25 == pytest.approx(value)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(3, 9),
    st.integers(3, 9),
    st.integers(1, 3),
    st.sampled_from(["valid", "same"]),
)
def test_with_stride_1_it_is_the_correlation_of_scipy(seed, rows, columns, size, padding):
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(rows, columns)), rng.normal(size=(size, size))
    if size == 2 and padding == "same":  # SciPy puts the odd zero in front, Keras at the end
        image = np.pad(image, ((0, 1), (0, 1)))
        np.testing.assert_allclose(
            convolve(image[:-1, :-1], kernel, "same").output, correlate2d(image, kernel, "valid"), atol=1e-12
        )
        return
    expected = correlate2d(image, kernel, padding)
    np.testing.assert_allclose(convolve(image, kernel, padding).output, expected, atol=1e-12)


@pytest.mark.slow
def test_200_random_settings_agree_with_keras():
    import keras

    rng = np.random.default_rng(0)
    for _ in range(200):
        rows, columns = rng.integers(3, 9, 2)
        size, stride = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        padding = str(rng.choice(["valid", "same"]))
        image, kernel, bias = rng.normal(size=(rows, columns)), rng.normal(size=(size, size)), float(rng.normal())
        name = str(rng.choice(list(ACTIVATIONS)))
        batch = image[None, :, :, None].astype(np.float32)
        expected = keras.ops.conv(batch, kernel[:, :, None, None].astype(np.float32), stride, padding) + bias
        ours = convolve(image, kernel, padding, stride, bias).output
        np.testing.assert_allclose(ours, np.asarray(expected)[0, :, :, 0], atol=1e-5)
        active = ACTIVATIONS[name](ours)
        theirs = keras.activations.get("linear" if name == "none" else name)(ours.astype(np.float32))
        np.testing.assert_allclose(active, np.asarray(theirs), atol=1e-5)
        if min(ours.shape) >= 2:
            pooled = keras.ops.max_pool(active[None, :, :, None].astype(np.float32), 2, stride, "valid")
            np.testing.assert_allclose(pool(active, 2, stride).output, np.asarray(pooled)[0, :, :, 0], atol=1e-5)
            mean = keras.ops.average_pool(active[None, :, :, None].astype(np.float32), 2, stride, "valid")
            np.testing.assert_allclose(
                pool(active, 2, stride, "average").output, np.asarray(mean)[0, :, :, 0], atol=1e-5
            )


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=12))
def test_softmax_is_that_of_scipy(values):
    np.testing.assert_allclose(softmax(np.array(values)), scipy_softmax(values), atol=1e-12)


def test_cross_entropy_by_hand():
    assert cross_entropy(np.array([0.25, 0.75]), 0) == pytest.approx(math.log(4))
    assert cross_entropy(np.array([0.0, 1.0]), 1) == 0
    assert cross_entropy(np.array([0.0, 1.0]), 0) == math.inf


@pytest.mark.parametrize("shape", [(2, 5), (5, 2), (1, 1)])
def test_a_kernel_that_does_not_fit_is_told(shape):
    with pytest.raises(SettingError, match="does not fit"):
        convolve(np.zeros(shape), KERNELS["blur"])
    assert convolve(np.zeros(shape), KERNELS["blur"], "same").output.shape == shape


def test_blur_keeps_the_brightness_of_an_even_image():
    np.testing.assert_allclose(convolve(np.full((6, 6), 0.7), KERNELS["blur"]).output, 0.7)
    assert set(convolution.KERNELS) >= {"sharpen", "edges", "blur", "sobel_x", "sobel_y"}
