"""Transfer learning: on features worked out once it learns as through the whole network, and more from less."""

import math
import re
import secrets
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_rel

from core.data import imported
from core.data.catalogue import dataset
from core.data.dataset import Images, Splits
from core.errors import SettingError
from core.recipe import backbones
from core.recipe.config import TrainingConfig
from core.runs.reports import EpochDone, Preparing
from core.training import features
from tests.made.tiny_backbone import TINY

pytestmark = pytest.mark.slow  # imports TensorFlow


@pytest.fixture(scope="module")
def training():
    import core.training.loop

    return core.training.loop


@pytest.fixture(scope="module")
def small(data_folder):
    """60 colour pictures of two classes, as a dataset of one's own."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    pictures = rng.integers(0, 120, (60, 24, 24, 3)).astype(np.uint8)
    pictures[labels == 1, 6:18, 6:18, 0] += 100
    train, test = Images(pictures[:44], labels[:44]), Images(pictures[44:], labels[44:])
    return imported.create(f"Two {secrets.token_hex(3)}", Splits(train, test), ("a", "b"))


@pytest.fixture
def recipe(small, monkeypatch):
    """Of a backbone that is quick to ask; the real one is asked below, and by the tests of a worker."""
    monkeypatch.setitem(backbones.known(), "efficientnet_lite0", TINY)
    return TrainingConfig(architecture="transfer", dataset=small, epochs=3, batch_size=16)


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """Features of this test only."""
    monkeypatch.setattr(features, "data_folder", lambda: tmp_path)
    return tmp_path / ".features"


def train(training, config, last=None, best=None, stop_after=math.inf):
    reports, snapshots = [], {}

    def report(one):
        reports.append(one)
        if isinstance(one, EpochDone):
            snapshots["last"] = one.snapshot()
            if one.best:
                snapshots["best"] = snapshots["last"]

    def stop():
        return sum(isinstance(one, EpochDone) for one in reports) >= stop_after

    return training.train(config, report, stop, last, best), reports, snapshots


def curve(reports):
    return np.array(
        [(one.loss, one.accuracy, one.val_loss, one.val_accuracy) for one in reports if isinstance(one, EpochDone)]
    )


def values(model):
    """By path; Keras counts the layers of its own naming through the process."""
    return {re.sub(r"_\d+/", "/", variable.path): np.array(variable.numpy()) for variable in model.variables}


def test_on_features_it_learns_what_it_learns_through_the_whole_network(training, recipe, monkeypatch):
    quick, reports, _ = train(training, recipe)
    assert quick.asked.splits.train.images.shape == (len(quick.splits.train), 6)
    monkeypatch.setattr(training, "asked", lambda model, splits, _progress: features.Asked(model, splits))
    slow, through, _ = train(training, recipe)
    assert slow.asked.splits.train.images.dtype == np.uint8
    np.testing.assert_allclose(curve(reports), curve(through), atol=1e-3)
    head = [variable.path for variable in slow.model.trainable_variables]
    assert len(head) == 2
    for path, value in values(quick.model).items():
        np.testing.assert_allclose(value, values(slow.model)[path], atol=1e-3, err_msg=path)


def test_the_backbone_stays_as_it_was_and_the_new_layer_learns(training, recipe):
    before = values(training.build(recipe, (24, 24, 3), 2))
    after = values(train(training, recipe)[0].model)
    moved = {path for path, value in after.items() if not np.array_equal(value, before[path])}
    assert {path.split("/")[-1] for path in moved} <= {"kernel", "bias", "seed_generator_state"}
    assert {path.split("/")[0] for path in moved if "seed" not in path} == {"dense"}


def test_fine_tuning_moves_the_last_blocks_and_no_batch_normalisation(training, recipe):
    two = replace(recipe, fine_tune_blocks=1, epochs=1)
    before = values(training.build(two, (24, 24, 3), 2))
    trained, _, _ = train(training, two)
    moved = {path for path, value in values(trained.model).items() if not np.array_equal(value, before[path])}
    layers = {path.split("/")[0] for path in moved if "seed" not in path}
    assert layers == {"block1_conv", "dense"}
    assert trained.asked.model is trained.model


def test_what_goes_on_learning_takes_a_tenth_of_the_step(training, recipe):
    """Of plain gradient descent the step is the gradient times the rate: once with all layers alike, once with ours."""
    one = replace(recipe, fine_tune_blocks=1, epochs=1, optimizer="sgd", batch_size=64, dropout=0.0)
    before = values(training.build(one, (24, 24, 3), 2))
    ours = values(train(training, one)[0].model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "fine_tuned", lambda _model: [])
        alike = values(train(training, one)[0].model)
    for path in ("block1_conv/kernel", "dense/kernel"):
        step, whole = ours[path] - before[path], alike[path] - before[path]
        share = 0.1 if path.startswith("block1") else 1.0
        assert np.abs(whole).max() > 1e-6
        np.testing.assert_allclose(step, share * whole, atol=0.02 * share * np.abs(whole).max(), err_msg=path)


@pytest.mark.parametrize("changes", [{}, {"fine_tune_blocks": 1}, {"augmentation": True}])
def test_interrupted_and_resumed_is_the_same_bit_for_bit(training, recipe, changes):
    config = replace(recipe, **changes)
    straight, reports, _ = train(training, config)
    _, begun, kept = train(training, config, stop_after=1)
    resumed, rest, _ = train(training, config, kept["last"], kept["best"])
    np.testing.assert_array_equal(np.concatenate([curve(begun), curve(rest)]), curve(reports))
    for path, value in values(straight.model).items():
        np.testing.assert_array_equal(values(resumed.model)[path], value, err_msg=path)


def looked(reports):
    return [one.fraction for one in reports if isinstance(one, Preparing) and one.what == features.LOOKING]


def test_the_second_run_on_the_same_images_does_not_look_again(training, recipe, own_folder):
    _, first, _ = train(training, recipe)
    assert looked(first)[0] == 0
    assert looked(first)[-1] == 1
    assert len(list(own_folder.glob("*.npy"))) == 3  # training, validation, test
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "_made", lambda *_: pytest.fail("it looked again"))
        _, second, _ = train(training, replace(recipe, dropout=0.5, epochs=1))
    assert looked(second)[-1] == 1


def test_features_that_are_damaged_or_of_other_weights_are_made_anew(training, recipe, own_folder):
    trained, reports, _ = train(training, recipe)
    for path in own_folder.glob("*.npy"):
        path.write_bytes(path.read_bytes()[:-8])
    _, again, _ = train(training, recipe)
    np.testing.assert_array_equal(curve(again), curve(reports))
    body, _head = features._halves(trained.model)
    before = features._fingerprint(body)
    kernel = body.get_layer("block0_conv").kernel
    kernel.assign(kernel + 1e-6)
    assert features._fingerprint(body) != before


def test_the_folder_of_features_has_a_limit_and_the_oldest_go(own_folder, monkeypatch):
    import os

    monkeypatch.setattr(features, "KEPT_BYTES", 1000)
    for age, name in enumerate("abc"):
        features._keep(own_folder / f"{name}.npy", np.zeros((1, 80), np.float32))  # 448 bytes with its head
        os.utime(own_folder / f"{name}.npy", (age, age))
    assert sorted(path.stem for path in own_folder.iterdir()) == ["b", "c"]
    features._keep(own_folder / "d.npy", np.zeros((1, 800), np.float32))
    assert sorted(path.stem for path in own_folder.iterdir()) == ["b", "c"]


def test_stop_is_obeyed_while_the_backbone_looks(training, recipe, own_folder):
    reports = []
    with pytest.raises(training.Stopped):
        training.train(recipe, reports.append, lambda: bool(looked(reports)))
    assert len(looked(reports)) == 1
    assert not own_folder.exists() or not list(own_folder.iterdir())


def test_a_backbone_that_there_is_not_is_refused(training, recipe):
    with pytest.raises(SettingError, match=r"backbone=vgg is out of range; choose one of: efficientnet_lite0"):
        replace(recipe, backbone="vgg")
    absent = replace(recipe, backbone="20261126-114631-five-transfer-dccf97")
    with pytest.raises(SettingError, match=r"no run called .*Choose a backbone that the form offers"):
        training.build(absent, (24, 24, 3), 2)


def test_few_images_go_further_than_from_scratch(training, published, data_folder):
    """200 pictures of CIFAR-10, five seeds: better by more than luck, and by more than a little."""
    published("cifar-10-images.zip")
    few = TrainingConfig(dataset="cifar10", train_images=200, epochs=12, batch_size=16)
    scores = {"transfer": [], "cnn_two_blocks": []}
    for architecture, found in scores.items():
        for seed in range(5):
            found.append(_accuracy(training, replace(few, architecture=architecture, seed=seed)))
    ahead = np.subtract(scores["transfer"], scores["cnn_two_blocks"])
    assert ttest_rel(scores["transfer"], scores["cnn_two_blocks"], alternative="greater").pvalue < 0.001
    assert ahead.mean() > 0.1, scores


def _accuracy(training, config):
    """On 150 test images, of which only these are looked at: all 10,000 would take minutes."""
    splits = training.prepare(dataset(config.dataset), config)
    some = np.random.default_rng(0)  # the same for every seed, whose features are then worked out once

    def fewer(part, n):
        rows = np.sort(some.permutation(len(part))[:n])
        return Images(np.asarray(part.images)[rows], part.labels[rows])

    cut = replace(splits, validation=fewer(splits.validation, 40), test=fewer(splits.test, 150))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "prepare", lambda *_: cut)
        trained, _, _ = train(training, config)
    _, accuracy, _ = training.evaluate(trained.asked.scorer(), trained.asked.splits.test)
    return accuracy
