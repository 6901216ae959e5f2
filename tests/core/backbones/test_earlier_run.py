"""An earlier run as a backbone: its own hidden layer, for other pictures, in a network of its own."""

from dataclasses import replace

import numpy as np
import pytest

from core.backbones import chosen
from core.errors import SettingError
from core.inside import weights
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.runs import checkpoints
from core.runs.store import RunStore
from core.training import worker
from tests.made.workers import start_worker, wait_until

pytestmark = pytest.mark.slow  # trains networks

FIRST = TrainingConfig(architecture="cnn_batchnorm", filters=(4, 6), dense_units=12, epochs=1, train_images=200)


@pytest.fixture(scope="module")
def store(tmp_path_factory, data_folder):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("runs")
        patch.setenv("FITSCOPE_RUNS", str(folder))
        yield RunStore(folder)


@pytest.fixture(scope="module")
def first(store):
    run = store.create(FIRST, queue=False)
    assert worker.work(run) == 0
    return run


def second(first, shape, **changes):
    """A network that begins from the first run, for pictures of another shape."""
    own = architectures.get("transfer").settings
    settings = chosen.resolved({**own, "backbone": first.id, **changes})
    model = architectures.get("transfer").build(shape, 3, settings)
    chosen.place(model, settings)
    return model


def hidden(model, tensor, pixels):
    import keras

    return np.asarray(keras.Model(model.inputs[0], tensor)(pixels, training=False))


def test_its_features_are_those_of_the_runs_last_hidden_layer(first):
    import keras

    model, before = second(first, (8, 8, 1)), weights.network(first)
    pixels = np.random.default_rng(0).random((5, 8, 8, 1), np.float32)
    dense = next(layer for layer in before.layers if isinstance(layer, keras.layers.Dense))
    expected = hidden(before, dense.output, pixels)
    assert expected.shape == (5, 12)
    assert expected.std() > 0
    np.testing.assert_allclose(hidden(model, model.get_layer("features").output, pixels), expected, atol=1e-5)


def test_larger_pictures_in_colour_are_made_small_and_grey_inside(first):
    """Grey ones that are enlarged four times by repeating come back as they were."""
    small = np.random.default_rng(0).random((5, 8, 8, 1), np.float32)
    grey, colour = second(first, (8, 8, 1)), second(first, (8, 8, 3))
    expected = hidden(grey, grey.get_layer("features").output, small)
    found = hidden(colour, colour.get_layer("features").output, np.repeat(small, 3, axis=3))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    large = second(first, (32, 32, 1))
    flat = np.full((1, 32, 32, 1), 0.4, np.float32)
    np.testing.assert_allclose(
        hidden(large, large.get_layer("features").output, flat),
        hidden(grey, grey.get_layer("features").output, flat[:, :8, :8]),
        atol=1e-5,
    )


def test_all_of_it_is_frozen_but_the_last_blocks_that_are_asked_for(first):
    assert len(second(first, (8, 8, 1)).trainable_variables) == 2
    one = second(first, (8, 8, 1), fine_tune_blocks=1)
    assert [tuple(variable.shape) for variable in one.trainable_variables[:2]] == [(24, 12), (12,)]


def test_a_run_that_began_from_a_run_is_one_to_begin_from(first, store):
    recipe = replace(FIRST, architecture="transfer", filters=None, dense_units=None, backbone=first.id, seed=1)
    run = store.create(recipe, queue=False)
    assert worker.work(run) == 0
    pixels = np.random.default_rng(0).random((5, 8, 8, 1), np.float32)
    third, kept = second(run, (8, 8, 1)), weights.network(run)
    np.testing.assert_allclose(
        hidden(third, third.get_layer("features").output, pixels),
        hidden(kept, kept.get_layer("features").output, pixels),
        atol=1e-5,
    )


def test_what_a_run_with_a_backbone_keeps_is_all_of_its_network(first, store):
    """The frozen weights are written once, and each epoch has the rest: together they answer as the run was tested."""
    recipe = replace(FIRST, architecture="transfer", filters=None, dense_units=None, backbone=first.id, epochs=3)
    run = store.create(recipe, queue=False)
    assert worker.work(run) == 0
    assert (run.checkpoints / "frozen.npz").exists()
    with np.load(run.checkpoints / "epoch-0002.npz") as kept:
        assert len([name for name in kept.files if name.startswith("v")]) == 3  # kernel, bias, the seed of dropout
    with np.load(run.folder / "evaluation.npz") as answers, np.load(run.folder / "images.npz") as images:
        expected, rows = answers["test_probabilities"][:20], images["test"][:20]
    from core.data.catalogue import dataset
    from core.training.prepare import pictures

    pixels = pictures(dataset("digits"), run.config, rows).astype(np.float32) / 255
    np.testing.assert_allclose(np.asarray(weights.network(run)(pixels, training=False)), expected, atol=1e-4)


def test_a_network_can_be_looked_into_when_the_run_that_it_began_from_is_gone(first, store):
    recipe = replace(FIRST, architecture="transfer", filters=None, dense_units=None, backbone=first.id, seed=5)
    run = store.create(recipe, queue=False)
    assert worker.work(run) == 0
    pixels = np.random.default_rng(0).random((5, 8, 8, 1), np.float32)
    expected = np.asarray(weights.network(run)(pixels, training=False))
    away = first.folder.with_name(".away")
    first.folder.rename(away)
    try:
        found = np.asarray(weights.network(run)(pixels, training=False))
        untrained = np.asarray(weights.network(run, 0)(pixels, training=False))
    finally:
        away.rename(first.folder)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert not np.allclose(untrained, expected)


@pytest.mark.parametrize("named", ["20261126-114631-none-dccf97", "unfinished"])
def test_a_run_that_cannot_be_begun_from_is_refused_with_advice(first, store, named):
    if named == "unfinished":
        named = store.create(FIRST).id
    with pytest.raises(SettingError, match=r"cannot be begun from \(.+\)\. Choose a backbone .* list them with"):
        chosen.resolved({"backbone": named})


def curves(run):
    return [(one["epoch"], one["loss"], one["val_loss"], one["val_accuracy"]) for one in run.history.epochs]


@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_a_run_with_a_backbone_goes_on_from_its_files_as_if_nothing_had_been(first, store, end):
    own = {"architecture": "transfer", "filters": None, "dense_units": None, "backbone": first.id}
    recipe = replace(FIRST, **own, epochs=6 if end == "stopped" else 40, seed=2)
    straight, other = (store.create(recipe, queue=False) for _ in range(2))
    assert worker.work(straight) == 0
    if end == "stopped":
        worker.work(other, lambda report: other.ask_to_stop() if getattr(report, "epoch", 0) == 2 else None)
    else:
        process = start_worker(other)
        wait_until(lambda: len(other.history.epochs) >= 3)
        process.kill()
        process.wait()
    begun = len(other.history.epochs)
    assert 0 < begun < recipe.epochs
    other.go_on_here()
    assert worker.work(other) == 0
    assert curves(other) == curves(straight)
    for one, same in zip(*(checkpoints.read(run.checkpoints, recipe.epochs) for run in (other, straight)), strict=True):
        np.testing.assert_array_equal(one, same)
