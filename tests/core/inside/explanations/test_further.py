"""More explanations against their meaning: loops by hand, hand-made networks, scikit-learn."""

import math

import keras
import numpy as np
import pytest

from core.errors import RunError
from core.inside import anatomy
from core.inside.explanation import explanation, of_largest
from core.recipe import architectures
from tests.core.inside.explanations.made import (
    ARCHITECTURES,
    SIDE,
    pictures,
    probabilities,
    says_that_it_has_no_convolution,
)

pytestmark = pytest.mark.slow  # together they take too long for a commit


@pytest.mark.parametrize(("patch", "stride"), [(None, None), (5, 3), (1, 7), (24, 4), (99, 1)])
def test_occlusion_is_what_a_loop_by_hand_says(built, patch, stride):
    model, images = built("cnn_small"), pictures(1)
    explained = explanation("occlusion")(model, images, {"class": 2, "patch": patch, "stride": stride})
    side, step = explained.facts["patch"], explained.facts["stride"]
    assert side <= SIDE
    places = sorted({*range(0, SIDE - side, step), SIDE - side})
    assert explained.arrays["top"].tolist() == explained.arrays["left"].tolist() == places
    before = probabilities(model, images)[0, 2]
    total, times = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for row, top in enumerate(places):
        for column, left in enumerate(places):
            covered = images.copy()
            covered[0, top : top + side, left : left + side] = 128
            drop = before - probabilities(model, covered)[0, 2]
            assert explained.arrays["drop"][row, column] == pytest.approx(drop, abs=1e-5)
            total[top : top + side, left : left + side] += drop
            times[top : top + side, left : left + side] += 1
    np.testing.assert_allclose(explained.arrays["map"], total / np.maximum(times, 1), atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 5, 1), (3, 40, 3)])
def test_the_smallest_pictures_can_be_covered_too(shape):
    keras.utils.set_random_seed(0)
    model = architectures.networks()["softmax"].build(shape, 2, {})
    assert explanation("occlusion")(model, pictures(1, shape)).arrays["map"].shape == shape[:2]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_activation_maximisation_raises_the_activation(architecture, built):
    model = built(architecture)
    if says_that_it_has_no_convolution("activation_maximisation", model):
        return
    name, layer = [*anatomy.convolutions(model).items()][-2:][0]  # not the last, which is the default
    explained = explanation("activation_maximisation")(model, None, {"layer": name, "filter": 1, "steps": 10})
    start, image = explained.arrays["start"], explained.arrays["image"]

    def mean_sum(picture):
        before = keras.Model(model.inputs[0], layer.input)(picture[None], training=False)
        return float(np.asarray(anatomy.sums(layer, before))[..., 1].mean())

    assert explained.facts["before"] == pytest.approx(mean_sum(start), abs=1e-5)
    assert explained.facts["after"] == pytest.approx(mean_sum(image), abs=1e-5)
    assert mean_sum(image) > mean_sum(start)
    assert image.shape == (SIDE, SIDE, 3)
    assert (image >= 0).all()
    assert (image <= 1).all()
    assert len(explained.arrays["course"]) == 11


def test_the_picture_of_a_filter_repeats_with_its_seed(built):
    ask, model = explanation("activation_maximisation"), built("cnn_small")
    first, again, other = (ask(model, None, {"steps": 3, "seed": seed}).arrays["image"] for seed in (1, 1, 2))
    np.testing.assert_allclose(first, again, atol=1e-6)
    assert not np.allclose(first, other)


