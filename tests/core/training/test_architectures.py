"""Every architecture builds what it says, refuses what cannot be built, and obeys its settings."""

import importlib
import math

import keras
import numpy as np
import pytest

from core.recipe import architectures
from core.recipe.network import ACTIVATIONS
from models.architecture import ImpossibleNetwork, scaled
from tests.made.tiny_backbone import TINY

pytestmark = pytest.mark.slow  # imports Keras

NAMES = sorted(architectures.networks())
UNPADDED = [name for name in NAMES if hasattr(importlib.import_module(f"models.{name}"), "require_room")]
WITH_BLOCKS = [name for name in NAMES if "filters" in architectures.networks()[name].settings]


OTHER_VALUES = {  # never a default, so that each must be seen in the network
    "dropout": 0.7,
    "filter_multiplier": 0.5,
    "filters": (3, 5),
    "dense_units": 9,
    "activation": "tanh",
    "backbone": TINY,
    "fine_tune_blocks": 2,
}


def built(name, shape=(28, 28, 1), classes=10, **changes):
    architecture = architectures.networks()[name]
    return architecture.build(shape, classes, {**architecture.settings, **changes})


def answers(network, n=3):
    """(n, classes) probabilities for images of noise."""
    images = np.random.default_rng(0).random((n, *network.input_shape[1:]), dtype=np.float32)
    return keras.ops.convert_to_numpy(network(images, training=False))


