"""The plan of a network agrees with Keras on sizes and with paper and pencil on costs."""

import json

import pytest

from core.recipe import architectures
from core.training.layers import Layer, Plan, plan
from models.architecture import Architecture, ImpossibleNetwork

pytestmark = pytest.mark.slow  # imports Keras


def plan_of(name, shape=(28, 28, 1), classes=10, **changes):
    architecture = architectures.networks()[name]
    return plan(architecture, shape, classes, {**architecture.settings, **changes})


def plan_of_layers(shape, *layers):
    """The plan of a throw-away architecture: the given layers in a row."""

    def build(input_shape, _num_classes, _settings):
        import keras

        return keras.Sequential([keras.Input(input_shape), *layers])

    return plan(Architecture("Test", "A row of layers.", build), shape, 10, {})


@pytest.mark.parametrize("name", sorted(architectures.networks()))
def test_the_plan_counts_the_parameters_keras_counts(name):
    architecture = architectures.networks()[name]
    network = architecture.build((28, 28, 1), 10, architecture.settings)
    planned = plan_of(name)
    assert planned.parameters == network.count_params() == sum(layer.parameters for layer in planned.layers)
    assert planned.layers[-1].output_shape == (10,)
    assert planned.multiply_adds == sum(layer.multiply_adds for layer in planned.layers) > 0


def test_two_blocks_cost_what_the_hand_works_out():
    first = 26 * 26 * (3 * 3 * 1) * 32  # 28 - 2 = 26 places a side, each 9 numbers for each of 32 filters
    second = 11 * 11 * (3 * 3 * 32) * 64  # 26 / 2 - 2 = 11
    hidden = (5 * 5 * 64) * 64  # 11 / 2, rounded down, = 5
    answer = 64 * 10
    assert first + second + hidden + answer == 2_528_000

    planned = plan_of("cnn_two_blocks")
    assert [layer.multiply_adds for layer in planned.layers if layer.multiply_adds] == [first, second, hidden, answer]
    assert planned.multiply_adds == 2_528_000
    assert planned.parameters == planned.trainable == 121_930


def test_the_rows_read_from_image_to_answer():
    rows = plan_of("cnn_two_blocks").layers
    assert rows[0] == Layer("conv2d", "Conv2D", (26, 26, 32), 320, 194_688)
    assert rows[1] == Layer("max_pooling2d", "MaxPooling2D", (13, 13, 32), 0, 0)
    assert [row.kind for row in rows[2:]] == ["Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dropout", "Dense"]


def test_batch_statistics_are_parameters_that_are_not_trained():
    planned = plan_of("cnn_batchnorm")
    assert planned.parameters - planned.trainable == 2 * (32 + 32 + 64 + 64)  # a mean and a variance per filter


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("Conv2D", {"filters": 8, "kernel_size": (3, 2), "strides": 2}, 3 * 4 * 3 * 2 * 4 * 8),
        ("Conv2D", {"filters": 8, "kernel_size": 3, "groups": 2}, 6 * 7 * 3 * 3 * 4 * 8 // 2),
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}, 6 * 7 * 3 * 3 * 4 * 2),
        ("SeparableConv2D", {"filters": 8, "kernel_size": 3}, 6 * 7 * (3 * 3 * 4 + 4 * 8)),
        ("Conv2DTranspose", {"filters": 8, "kernel_size": 3, "strides": 2}, 8 * 9 * 3 * 3 * 4 * 8),
        ("Dense", {"units": 5}, 8 * 9 * 4 * 5),  # one small dense layer at each place
        ("BatchNormalization", {}, 0),
        ("GlobalAveragePooling2D", {}, 0),
    ],
)
def test_a_layer_on_8_by_9_pixels_and_4_channels_costs(kind, options, expected):
    import keras

    planned = plan_of_layers((8, 9, 4), getattr(keras.layers, kind)(**options))
    assert planned.layers[0].kind == kind
    assert planned.multiply_adds == expected


def test_a_network_inside_a_network_is_counted_too():
    import keras

    inner = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3)])
    planned = plan_of_layers((8, 8, 1), inner, keras.layers.Flatten(), keras.layers.Dense(3))
    assert [layer.kind for layer in planned.layers] == ["Conv2D", "Flatten", "Dense"]
    assert planned.multiply_adds == 6 * 6 * 9 * 2 + 6 * 6 * 2 * 3


def test_the_same_recipe_gives_the_same_plan_however_often_it_is_asked():
    assert plan_of("faces_small", (64, 64, 3)) == plan_of("faces_small", (64, 64, 3))


def test_names_given_by_a_person_are_kept():
    import keras

    planned = plan_of_layers((8, 8, 1), keras.layers.Conv2D(1, 1, name="edges_2"), keras.layers.Conv2D(1, 1))
    assert [layer.name for layer in planned.layers] == ["edges_2", "conv2d"]


def test_a_plan_survives_the_journey_through_json():
    planned = plan_of("cnn_batchnorm")
    assert Plan.from_dict(json.loads(json.dumps(planned.as_dict()))) == planned


def test_an_impossible_network_has_no_plan():
    with pytest.raises(ImpossibleNetwork, match="choose"):
        plan_of("cnn_two_blocks", (8, 8, 1))