def test_the_most_exciting_pictures_are_those_with_the_largest_activations(built, monkeypatch):
    model, images = built("faces_deep"), pictures(30)
    monkeypatch.setattr(anatomy, "batch_size", lambda _model: 7)  # several batches, the last one smaller
    found = explanation("most_exciting")(model, images, {"layer": "conv2d_1", "filter": 3, "shown": 4})
    activations = [layer for layer in model.layers if isinstance(layer, keras.layers.Activation)]
    part = keras.Model(model.inputs[0], activations[1].output)
    values = np.asarray(part(images.astype(np.float32) / 255, training=False))[..., 3]
    np.testing.assert_allclose(found.arrays["maximum"], values.max(axis=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(found.arrays["mean"], values.mean(axis=(1, 2)), atol=1e-5)
    assert found.arrays["by_maximum"].tolist() == np.argsort(-found.arrays["maximum"], kind="stable")[:4].tolist()
    assert found.arrays["by_mean"].tolist() == np.argsort(-found.arrays["mean"], kind="stable")[:4].tolist()
    for value, (row, column) in zip(values, found.arrays["place"], strict=True):
        assert value[row, column] == pytest.approx(value.max(), abs=1e-5)
    assert found.facts["map"] == list(values.shape[1:])


def test_dead_units_are_counted_as_by_hand(built):
    model, images = keras.models.clone_model(built("cnn_small")), pictures(10)
    convolution, dense = model.layers[0], model.layers[5]
    kernel, bias = convolution.get_weights()
    kernel[..., 1], bias[1] = -1, -0.1  # below 0 wherever there is any ink
    convolution.set_weights([kernel, bias])
    dense.set_weights([np.zeros(dense.kernel.shape), np.array([-1, 0, 1, 1, -2, 3.0])])
    found = explanation("dead_units")(model, images)
    units = {layer["name"]: (layer["units"], layer["dead"]) for layer in found.facts["layers"]}
    values = np.asarray(keras.Model(model.inputs[0], convolution.output)(images.astype(np.float32) / 255))
    dead = int((values.max(axis=(0, 1, 2)) == 0).sum())
    assert dead >= 1
    assert units["conv2d"] == (4, dead)
    assert units["dense"] == (6, 3)
    assert found.arrays["dense"].tolist() == [0, 0, 1, 1, 0, 1]
    assert found.facts["dead"] == sum(one for _, one in units.values())


def test_a_unit_that_one_picture_wakes_is_not_dead():
    model = keras.Sequential([keras.Input((1, 1, 1)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(1, activation="relu"))
    model.add(keras.layers.Dense(2, activation="softmax"))
    model.layers[1].set_weights([np.ones((1, 1)), np.array([-0.5])])  # wakes above mid-grey
    images = np.array([0, 50, 100, 200], np.uint8).reshape(4, 1, 1, 1)
    found = explanation("dead_units")(model, images)
    assert found.arrays["dense"].tolist() == [0.25]
    assert found.facts["dead"] == 0
    assert explanation("dead_units")(model, images[:3]).facts["dead"] == 1


@pytest.mark.parametrize("activation", ["tanh", "leaky_relu"])
def test_a_network_without_relu_has_no_dead_units(built, activation):
    with pytest.raises(RunError, match="no layer with ReLU"):
        explanation("dead_units")(built("cnn_small", activation=activation), pictures(2))


def test_histograms_count_every_number_once(built, monkeypatch):
    model, images = built("faces_deep"), pictures(9)
    monkeypatch.setattr(anatomy, "batch_size", lambda _model: 4)
    found = explanation("histograms")(model, images)
    rows = [*found.facts["weights"], *found.facts["activations"]]
    assert {len(found.arrays[f"{row['name']} counts"]) for row in rows} == {40}
    assert [row["n"] for row in found.facts["weights"]] == [math.prod(w.shape) for w in model.trainable_weights]
    kernel = np.asarray(model.layers[1].kernel.numpy())
    counts, edges = np.histogram(kernel, 40)
    np.testing.assert_array_equal(found.arrays["conv2d kernel counts"], counts)
    np.testing.assert_allclose(found.arrays["conv2d kernel edges"], edges, atol=1e-7)
    first = found.facts["weights"][0]
    assert (first["mean"], first["deviation"]) == (pytest.approx(kernel.mean()), pytest.approx(kernel.std()))
    values = np.asarray(keras.Model(model.inputs[0], model.layers[1].output)(images.astype(np.float32) / 255))
    row = found.facts["activations"][0]
    assert (row["name"], row["n"]) == ("conv2d output", values.size)
    assert (row["mean"], row["deviation"]) == (
        pytest.approx(values.mean(), abs=1e-5),
        pytest.approx(values.std(), abs=1e-5),
    )


def test_the_map_by_pca_is_that_of_singular_values_up_to_sign(built):
    model, images = built("cnn_small"), pictures(25)
    found = explanation("hidden_map")(model, images)
    hidden = np.asarray(keras.Model(model.inputs[0], model.layers[-1].input)(images.astype(np.float32) / 255))
    centred = (hidden - hidden.mean(axis=0)).astype(np.float64)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    for column in range(2):
        points, reference = found.arrays["points"][:, column], left[:, column] * size[column]
        np.testing.assert_allclose(points * np.sign(points @ reference), reference, atol=1e-5)
    assert found.facts["kept"] == pytest.approx((size[:2] ** 2).sum() / (size**2).sum(), abs=1e-5)
    assert found.facts["units"] == 6
    assert found.facts["hidden"]
    assert not explanation("hidden_map")(built("softmax"), images).facts["hidden"]


def test_the_map_by_tsne_repeats_with_its_seed_and_keeps_groups_apart(built):
    model = built("mlp_dropout")
    dark, light = pictures(8) // 20, 255 - pictures(8, seed=1) // 20
    ask = explanation("hidden_map")
    first, again = (ask(model, np.concatenate([dark, light]), {"method": "tsne"}).arrays["points"] for _ in range(2))
    np.testing.assert_allclose(first, again, rtol=1e-3, atol=1e-3)
    inside = max(np.linalg.norm(part - part.mean(axis=0), axis=1).mean() for part in (first[:8], first[8:]))
    assert np.linalg.norm(first[:8].mean(axis=0) - first[8:].mean(axis=0)) > inside


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_pictures_that_are_all_the_same_make_a_map_of_one_point(built, method):
    same = np.repeat(pictures(1), 6, axis=0)
    model = keras.models.clone_model(built("cnn_small"))
    for weight in model.layers[-3].weights:
        weight.assign(np.zeros(weight.shape))
    assert not explanation("hidden_map")(model, same, {"method": method}).arrays["points"].any()


def test_large_pictures_are_asked_about_a_few_at_a_time():
    settings = {**architectures.networks()["cnn_batchnorm"].settings, "filter_multiplier": 4.0}
    model = architectures.networks()["cnn_batchnorm"].build((128, 128, 1), 3, settings)
    assert anatomy.batch_size(model) == 2  # 15 million numbers each
    assert anatomy.batch_size(architectures.networks()["softmax"].build((8, 8, 1), 3, {})) == 256


def test_umap_says_how_to_get_it_where_it_is_missing(built, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(RunError, match=r"pip install .fitscope\[umap\]"):
        explanation("hidden_map")(built("cnn_small"), pictures(6), {"method": "umap"})


@pytest.mark.parametrize("values", [[0, 2, 4], [0, 0], [1e-12]])
def test_numbers_are_scaled_to_one_or_stay_zero(values):
    array, largest = of_largest(np.array(values, float))
    assert largest == max(values)
    assert array.max() == (1 if largest else 0)
    assert array.dtype == np.float32