def anatomy(network):
    """What the network is made of, without the names that Keras counts on through the process."""
    return [(type(layer), {**layer.get_config(), "name": ""}) for layer in network.layers]


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_architectures_are_found():
    assert {"softmax", "mlp_dropout", "cnn_two_blocks", "faces_deep"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_architecture_introduces_itself(name):
    architecture = architectures.networks()[name]
    assert architecture.title
    assert architecture.about.endswith(".")
    assert set(architecture.settings) <= {*OTHER_VALUES, "batch_norm"}


@pytest.mark.parametrize(("shape", "classes"), [((28, 28, 1), 10), ((64, 64, 3), 7)])
@pytest.mark.parametrize("name", NAMES)
def test_a_network_answers_with_probabilities(name, shape, classes):
    probabilities = answers(built(name, shape, classes))
    assert probabilities.shape == (3, classes)
    assert probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_stays_float32_under_mixed_precision(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = built(name)
    finally:
        keras.config.set_dtype_policy(before)
    assert network.outputs[0].dtype == "float32"
    assert network.layers[-1].compute_dtype == "float32"  # the exponentials too, not only their result
    assert any(layer.compute_dtype == "float16" for layer in network.layers)


@pytest.mark.parametrize(
    ("name", "setting"), [(name, setting) for name in NAMES for setting in architectures.networks()[name].settings]
)
def test_each_declared_setting_changes_the_network(name, setting):
    default = architectures.networks()[name].settings[setting]
    other = (not default) if setting == "batch_norm" else OTHER_VALUES[setting]
    assert other != default
    assert anatomy(built(name)) != anatomy(built(name, **{setting: other}))


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_decide_everything_that_was_left_open(name):
    assert anatomy(built(name)) == anatomy(built(name))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", [name for name in NAMES if "activation" in architectures.networks()[name].settings])
def test_the_activation_is_used_in_every_hidden_layer(name, activation):
    network = built(name, activation=activation)
    used = {layer.activation.__name__ for layer in network.layers if hasattr(layer, "activation")}
    assert used - {"linear"} == {activation, "softmax"}
    assert np.isfinite(answers(network)).all()


@pytest.mark.parametrize("name", [name for name in NAMES if "dropout" in architectures.networks()[name].settings])
def test_the_dropout_asked_for_is_the_strongest_in_the_network(name):
    assert max(layer.rate for layer in layers_of(built(name, dropout=0.9), keras.layers.Dropout)) == 0.9
    assert max(layer.rate for layer in layers_of(built(name, dropout=0.0), keras.layers.Dropout)) == 0


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "filter_multiplier" in architectures.networks()[name].settings]
)
def test_the_filter_multiplier_widens_every_convolution(name):
    def filters(multiplier):
        return [layer.filters for layer in layers_of(built(name, filter_multiplier=multiplier), keras.layers.Conv2D)]

    assert filters(4) == [4 * count for count in filters(1)]
    assert filters(0.25) == [count // 4 for count in filters(1)]


def test_scaling_filters_down_keeps_at_least_one():
    assert scaled((1, 2, 32), 0.25) == [1, 1, 8]


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_as_many_blocks_are_built_as_filters_are_given(name):
    for blocks in range(1, 7):
        counts = tuple(range(2, 2 + blocks))
        try:
            network = built(name, filters=counts)
        except ImpossibleNetwork as refusal:
            assert_advice_helps(refusal, name, blocks)
            continue
        seen = [layer.filters for layer in layers_of(network, keras.layers.Conv2D)]
        assert tuple(dict.fromkeys(seen)) == counts
        assert answers(network).shape == (3, 10)


@pytest.mark.parametrize("shape", [(side, side, 1) for side in (1, 2, 3, 4, 6, 8, 9)] + [(5, 40, 3), (40, 1, 3)])
@pytest.mark.parametrize("name", NAMES)
def test_a_tiny_image_is_either_classified_or_refused_with_advice(name, shape):
    try:
        network = built(name, shape)
    except ImpossibleNetwork as refusal:
        assert_advice_helps(refusal, name, len(architectures.networks()[name].settings["filters"]))
    else:
        np.testing.assert_allclose(answers(network).sum(axis=1), 1, atol=1e-5)


def assert_advice_helps(refusal, name, blocks):
    """The sentence ends with its advice, and whoever follows it gets a network."""
    needed = refusal.values["needed"]
    assert str(refusal).endswith(f"choose an image_size of at least {needed}.")
    assert built(name, (needed, needed, 1), filters=(2,) * blocks)
    if "most" in refusal.values:
        most, shape = refusal.values["most"], (refusal.values["height"], refusal.values["width"], 1)
        assert f"lower the number of blocks in filters to {most}" in str(refusal)
        assert built(name, shape, filters=(2,) * most)
        with pytest.raises(ImpossibleNetwork):
            built(name, shape, filters=(2,) * (most + 1))


@pytest.mark.parametrize("name", UNPADDED)
def test_exactly_the_images_that_keras_cannot_use_are_refused(name, monkeypatch):
    smallest = {}
    for blocks in (1, 2, 3, 6):
        with pytest.raises(ImpossibleNetwork) as refusal:
            built(name, (1, 1, 1), filters=(2,) * blocks)
        smallest[blocks] = refusal.value.values["needed"]

    monkeypatch.setattr(importlib.import_module(f"models.{name}"), "require_room", lambda *_, **__: None)
    for blocks, side in smallest.items():
        assert built(name, (side, side, 1), filters=(2,) * blocks)
        with pytest.raises(ValueError, match=r"negative|<= 0|zero|size"):
            built(name, (side - 1, side - 1, 1), filters=(2,) * blocks)


@pytest.mark.parametrize(
    ("name", "shape", "classes", "changes", "trainable", "measured"),
    [  # `measured`: the running means and variances of batch normalisation, which no gradient touches
        ("softmax", (28, 28, 1), 10, {}, 7_850, 0),
        ("mlp_dropout", (28, 28, 1), 10, {}, 185_300, 0),
        ("cnn_two_blocks", (28, 28, 1), 10, {}, 121_930, 0),
        ("cnn_three_blocks", (28, 28, 1), 10, {}, 688_138, 0),
        ("cnn_batchnorm", (28, 28, 1), 10, {}, 468_586 - 384, 384),
        ("faces_small", (64, 64, 3), 10, {}, 407_210, 0),
        ("faces_medium", (48, 48, 1), 7, {}, 2_345_607, 0),
        ("faces_deep", (48, 48, 1), 6, {}, 2_622_086, 1_920),
        ("faces_deep", (48, 48, 1), 7, {}, 2_622_599, 1_920),
        ("faces_deep", (48, 48, 1), 7, {"filters": (32, 64, 128, 256, 256), "dense_units": 256}, 1_243_527, 1_408),
        ("faces_deep", (48, 48, 1), 7, {"filters": (32, 64, 64, 64, 64), "dense_units": 64}, 147_015, 512),
    ],
)
def test_the_network_has_exactly_the_published_number_of_parameters(name, shape, classes, changes, trainable, measured):
    network = built(name, shape, classes, **changes)
    assert sum(math.prod(weight.shape) for weight in network.trainable_weights) == trainable
    assert network.count_params() == trainable + measured
