"""The convolution by hand against the worked example, SciPy and Keras."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from core.by_hand.convolution import ACTIVATIONS, EXAMPLE, LARGEST, MOST_CHANNELS, convolve, kernels, pool, products
from core.errors import SettingError

KERNELS = kernels(3)


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
def test_100_random_settings_agree_with_keras():
    import keras

    rng = np.random.default_rng(0)
    for _ in range(100):
        rows, columns = rng.integers(3, 9, 2)
        size, stride, channels = (int(rng.integers(1, most + 1)) for most in (LARGEST, 3, MOST_CHANNELS))
        padding = str(rng.choice(["valid", "same"]))
        padding = padding if size <= min(rows, columns) else "same"
        bias = float(rng.normal())
        image, kernel = rng.normal(size=(rows, columns, channels)), rng.normal(size=(size, size, channels))
        name = str(rng.choice(list(ACTIVATIONS)))
        batch = image[None].astype(np.float32)
        expected = keras.ops.conv(batch, kernel[..., None].astype(np.float32), stride, padding) + bias
        ours = convolve(image, kernel, padding, stride, bias).output
        np.testing.assert_allclose(ours, np.asarray(expected)[0, :, :, 0], atol=1e-4)
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


@pytest.mark.parametrize("shape", [(2, 5), (5, 2), (1, 1)])
def test_a_kernel_that_does_not_fit_is_told(shape):
    with pytest.raises(SettingError, match="does not fit"):
        convolve(np.zeros(shape), KERNELS["blur"])
    assert convolve(np.zeros(shape), KERNELS["blur"], "same").output.shape == shape


def test_blur_keeps_the_brightness_of_an_even_image():
    np.testing.assert_allclose(convolve(np.full((6, 6), 0.7), KERNELS["blur"]).output, 0.7)


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_the_kernels_of_every_size_do_what_they_are_called(size):
    named = kernels(size)
    assert all(kernel.shape == (size, size) for kernel in named.values())
    np.testing.assert_allclose(convolve(EXAMPLE, named["identity"], "same").output, EXAMPLE)
    np.testing.assert_allclose(named["blur"].sum(), 1)
    assert ("sobel_x" in named) == (size == 3)
    if size > 1:
        np.testing.assert_allclose(convolve(np.full((8, 8), 0.7), named["edges"]).output, 0, atol=1e-12)


def test_two_channels_make_one_sum():
    """1·2 + 2·3 of the one, 4·10 + 5·20 of the other, and 1."""
    image = np.array([[[1, 4], [2, 5]]], float)
    kernel = np.array([[[2, 10], [3, 20]]], float)
    steps = convolve(image, kernel, bias=1)
    assert steps.output.tolist() == [[149]]
    assert products(steps, kernel, 0).tolist() == [[[2, 40], [6, 100]]]
