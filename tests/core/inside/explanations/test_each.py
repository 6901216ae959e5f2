"""Each explanation against its meaning: finite differences, hand-made networks, scikit-learn."""

import keras
import numpy as np
import pytest
from scipy.signal import correlate2d

from core.inside import anatomy
from core.inside.explanation import explanation
from tests.core.inside.explanations.made import (
    ARCHITECTURES,
    CLASSES,
    SIDE,
    pictures,
    probabilities,
    says_that_it_has_no_convolution,
)

pytestmark = pytest.mark.slow  # together they take too long for a commit


@pytest.fixture(scope="module")
def two_filters():
    """Two 3×3 filters, a softplus (a ReLU without the kink, at which finite differences are wrong), three classes."""
    keras.utils.set_random_seed(0)
    image = keras.Input((7, 6, 2))
    x = keras.layers.Conv2D(2, 3, activation="softplus", bias_initializer="random_normal")(image)
    answer = keras.layers.Dense(3, activation="softmax", bias_initializer="random_normal")(keras.layers.Flatten()(x))
    return keras.Model(image, answer)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_feature_maps_are_the_outputs_of_the_layers(architecture, built):
    model, images = built(architecture), pictures(1)
    explained = explanation("feature_maps")(model, images)
    heard, values = {}, {id(model.inputs[0]): images.astype(np.float32) / 255}
    for layer in model.layers:
        if not isinstance(layer, keras.layers.InputLayer):
            given = [values[id(one)] for one in (layer.input if isinstance(layer.input, list) else [layer.input])]
            said = layer(given if len(given) > 1 else given[0], training=False)
            heard[layer.name] = values[id(layer.output)] = said
    shown = anatomy.speaking(model)
    assert list(explained.arrays) == list(shown) == [layer["name"] for layer in explained.facts["layers"]]
    for fact, (name, array) in zip(explained.facts["layers"], explained.arrays.items(), strict=True):
        np.testing.assert_allclose(array, heard[shown[name].name][0], atol=1e-5)
        assert (fact["shape"], fact["kind"]) == (list(array.shape), type(shown[name]).__name__)
        assert (fact["low"], fact["high"]) == (array.min(), array.max())


def test_the_first_feature_map_is_the_correlation_with_the_filters(built):
    model, images = built("cnn_three_blocks"), pictures(1)
    maps = explanation("feature_maps")(model, images).arrays["conv2d"]
    kernels = explanation("filters")(model).arrays["conv2d"]
    assert kernels.shape == (3, 3, 3, maps.shape[-1])
    pixels = images[0] / 255
    for number in range(maps.shape[-1]):
        by_hand = sum(correlate2d(pixels[..., c], kernels[..., c, number], mode="valid") for c in range(3))
        np.testing.assert_allclose(maps[..., number], np.maximum(by_hand, 0), atol=1e-5)


def test_large_feature_maps_travel_as_half_floats(built, monkeypatch):
    monkeypatch.setattr("core.explain.feature_maps.LARGE", 1000)
    arrays = explanation("feature_maps")(built("cnn_small"), pictures(1)).arrays
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}


def double(model):
    """The same network in numpy with 64 bits: finite differences of 32 bits are too coarse."""
    (kernel, bias), (dense, dense_bias) = (
        [np.float64(weight.numpy()) for weight in layer.weights] for layer in model.layers if layer.weights
    )

    def activations(pixels):
        sums = [
            sum(correlate2d(pixels[..., c], kernel[..., c, f], mode="valid") for c in range(2)) + bias[f]
            for f in range(2)
        ]
        return np.log1p(np.exp(np.stack(sums, axis=-1)))

    def scores(activations):
        return activations.ravel() @ dense + dense_bias

    return activations, scores


def slopes(function, at, step=1e-5):
    """d function / d at, by central differences."""
    found = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[place] += step
        down[place] -= step
        found[place] = (function(up) - function(down)) / (2 * step)
    return found


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_saliency_is_what_finite_differences_say(two_filters, chosen):
    images = pictures(1, (7, 6, 2))
    activations, scores = double(two_filters)
    explained = explanation("saliency")(two_filters, images, {"class": chosen})
    reference = slopes(lambda pixels: scores(activations(pixels))[chosen], images[0] / 255)
    np.testing.assert_allclose(explained.arrays["gradient"], reference, atol=1e-5)
    largest = np.abs(reference).max(axis=-1)
    np.testing.assert_allclose(explained.arrays["map"], largest / largest.max(), atol=1e-4)
    assert explained.facts["maximum"] == pytest.approx(largest.max(), rel=1e-4)
    assert explained.facts["score"] == pytest.approx(scores(activations(images[0] / 255))[chosen], abs=1e-5)


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_grad_cam_is_what_finite_differences_say(two_filters, chosen):
    images = pictures(1, (7, 6, 2), seed=chosen)
    activations, scores = double(two_filters)
    explained = explanation("grad_cam")(two_filters, images, {"class": chosen})
    maps = activations(images[0] / 255)
    weights = slopes(lambda one: scores(one)[chosen], maps).mean(axis=(0, 1))
    np.testing.assert_allclose(explained.arrays["weights"], weights, atol=1e-5)
    reference = np.maximum((maps * weights).sum(axis=-1), 0)
    assert explained.facts["maximum"] == pytest.approx(reference.max(), abs=1e-5)
    if reference.max() > 0:
        np.testing.assert_allclose(explained.arrays["map"], reference / reference.max(), atol=1e-4)
    else:
        assert not explained.arrays["map"].any()


