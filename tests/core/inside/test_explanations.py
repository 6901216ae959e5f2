"""Every explanation works on every architecture, and says what a reference calculation says."""

import json
import math

import keras
import numpy as np
import pytest
from scipy.signal import correlate2d

from core.errors import FitscopeError, RunError, SettingError
from core.inside import anatomy
from core.inside.explanation import explanation, explanations, of_largest
from core.recipe import architectures

pytestmark = pytest.mark.slow  # together they take too long for a commit

ARCHITECTURES = sorted(architectures.known())
EXPLANATIONS = list(explanations())
NEED_FILTERS = {"filters", "grad_cam", "activation_maximisation", "most_exciting"}
CLASSES, SIDE = 4, 24  # the smallest side that each architecture takes, and the fewest filters: quick to explain
SMALL = {"filter_multiplier": 0.25, "dense_units": 6}
FEW_STEPS = {"activation_maximisation": {"steps": 6}}


@pytest.fixture(scope="module")
def built():
    """A function: name of an architecture -> its small untrained network, made once."""
    made = {}

    def build(name, **changes):
        key = (name, *changes.items())
        if key not in made:
            keras.utils.set_random_seed(3)
            own = architectures.known()[name]
            settings = {
                **own.settings,
                **{one: value for one, value in SMALL.items() if one in own.settings},
                **changes,
            }
            made[key] = own.build((SIDE, SIDE, 3), CLASSES, settings)
        return made[key]

    return build


@pytest.fixture(scope="module")
def two_filters():
    """Two 3×3 filters, a softplus (a ReLU without the kink, at which finite differences are wrong), three classes."""
    keras.utils.set_random_seed(0)
    image = keras.Input((7, 6, 2))
    x = keras.layers.Conv2D(2, 3, activation="softplus", bias_initializer="random_normal")(image)
    answer = keras.layers.Dense(3, activation="softmax", bias_initializer="random_normal")(keras.layers.Flatten()(x))
    return keras.Model(image, answer)


def pictures(n, shape=(SIDE, SIDE, 3), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *shape)).astype(np.uint8)


def pictures_for(spec, shape=(SIDE, SIDE, 3)):
    return None if spec.kind == "network" else pictures(1 if spec.kind == "image" else 12, shape)


def probabilities(model, images):
    return np.asarray(model(images.astype(np.float32) / 255, training=False))


def has_filters(model):
    return any("Conv" in type(layer).__name__ for layer in model.layers)


def has_relu(model):
    return any(getattr(getattr(layer, "activation", None), "__name__", "") == "relu" for layer in model.layers)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", EXPLANATIONS)
def test_every_explanation_works_on_every_architecture_or_says_why_not(name, architecture, built):
    spec, model = explanations()[name], built(architecture)
    if (name in NEED_FILTERS and not has_filters(model)) or (name == "dead_units" and not has_relu(model)):
        with pytest.raises(FitscopeError, match=r"This network has no .*Choose"):
            spec(model, pictures_for(spec))
        return
    explained = spec(model, pictures_for(spec), FEW_STEPS.get(name))
    assert json.loads(json.dumps(explained.facts)) == explained.facts
    assert explained.arrays
    for array in explained.arrays.values():
        assert array.dtype in (np.float16, np.float32, np.int64)
        assert array.size
        assert np.isfinite(array).all()


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_an_explanation_introduces_itself(name):
    spec = explanations()[name]
    assert spec.title
    assert spec.about.endswith(".")
    assert spec.limits.endswith(".")
    assert spec.kind in ("network", "image", "images")
    assert (spec.most > 1) == (spec.kind == "images")
    assert json.loads(json.dumps(spec.defaults)) == spec.defaults
    assert all(option.title and option.help.endswith(".") for option in spec.options)


def test_explanations_come_in_their_order():
    assert EXPLANATIONS[0] == "feature_maps"
    orders = [spec.order for spec in explanations().values()]
    assert orders == sorted(orders)


@pytest.mark.parametrize(
    ("name", "images", "options"),
    [
        ("saliency", None, {}),
        ("saliency", pictures(0), {}),
        ("saliency", pictures(2), {}),
        ("saliency", pictures(1, (9, 9, 3)), {}),
        ("saliency", pictures(1).astype(np.float32), {}),
        ("saliency", pictures(1), {"class": CLASSES}),
        ("saliency", pictures(1), {"class": -1}),
        ("saliency", pictures(1), {"colour": "red"}),
        ("grad_cam", pictures(1), {"layer": "dense"}),
        ("most_exciting", pictures(3), {"filter": 10_000}),
        ("hidden_map", pictures(4), {}),
        ("hidden_map", pictures(6), {"method": "magic"}),
    ],
)
def test_what_cannot_be_explained_is_refused_with_advice(name, images, options, built):
    with pytest.raises((RunError, SettingError)) as refusal:
        explanation(name)(built("cnn_small"), images, options)
    assert str(refusal.value).endswith(".") or "one of" in str(refusal.value) or "options are" in str(refusal.value)


def test_an_unknown_explanation_is_refused():
    with pytest.raises(SettingError, match="feature_maps"):
        explanation("magic")


@pytest.mark.parametrize("architecture", ["cnn_small", "faces_deep", "softmax"])
def test_softmax_of_the_scores_is_what_the_network_answers(architecture, built):
    model, images = built(architecture), pictures(5)
    scores = np.asarray(anatomy.scores(model)(anatomy.pixels(images))[1])
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), probabilities(model, images), atol=1e-6)
    assert model.layers[-1].activation is keras.activations.softmax  # left as it was found


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_feature_maps_are_the_outputs_of_the_layers(architecture, built):
    model, images = built(architecture), pictures(1)
    explained = explanation("feature_maps")(model, images)
    heard = {}
    x = images.astype(np.float32) / 255
    for layer in model.layers:  # every architecture here is a chain
        if not isinstance(layer, keras.layers.InputLayer):
            x = heard[layer.name] = layer(x, training=False)
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


@pytest.mark.parametrize("architecture", [name for name in ARCHITECTURES if name not in ("softmax", "mlp_dropout")])
def test_grad_cam_has_the_size_of_the_layer_and_of_the_picture(architecture, built):
    model = built(architecture)
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
    model = architectures.known()["softmax"].build(shape, 2, {})
    assert explanation("occlusion")(model, pictures(1, shape)).arrays["map"].shape == shape[:2]


@pytest.mark.parametrize("architecture", [name for name in ARCHITECTURES if name not in ("softmax", "mlp_dropout")])
def test_activation_maximisation_raises_the_activation(architecture, built):
    model = built(architecture)
    name, layer = list(anatomy.convolutions(model).items())[1]
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
    settings = {**architectures.known()["cnn_batchnorm"].settings, "filter_multiplier": 4.0}
    model = architectures.known()["cnn_batchnorm"].build((128, 128, 1), 3, settings)
    assert anatomy.batch_size(model) == 1
    assert anatomy.batch_size(architectures.known()["softmax"].build((8, 8, 1), 3, {})) == 256


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
