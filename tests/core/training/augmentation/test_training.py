"""Random changes within a training: fast enough, repeatable, and no part of the network."""

import numpy as np
import pytest

from core.data.dataset import Images
from core.training.augmentation import Augmentation, augmenter
from tests.core.training.augmentation.made import ALL, changed, random_images


def trainer(strengths, images, seed=0):
    import keras

    from core.training.steps import Trainer

    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.Input(images.images.shape[1:]), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    )
    return Trainer(model, keras.optimizers.Adam(), images, augment=augmenter(strengths, seed))


def labelled(shape, n=96):
    rng = np.random.default_rng(0)
    return Images(rng.integers(0, 256, (n, *shape), np.uint8), rng.integers(0, 10, n))


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(8, 8, 1), (16, 16, 3)], ids=str)
def test_it_works_in_the_compiled_loop_and_leaves_no_trace_in_the_network(shape):
    images = labelled(shape)
    plain, changing = trainer(Augmentation(), images), trainer(ALL, images)
    order = np.arange(96).reshape(3, 32)
    losses, _ = changing.train(order)
    plain.train(order)
    assert np.isfinite(losses).all()
    assert [v.path.split("/")[-1] for v in changing.model.variables] == ["kernel", "bias"]
    assert not np.array_equal(plain.model.variables[0].numpy(), changing.model.variables[0].numpy())
    assert [v.numpy()[1] > 0 for v in changing.augment.variables] == [True] * 9  # each layer drew in the loop


@pytest.mark.slow
def test_an_interrupted_training_goes_on_bit_for_bit():
    images, order = labelled((12, 12, 1)), np.arange(96).reshape(3, 32)
    straight = trainer(ALL, images)
    straight.train(order)
    straight.train(order)
    first, second = trainer(ALL, images), trainer(ALL, images, seed=5)
    first.train(order)
    for one, other in zip(_state(second), _state(first), strict=True):
        one.assign(other)
    second.train(order)
    for one, other in zip(_state(second), _state(straight), strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def _state(one):
    return [*one.model.variables, *one.augment.variables, *one.optimizer.variables]


@pytest.mark.slow
def test_it_draws_nothing_that_the_network_would_have_drawn():
    """The weights a seed gives are those of a run without augmentation."""
    import keras

    keras.utils.set_random_seed(1)
    alone = keras.layers.Dense(3)
    alone.build((None, 4))
    keras.utils.set_random_seed(1)
    augmenter(ALL, 1)(random_images(), training=True)
    beside = keras.layers.Dense(3)
    beside.build((None, 4))
    np.testing.assert_array_equal(alone.kernel.numpy(), beside.kernel.numpy())


@pytest.mark.slow
def test_scores_are_those_of_unchanged_images():
    from core.training.steps import Scorer

    images = labelled((8, 8, 1))
    one = trainer(ALL, images)
    score = Scorer(one.model, (8, 8, 1)).score
    losses, probabilities = score(images.images, images.labels)
    again, _ = score(images.images, images.labels)
    np.testing.assert_array_equal(losses, again)
    expected = one.model.predict(images.images / np.float32(255), verbose=0)
    np.testing.assert_allclose(probabilities, expected, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_leaves_it_in_float32(policy):
    import keras

    images = random_images()
    expected, before = changed(images, ALL), keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        after = augmenter(ALL, 0)(images, training=True)
        np.testing.assert_array_equal(after.numpy(), expected)
        assert after.dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)