def test_at_least_one_of_the_grad_cams_compared_shows_something(two_filters):
    maxima = [
        explanation("grad_cam")(two_filters, pictures(1, (7, 6, 2), seed=c), {"class": c}).facts["maximum"]
        for c in range(3)
    ]
    assert max(maxima) > 0.01


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_grad_cam_has_the_size_of_the_layer_and_of_the_picture(architecture, built):
    model = built(architecture)
    if says_that_it_has_no_convolution("grad_cam", model):
        return
    for name, layer in anatomy.convolutions(model).items():
        explained = explanation("grad_cam")(model, pictures(1), {"layer": name})
        assert explained.arrays["map"].shape == layer.output.shape[1:3]
        assert explained.arrays["resized"].shape == (SIDE, SIDE)
        assert explained.facts["layer"] == name
        for array in (explained.arrays["map"], explained.arrays["resized"]):
            assert array.dtype == np.float32
            assert (array >= 0).all()
            assert (array <= 1).all()
        assert explained.arrays["map"].max() in (0, 1)


def test_grad_cam_of_a_class_that_nothing_speaks_for_is_empty(built):
    model = keras.models.clone_model(built("cnn_small"))
    for weight in model.layers[-1].weights:
        weight.assign(np.zeros(weight.shape))
    explained = explanation("grad_cam")(model, pictures(1))
    assert explained.facts["maximum"] == 0
    assert not explained.arrays["map"].any()
    assert explained.facts["probability"] == pytest.approx(1 / CLASSES)


def test_grad_cam_weighs_activations_also_where_they_are_a_layer_of_their_own(built):
    model = built("faces_deep")
    _, layer = anatomy.convolution(model, "conv2d_1")
    following = [later for later in model.layers if isinstance(later, keras.layers.Activation)]
    assert anatomy.activated(model, layer) is following[1].output  # with batch normalisation in between
    _, fused = anatomy.convolution(built("cnn_batchnorm"), None)
    assert anatomy.activated(built("cnn_batchnorm"), fused) is fused.output


def test_the_class_is_the_one_chosen_unless_another_is_asked_for(built):
    model, images = built("cnn_small"), pictures(1)
    best = int(probabilities(model, images)[0].argmax())
    for name in ("saliency", "smooth_gradient", "grad_cam", "occlusion"):
        assert explanation(name)(model, images).facts["class"] == best
        other = (best + 1) % CLASSES
        asked = explanation(name)(model, images, {"class": other})
        assert asked.facts["class"] == other
        found = explanation(name)(model, images).arrays
        assert any(not np.array_equal(found[key], asked.arrays[key]) for key in found)


def test_smooth_saliency_without_noise_is_saliency(built):
    model, images = built("cnn_small"), pictures(1)
    plain = explanation("saliency")(model, images)
    smooth = explanation("smooth_gradient")(model, images, {"noise": 0.0})
    np.testing.assert_allclose(smooth.arrays["map"], plain.arrays["map"], atol=1e-4)


@pytest.mark.parametrize("batch", [256, 3])
def test_smooth_saliency_is_the_mean_over_noisy_pictures_and_repeats_with_its_seed(two_filters, batch, monkeypatch):
    monkeypatch.setattr(anatomy, "batch_size", lambda _model: batch)
    images = pictures(1, (7, 6, 2))
    ask = explanation("smooth_gradient")
    options = {"class": 1, "copies": 4, "noise": 0.2, "seed": 5}
    noise = np.random.default_rng(5).normal(0, 0.2, (4, 7, 6, 2))
    activations, scores = double(two_filters)
    each = [slopes(lambda pixels: scores(activations(pixels))[1], images[0] / 255 + one) for one in noise]
    found = ask(two_filters, images, options).arrays
    np.testing.assert_allclose(found["gradient"], np.mean(each, axis=0), atol=1e-5)
    np.testing.assert_array_equal(found["map"], ask(two_filters, images, options).arrays["map"])
    assert not np.array_equal(found["map"], ask(two_filters, images, {**options, "seed": 6}).arrays["map"])
